import { useState } from "react";
import { refusal } from "./words";

export interface Act {
  isPending: boolean;
  problem: string | null;
  /** Whether it was done. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** Something that the server is asked to do, and may refuse. */
export function useAct(): Act {
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const run = async (work: () => Promise<unknown>) => {
    setPending(true);
    setProblem(null);
    try {
      await work();
      return true;
    } catch (error) {
      setProblem(refusal(error));
      return false;
    } finally {
      setPending(false);
    }
  };
  return { isPending, problem, run };
}
