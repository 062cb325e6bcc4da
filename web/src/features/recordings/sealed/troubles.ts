/** What keeps a sealed recording closed, in words. */

import { words } from "../../../shared/api/refusals";
import { type MessageKey, t } from "../../../shared/i18n";
import { Trouble, type TroubleCode } from "./opening/trouble";

const WORDS: Readonly<Record<TroubleCode, MessageKey>> = {
  not_possible: "sealed.trouble.notPossible",
  key_closed: "sealed.trouble.keyClosed",
  not_a_key: "sealed.trouble.notAKey",
  wrong_passphrase: "sealed.trouble.wrongPassphrase",
  other_key: "sealed.trouble.otherKey",
  key_does_not_open: "sealed.trouble.keyDoesNotOpen",
  another_recording: "sealed.trouble.anotherRecording",
  part_changed: "sealed.trouble.partChanged",
  part_not_its_own: "sealed.trouble.partNotItsOwn",
  part_not_of_this_key: "sealed.trouble.partNotOfThisKey",
  part_cut_off: "sealed.trouble.partCutOff",
  part_damaged: "sealed.trouble.partDamaged",
  part_ends_early: "sealed.trouble.partEndsEarly",
  part_empty: "sealed.trouble.partEmpty",
  part_lost: "sealed.trouble.partLost",
  network: "errors.network",
};

/** Nobody has changed anything where it is one of these. */
const HARMLESS: readonly TroubleCode[] = ["part_empty", "part_lost", "network", "key_closed"];

/** Whether the log has to know of it. */
export function isDamage(trouble: TroubleCode): boolean {
  return !HARMLESS.includes(trouble);
}

/** One sentence about what went wrong, whoever said it. */
export function troubleWords(error: unknown): string {
  return error instanceof Trouble ? t(WORDS[error.code]) : words(error);
}

export function wordsOfTrouble(trouble: TroubleCode): string {
  return t(WORDS[trouble]);
}
