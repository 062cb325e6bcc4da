/** The front door of guests: who comes by a link, without an account. */

/** Pages that are loaded when they are needed. */
export const pages = {
  join: async () => (await import("./JoinPage")).JoinPage,
  home: async () => (await import("./GuestHome")).GuestHome,
};
