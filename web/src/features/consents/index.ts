/** The front door of what somebody has answered about recordings: their own page of it. */

export const pages = {
  list: async () => (await import("./ConsentsPage")).ConsentsPage,
};
