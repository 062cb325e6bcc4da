/** The front door of private notes. */

export const panels = {
  note: async () => (await import("./NotePanel")).NotePanel,
};
