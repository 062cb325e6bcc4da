import { call } from "./call";
import { pages } from "./pages";
import { start } from "./start";

export const en = { ...start, ...pages, call } as const;
