/** Words of the page of one's own consents. */
export const consents = {
  consents: {
    title: "My consents",
    subtitle: "What you were asked about recordings of your consultations, and what you answered.",
    emptyTitle: "No consents yet",
    emptyText: "Your answers appear here once a recording of a consultation was requested.",
    call: "Consultation with {name}, {date}",
    decision: {
      given: "You agreed",
      declined: "You did not agree",
      withdrawn: "You withdrew your consent",
    },
    download: "Download as PDF",
    downloadOf: "Download as PDF: consultation with {name}, {date}",
    version: "Version {version} of the text ({language}).",
    notConfirmed: "Your browser did not confirm that it showed this text.",
    noText: "The words of that time were not kept.",
  },
} as const;
