import { offerBlur } from "../core/blur";

/** Lets calls and check-in blur; nothing of it is loaded before somebody wants it. */
export function offerBlurring(): void {
  offerBlur(async (failed) => (await import("./blur")).openBlur(failed));
}
