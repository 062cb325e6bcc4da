import { Link, useLocation } from "wouter";
import type { Role } from "../../shared/api/role";
import { type MessageKey, t } from "../../shared/i18n";

const PLACES: Record<Role, readonly { to: string; label: MessageKey }[]> = {
  provider: [
    { to: "/", label: "nav.patients" },
    { to: "/history", label: "nav.history" },
  ],
  patient: [
    { to: "/", label: "nav.home" },
    { to: "/history", label: "nav.history" },
    { to: "/consents", label: "nav.consents" },
    { to: "/my-recordings", label: "nav.recordings" },
  ],
  compliance: [
    { to: "/recordings", label: "nav.recordings" },
    { to: "/requests", label: "nav.requests" },
    { to: "/audit", label: "nav.audit" },
  ],
  ops: [{ to: "/ops", label: "nav.ops" }],
  admin: [{ to: "/ops", label: "nav.ops" }],
};

export function Navigation({ role, className }: { role: Role; className: string }) {
  const [path] = useLocation();
  return (
    <nav aria-label={t("nav.label")} className={className}>
      <ul className="flex gap-1 max-sm:-mx-3">
        {PLACES[role].map(({ to, label }) => (
          <li key={to}>
            <Link
              href={to}
              aria-current={isWithin(path, to) ? "page" : undefined}
              className="relative flex h-12 items-center px-3 text-[0.9375rem] font-medium text-muted hover:text-ink aria-[current=page]:font-semibold aria-[current=page]:text-accent-ink aria-[current=page]:after:absolute aria-[current=page]:after:inset-x-3 aria-[current=page]:after:bottom-0 aria-[current=page]:after:h-0.5 aria-[current=page]:after:rounded-full aria-[current=page]:after:bg-accent sm:h-16"
            >
              {t(label)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** A recording is within the list of recordings; every page would be within the start page. */
function isWithin(path: string, place: string): boolean {
  return path === place || (place !== "/" && path.startsWith(`${place}/`));
}
