import { access } from "./access";
import { appointments } from "./appointments";
import { audit } from "./audit";
import { bundle } from "./bundle";
import { call } from "./call";
import { calls } from "./calls";
import { checkin } from "./checkin";
import { consents } from "./consents";
import { exports } from "./exports";
import { guests } from "./guests";
import { intake } from "./intake";
import { invitations } from "./invitations";
import { notes } from "./notes";
import { ops } from "./ops";
import { ownRecordings } from "./ownRecordings";
import { patient } from "./patient";
import { people } from "./people";
import { provider } from "./provider";
import { recordings } from "./recordings";
import { refusals } from "./refusals";
import { requests } from "./requests";
import { safety } from "./safety";
import { sealed } from "./sealed";
import { shell } from "./shell";
import { start } from "./start";

/**
 * Every word of the pages, by where it is said. Sentence case; verbs on buttons; no exclamation
 * marks.
 */
export const en = {
  ...start,
  ...shell,
  ...provider,
  ...patient,
  ...people,
  ...invitations,
  ...guests,
  ...calls,
  ...checkin,
  ...consents,
  ...recordings,
  ...exports,
  ...sealed,
  ...ownRecordings,
  ...requests,
  ...access,
  ...appointments,
  ...audit,
  ...notes,
  ...safety,
  ...ops,
  bundle,
  call,
  intake,
  refusals,
} as const;
