import { audit } from "./audit";
import { call } from "./call";
import { calls } from "./calls";
import { consents } from "./consents";
import { invitations } from "./invitations";
import { ops } from "./ops";
import { ownRecordings } from "./ownRecordings";
import { patient } from "./patient";
import { provider } from "./provider";
import { recordings } from "./recordings";
import { refusals } from "./refusals";
import { requests } from "./requests";
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
  ...invitations,
  ...calls,
  ...consents,
  ...recordings,
  ...ownRecordings,
  ...requests,
  ...audit,
  ...ops,
  call,
  refusals,
} as const;
