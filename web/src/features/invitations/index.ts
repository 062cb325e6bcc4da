/**
 * The front door of invitations: they ring wherever in the pages somebody is who is asked into a
 * call.
 */

export { InvitationHost } from "./InvitationHost";
export { RingSound } from "./RingSound";
