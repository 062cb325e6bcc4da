import { call } from "./call";
import { pages } from "./pages";

export const en = { ...pages, call } as const;
