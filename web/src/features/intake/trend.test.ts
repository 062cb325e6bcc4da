import { expect, test } from "vitest";
import type { Intake, IntakeResponse } from "../../shared/api/schema";
import { change, scores, trends } from "./trend";

function response(questionnaire: string, total: number | null, flagged = false): IntakeResponse {
  return {
    questionnaire,
    known: total !== null,
    total,
    band: null,
    severity: null,
    findings: [],
    faults: [],
    answers: [{ item: "9", label: null, question: null, value: 1, words: null, flagged }],
  };
}

function intake(at: string, ...responses: IntakeResponse[]): Intake {
  return {
    intake_id: at,
    external_id: at,
    source: "platform",
    completed_at: at,
    received_at: at,
    room_id: null,
    appointment_id: null,
    state: "readable",
    responses,
  };
}

const MARCH = "2026-03-01T10:00:00Z";
const APRIL = "2026-04-01T10:00:00Z";
const HISTORY = {
  intakes: [
    intake(APRIL, response("GAD-7", 4), response("PHQ-9", 12, true), response("Diary", null)),
    intake(MARCH, response("GAD-7", null), response("PHQ-9", 17)),
  ],
  questionnaires: [{ name: "PHQ-9", highest: 27, bands: [], sources: [] }],
};

test("what is flagged comes first, each questionnaire once, its newest answers in front", () => {
  const found = trends(HISTORY);
  expect(found.map(({ name }) => name)).toEqual(["PHQ-9", "Diary", "GAD-7"]);
  expect(found[0]?.times.map(({ at }) => at)).toEqual([APRIL, MARCH]);
  expect(found[1]?.scale).toBeNull();
});

test("a chart goes from the oldest score to the newest, and a change needs two", () => {
  const [phq, , gad] = trends(HISTORY);
  expect(phq && scores(phq).map(({ total }) => total)).toEqual([17, 12]);
  expect(phq && change(phq)).toBe(-5);
  expect(gad && change(gad)).toBeNull();
});

test("answers of one moment are told apart, whatever they are to", () => {
  const twice = [response("PHQ-9", 3), response("PHQ-9", 4)];
  const intakes = [intake(APRIL, ...twice), { ...intake(APRIL, ...twice), intake_id: "other" }];
  const [phq] = trends({ intakes, questionnaires: [] });
  expect(new Set(phq?.times.map(({ key }) => key)).size).toBe(4);
});
