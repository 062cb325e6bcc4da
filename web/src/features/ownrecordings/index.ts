/** The front door of a patient's own recordings: their page of what there is of them. */

export const pages = {
  list: async () => (await import("./OwnRecordingsPage")).OwnRecordingsPage,
};
