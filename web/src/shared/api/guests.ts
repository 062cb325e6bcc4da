import { post, request } from "./client";
import type { GuestStay, Identity } from "./schema";

/** The HTTP endpoints of whoever comes by a link. All throw ApiError. */
export const guests = {
  /** What a link leads to; it lets nobody in yet. */
  look: (token: string) => post<GuestStay>("auth/guest", { token }),
  enter: (token: string) => post<Identity>("auth/guest/enter", { token }),
  /** What the link leads to by which one came. */
  stay: () => request<GuestStay>("auth/guest"),
};
