/** The front door of operations: the page of what the relay does now. */

export const pages = {
  rooms: async () => (await import("./OpsPage")).OpsPage,
};
