/** The front door of a provider: the start page, from which calls begin, and the calendar. */

export { ProviderHome } from "./ProviderHome";

export const pages = {
  calendar: async () => (await import("./CalendarPage")).CalendarPage,
};
