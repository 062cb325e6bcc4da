/** The front door of where a patient is, which they say and their provider sees. */

export const panels = {
  question: async () => (await import("./PlaceQuestion")).PlaceQuestion,
  bar: async () => (await import("./PlaceBar")).PlaceBar,
  own: async () => (await import("./PlacePanel")).PlacePanel,
  afterwards: async () => (await import("./Afterwards")).Afterwards,
  safety: async () => (await import("./SafetyPanel")).SafetyPanel,
};
