import "../../shared/theme/chart.css";
import type { Trace } from "./history";

const COLORS = 10;
const DASHES = [6, 3];

/** Up is drawn through, down is dashed: the two directions of a call share colours. */
export const colorOf = ({ number }: Trace): string => `var(--color-chart-${number % COLORS})`;
export const dashOf = ({ direction }: Trace): number[] | undefined =>
  direction === "down" ? DASHES : undefined;

/** What a canvas needs: the colour itself, as it is for the element in the theme of now. */
export function resolved(element: HTMLElement, color: string): string {
  element.style.color = color;
  const { color: found } = getComputedStyle(element);
  element.style.color = "";
  return found;
}
