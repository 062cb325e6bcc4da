/**
 * What has happened, in words for the side that reads them: a patient cannot call again, a provider
 * can.
 */

import { type MessageKey, t } from "../../shared/i18n";
import { company, others, ownSide } from "./core/selectors";
import type { CallState, ConsentChange } from "./core/state";
import { earlierWords } from "./recordingWords";

export interface Words {
  title: string;
  text: string;
}

/** How the call ended. `name` is the other party's. */
export function endingWords(state: CallState, isProvider: boolean, name: string): Words {
  const again = t(isProvider ? "call.ended.againProvider" : "call.ended.againPatient");
  const by = others(state).find(({ role }) => role === state.ended?.endedBy)?.name ?? name;
  const say = (title: MessageKey, text: MessageKey, next = "") => ({
    title: t(title, { name: by }),
    text: `${t(text, { name: by })} ${next}`.trim(),
  });
  switch (state.ended?.reason) {
    case "missed":
      return isProvider
        ? say("call.ended.missedProvider", "call.ended.missedText", again)
        : say("call.ended.missedPatient", "call.ended.never");
    case "declined":
      return say(
        isProvider ? "call.ended.declinedProvider" : "call.ended.declinedPatient",
        "call.ended.never",
      );
    case "cancelled":
      return say(
        state.hangingUp ? "call.ended.cancelledOwn" : "call.ended.cancelled",
        "call.ended.never",
      );
    case "participant_lost":
      return say("call.ended.interrupted", loss(state), again);
    case "server_restart":
      return say("call.ended.interrupted", "call.ended.server_restart", again);
    case "failed":
      return say("call.ended.interrupted", "call.ended.failed", again);
    case "link_revoked":
      return say(
        "call.ended.title",
        reader(state, isProvider) === "patient"
          ? "call.ended.ownLinkRevoked"
          : "call.ended.linkRevoked",
      );
    case "disconnected":
      return say(
        reader(state, isProvider) === "provider"
          ? "call.ended.disconnectedOwn"
          : "call.ended.disconnected",
        "call.ended.disconnectedText",
      );
    case "max_duration":
      return say("call.ended.title", "call.ended.max_duration", again);
    case "left":
    case "removed":
      return say(`call.ended.${state.ended.reason}`, "call.ended.goesOn");
    default:
      return say("call.ended.title", hangUp(state, isProvider));
  }
}

/** Whose hand it was: the server's word, and where it has none, what this page knows. */
function hangUp(state: CallState, isProvider: boolean): MessageKey {
  const { ended, hangingUp } = state;
  const own = reader(state, isProvider);
  const by = ended?.endedBy ?? (hangingUp ? own : null);
  if (by === null) return "call.ended.hung_up";
  return by === own ? "call.ended.own" : "call.ended.other";
}

function reader(state: CallState, isProvider: boolean) {
  return ownSide(state) ?? (isProvider ? "provider" : "patient");
}

/** Whose network it was, as far as this page knows. */
function loss(state: CallState): MessageKey {
  if (state.blocked) return "call.ended.blocked";
  const gone = company(state).find(({ connected, required }) => required && !connected);
  if (gone === undefined || state.media !== "connected") return "call.ended.lost";
  return state.met.includes(gone.user_id) ? "call.ended.otherLost" : "call.ended.otherNever";
}

/** What a decision about the recording has changed, and whose it was. */
export function consentWords(
  state: CallState,
  change: ConsentChange,
  isProvider: boolean,
  name: string,
): string {
  const { decision, userId } = state;
  const isOwn = decision === null ? !isProvider : decision.userId === userId;
  const decider = state.participants.find(({ user_id }) => user_id === decision?.userId);
  const words = t(`call.consent.${change}${isOwn ? "Patient" : "Provider"}`, {
    name: decider?.name ?? name,
  });
  return change === "withdrawn" ? `${words} ${earlierWords(state)}`.trim() : words;
}
