/** The front door of the people of a practice. */
export const pages = {
  list: async () => (await import("./PeoplePage")).PeoplePage,
  patient: async () => (await import("./NewPatientPage")).NewPatientPage,
  person: async () => (await import("./PersonPage")).PersonPage,
};
