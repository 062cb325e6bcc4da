import { Link, useLocation } from "wouter";
import { useIdentity } from "../../features/identity";
import { useWaiting } from "../../features/recordings";
import type { Role } from "../../shared/api/role";
import { type MessageKey, t } from "../../shared/i18n";

const PLACES: Record<Role, readonly { to: string; label: MessageKey }[]> = {
  provider: [
    { to: "/", label: "nav.patients" },
    { to: "/calendar", label: "nav.calendar" },
    { to: "/people", label: "nav.records" },
    { to: "/history", label: "nav.history" },
  ],
  patient: [
    { to: "/", label: "nav.home" },
    { to: "/appointments", label: "nav.appointments" },
    { to: "/history", label: "nav.history" },
    { to: "/consents", label: "nav.consents" },
    { to: "/my-recordings", label: "nav.recordings" },
  ],
  compliance: [
    { to: "/recordings", label: "nav.recordings" },
    { to: "/requests", label: "nav.requests" },
    { to: "/access", label: "nav.access" },
    { to: "/audit", label: "nav.audit" },
  ],
  guest: [],
  ops: [{ to: "/ops", label: "nav.ops" }],
  admin: [
    { to: "/people", label: "nav.people" },
    { to: "/ops", label: "nav.ops" },
    { to: "/access", label: "nav.access" },
  ],
};

export function Navigation({ role, className }: { role: Role; className: string }) {
  const [path] = useLocation();
  const { guest } = useIdentity();
  if (guest) return null;
  return (
    <nav aria-label={t("nav.label")} className={className}>
      <ul className="flex sm:gap-1 max-sm:-mx-2">
        {PLACES[role].map(({ to, label }) => (
          <li key={to}>
            <Link
              href={to}
              aria-current={isWithin(path, to) ? "page" : undefined}
              className="relative flex h-12 items-center px-2 text-sm sm:px-3 sm:text-[0.9375rem] font-medium text-muted hover:text-ink aria-[current=page]:font-semibold aria-[current=page]:text-accent-ink aria-[current=page]:after:absolute aria-[current=page]:after:inset-x-2 sm:aria-[current=page]:after:inset-x-3 aria-[current=page]:after:bottom-0 aria-[current=page]:after:h-0.5 aria-[current=page]:after:rounded-full aria-[current=page]:after:bg-accent sm:h-16"
            >
              {t(label)}
              {to === "/access" && <Waiting />}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** How much waits for an answer there. */
function Waiting() {
  const count = useWaiting();
  if (count === 0) return null;
  return (
    <span className="ml-1.5 inline-flex h-5 min-w-5 items-center justify-center rounded-full bg-danger px-1.5 text-xs font-semibold text-on-danger tabular-nums">
      <span aria-hidden>{count}</span>
      <span className="sr-only">{t("access.badge", { count })}</span>
    </span>
  );
}

/** A recording is within the list of recordings; every page would be within the start page. */
function isWithin(path: string, place: string): boolean {
  return path === place || (place !== "/" && path.startsWith(`${place}/`));
}
