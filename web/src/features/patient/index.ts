/** The front door of a patient: the start page, and invitations wherever in the pages they come. */

export { InvitationHost } from "./InvitationHost";
export { PatientHome } from "./PatientHome";
