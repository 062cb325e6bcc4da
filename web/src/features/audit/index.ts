/** The front door of the audit log: its page for compliance. */

export const pages = {
  log: async () => (await import("./AuditPage")).AuditPage,
};
