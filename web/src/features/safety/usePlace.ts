import { useCallback, useEffect, useState } from "react";
import { ApiError } from "../../shared/api/client";
import { api, type Visit } from "../../shared/api/endpoints";
import type { OwnPlace, SayPlace } from "../../shared/api/schema";
import { Emitter } from "../../shared/api/signaling/emitter";
import { askedAfter } from "./asked";

export interface PlaceState {
  /** None while it is fetched, or where there is nothing to be asked. */
  asked: OwnPlace | null;
  answer: OwnPlace["answer"];
  isSending: boolean;
  /** Why the last answer was not taken. */
  problem: unknown;
  /** Whether it was taken. */
  say: (answer: SayPlace) => Promise<boolean>;
}

/** What was said here, of which visit: the question may be open at two places of a page. */
const answers = new Emitter<{ visit: string; said: SayPlace }>();

/** What a patient is asked about where they are, and their answer. */
export function usePlace(visit: Visit): PlaceState {
  const { room_id, appointment_id } = visit;
  const [asked, setAsked] = useState<OwnPlace | null>(null);
  const [answer, setAnswer] = useState<OwnPlace["answer"]>(null);
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    let current = true;
    const of = (room_id === undefined ? { appointment_id } : { room_id }) as Visit;
    api.ownPlace(of).then(
      (found) => {
        if (!current) return;
        setAsked(found);
        setAnswer(found.answer);
      },
      () => undefined, // joining does not depend on it
    );
    return () => {
      current = false;
    };
  }, [room_id, appointment_id]);
  useEffect(
    () =>
      answers.on(({ visit, said }) => {
        if (visit !== JSON.stringify(room_id === undefined ? { appointment_id } : { room_id }))
          return;
        setAsked((before) => before && askedAfter(before, said));
        setAnswer(said.answer === "withheld" ? "withheld" : "given");
      }),
    [room_id, appointment_id],
  );
  const say = useCallback(
    async (said: SayPlace) => {
      const of = (room_id === undefined ? { appointment_id } : { room_id }) as Visit;
      setSending(true);
      setProblem(null);
      try {
        await api.sayPlace(of, said);
        answers.emit({ visit: JSON.stringify(of), said });
        return true;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        setProblem(error);
        return false;
      } finally {
        setSending(false);
      }
    },
    [room_id, appointment_id],
  );
  return { asked, answer, isSending, problem, say };
}
