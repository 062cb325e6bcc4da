import { lazy } from "react";

/** The front door of what patients answered: loaded when it is first shown. */
export const IntakePanel = lazy(async () => ({
  default: (await import("./IntakePanel")).IntakePanel,
}));
