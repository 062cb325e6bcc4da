/** Whose network carries how many pictures, in words; and how well it works. */

import { t } from "../../shared/i18n";
import type { Weakness } from "./core/selectors";
import { company, weakness, worseWay } from "./core/selectors";
import type { CallState, Regained } from "./core/state";

/** Null: it carries all of them. */
export function weaknessWords(state: CallState, userId: string): string | null {
  const found = weakness(state, userId);
  return found === null ? null : words(state, userId, found.way, found.size);
}

export function regainedWords(state: CallState, { userId, way }: Regained): string {
  return words(state, userId, way, "full");
}

function words(
  state: CallState,
  userId: string,
  way: Weakness["way"],
  size: Weakness["size"] | "full",
): string {
  const name = company(state).find(({ user_id }) => user_id === userId)?.name ?? "";
  return userId === state.userId
    ? t(`call.pictures.own.${way}.${size}`)
    : t(`call.pictures.other.${way}.${size}`, { name });
}

/** That this user's own connection is poor, and which way. */
export function ownPoorWords(state: CallState): string {
  return t(`call.quality.poor.${worseWay(state, state.userId) ?? "both"}`);
}

export function otherPoorWords(state: CallState, userId: string, name: string): string {
  return t(`call.quality.otherPoor.${worseWay(state, userId) ?? "both"}`, { name });
}
