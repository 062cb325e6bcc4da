/** What keeps a sealed recording, or a part of it, closed. */

import type { Problem } from "../../../../shared/api/schema";

export type TroubleCode =
  | "not_possible"
  | "key_closed"
  | "not_a_key"
  | "wrong_passphrase"
  | "other_key"
  | "key_does_not_open"
  | "another_recording"
  | "part_changed"
  | "part_not_its_own"
  | "part_not_of_this_key"
  | "part_cut_off"
  | "part_damaged"
  | "part_ends_early"
  | "part_empty"
  | "part_lost"
  | "network";

/** Of a recording; the page has a sentence for each code. */
export class Trouble extends Error {
  readonly code: TroubleCode;

  constructor(code: TroubleCode) {
    super(code);
    this.code = code;
  }
}

/** The server refused what it was asked for: its status, and what it said of it. */
export class Refused extends Error {
  readonly status: number;
  readonly problem: Partial<Problem> | null;

  constructor(status: number, problem: Partial<Problem> | null) {
    super(problem?.code ?? String(status));
    this.status = status;
    this.problem = problem;
  }
}
