import type { Person } from "../../shared/api/schema";

export type Role = Person["role"];

/** In the order in which they are offered. */
export const ROLES: readonly Role[] = ["patient", "provider", "compliance", "ops", "admin"];
