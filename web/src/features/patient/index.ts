/** The front door of a patient: the start page. */

export { PatientHome } from "./PatientHome";
