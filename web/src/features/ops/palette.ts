import type { Trace } from "./history";

/** Each at least 3:1 on white (WCAG 1.4.11) and told apart from its neighbours with a colour vision deficiency too. */
const COLORS = [
  "#136f64",
  "#2f6db5",
  "#b0650c",
  "#8a3fa8",
  "#c0372f",
  "#0a7f99",
  "#6b7a12",
  "#b13a83",
  "#5b6570",
  "#7c5237",
];
const DASHES = [6, 3];

/** Up is drawn through, down is dashed: the two directions of a call share colours. */
export const colorOf = ({ number }: Trace): string => COLORS[number % COLORS.length] ?? "";
export const dashOf = ({ direction }: Trace): number[] | undefined =>
  direction === "down" ? DASHES : undefined;
