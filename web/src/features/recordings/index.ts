/** The front door of recordings: the pages for compliance. */

export const pages = {
  list: async () => (await import("./RecordingsPage")).RecordingsPage,
  requests: async () => (await import("./RequestsPage")).RequestsPage,
  recording: async () => (await import("./RecordingPage")).RecordingPage,
};
