import { call } from "./call";
import { pages } from "./pages";
import { refusals } from "./refusals";
import { start } from "./start";

export const en = { ...start, ...pages, call, refusals } as const;
