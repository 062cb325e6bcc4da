import type { Intake, IntakeQuestionnaire, IntakeResponse } from "../../shared/api/schema";

/** As many of a patient's intakes as were fetched, newest first. */
export interface Fetched {
  intakes: readonly Intake[];
  /** Those that can be scored. */
  questionnaires: readonly IntakeQuestionnaire[];
}

/** The answers to a questionnaire at one time. */
export interface Answered {
  /** No other answers have it, those of the same time and the same questionnaire included. */
  key: string;
  at: string;
  response: IntakeResponse;
}

/** One questionnaire, however often it was answered. */
export interface Trend {
  name: string;
  /** None of one that cannot be scored. */
  scale: IntakeQuestionnaire | null;
  /** Newest first. */
  times: readonly [Answered, ...Answered[]];
}

/** By questionnaire: first those whose newest answers have something flagged, then by name. */
export function trends({ intakes, questionnaires }: Fetched): Trend[] {
  const found = new Map<string, [Answered, ...Answered[]]>();
  for (const { intake_id, completed_at, responses } of intakes)
    for (const [place, response] of responses.entries()) {
      const answered = { key: `${intake_id} ${place}`, at: completed_at, response };
      const times = found.get(response.questionnaire);
      if (times) times.push(answered);
      else found.set(response.questionnaire, [answered]);
    }
  return [...found]
    .map(([name, times]) => ({
      name,
      times,
      scale: questionnaires.find((one) => one.name === name) ?? null,
    }))
    .sort((a, b) => urgency(b) - urgency(a) || a.name.localeCompare(b.name));
}

/** What a chart shows: scores from the oldest on. */
export function scores({ times }: Trend): { key: string; at: number; total: number }[] {
  return times
    .flatMap(({ key, at, response }) =>
      response.total === null ? [] : [{ key, at: Date.parse(at), total: response.total }],
    )
    .reverse();
}

/** By how much the newest score differs from the one before; null without two. */
export function change(trend: Trend): number | null {
  const [last, before] = scores(trend).reverse();
  return trend.times[0].response.total === null || !last || !before
    ? null
    : last.total - before.total;
}

/** Intakes of which not everything can be read. */
export function unreadable({ intakes }: Fetched) {
  return intakes.flatMap(({ intake_id, completed_at, state }) =>
    state === "readable" ? [] : [{ intake_id, completed_at, state }],
  );
}

function urgency({ times: [newest], scale }: Trend): number {
  if (newest.response.answers.some(({ flagged }) => flagged)) return 2;
  return scale === null ? 0 : 1;
}
