/**
 * The front door of invitations: they ring wherever in the pages somebody is who is asked into a
 * call.
 */

export { takeDown as ringNoMore } from "./closed/bell";
export { RingClosed } from "./closed/RingClosed";
export { InvitationHost } from "./InvitationHost";
export { RingSound } from "./RingSound";
