import type { Identity } from "./schema";

export type Role = Identity["role"];
