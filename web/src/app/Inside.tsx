import "../shared/theme/inside.css";
import { type ReactNode, Suspense, useEffect } from "react";
import { matchRoute, Route, Switch, useLocation, useRouter } from "wouter";
import { pages as appointments } from "../features/appointments";
import { pages as audit } from "../features/audit";
import { pages as calls } from "../features/calls";
import { pages as consents } from "../features/consents";
import { useIdentity } from "../features/identity";
import { pages as ops } from "../features/ops";
import { pages as ownRecordings } from "../features/ownrecordings";
import { pages as people } from "../features/people";
import { pages as provider } from "../features/provider";
import { pages as recordings } from "../features/recordings";
import type { Role } from "../shared/api/role";
import { CrashBoundary } from "../shared/ui/CrashBoundary";
import { type Lazy, onDemand } from "../shared/ui/onDemand";
import { Starting } from "../shared/ui/Starting";
import { CrashPage } from "./pages/CrashPage";
import { ForbiddenPage } from "./pages/ForbiddenPage";

// Only who may see a page loads it: a caller's phone needs no player.
const Connected = onDemand(async () => (await import("./shell/Connected")).Connected);
const Shell = onDemand(async () => (await import("./shell/Shell")).Shell);
const RoomPage = onDemand(calls.room);

interface Place {
  path: string;
  Page: Lazy;
  /** Who may go there; everybody, if there are none. */
  roles?: readonly Role[];
}

const PLACES: readonly Place[] = [
  { path: "/", Page: onDemand(async () => (await import("./pages/HomePage")).HomePage) },
  { path: "/calendar", Page: onDemand(provider.calendar), roles: ["provider"] },
  { path: "/appointments", Page: onDemand(appointments.agenda), roles: ["patient"] },
  { path: "/history", Page: onDemand(calls.history), roles: ["provider", "patient"] },
  { path: "/consents", Page: onDemand(consents.list), roles: ["provider", "patient"] },
  { path: "/my-recordings", Page: onDemand(ownRecordings.list), roles: ["patient"] },
  { path: "/recordings", Page: onDemand(recordings.list), roles: ["compliance"] },
  { path: "/recordings/:recordingId", Page: onDemand(recordings.recording), roles: ["compliance"] },
  { path: "/requests", Page: onDemand(recordings.requests), roles: ["compliance"] },
  { path: "/access", Page: onDemand(recordings.access), roles: ["compliance", "admin"] },
  { path: "/emergency/:roomId", Page: onDemand(recordings.emergency), roles: ["provider"] },
  { path: "/audit", Page: onDemand(audit.log), roles: ["compliance"] },
  { path: "/people", Page: onDemand(people.list), roles: ["provider", "admin"] },
  { path: "/people/new", Page: onDemand(people.patient), roles: ["provider"] },
  { path: "/people/:userId", Page: onDemand(people.person), roles: ["provider", "admin"] },
  { path: "/ops", Page: onDemand(ops.rooms), roles: ["ops", "admin"] },
  { path: "/*?", Page: onDemand(async () => (await import("./pages/NotFoundPage")).NotFoundPage) },
];

const ROOM = "/room/:roomId";

/**
 * Asks at once for all that the path shows: each part asks for the next one only when there.
 */
function useAllAtOnce(): void {
  const { parser } = useRouter();
  const [path] = useLocation();
  useEffect(() => {
    const isAt = (pattern: string) => matchRoute(parser, pattern, path)[0];
    const inside = isAt(ROOM)
      ? [RoomPage]
      : [Shell, PLACES.find((place) => isAt(place.path))?.Page];
    for (const part of [Connected, ...inside]) part?.load();
  }, [parser, path]);
}

/**
 * The pages of whoever is signed in, below one and the same `Connected`, so that the way into a call
 * and out of it keeps the socket.
 */
export function Inside() {
  useAllAtOnce();
  return (
    <Connected>
      <Switch>
        <Route path={ROOM}>
          <RoomPage />
        </Route>
        <Route>
          <Shell>
            <InShell />
          </Shell>
        </Route>
      </Switch>
    </Connected>
  );
}

/** A page that loads or crashes leaves the shell around it, which leads on to others. */
function InShell() {
  const [path] = useLocation();
  return (
    <CrashBoundary place={path} crashed={(error) => <CrashPage error={error} />}>
      <Suspense fallback={<Starting />}>
        <Switch>
          {PLACES.map(({ path, Page, roles }) => (
            <Route key={path} path={path}>
              <OnlyFor roles={roles}>
                <Page />
              </OnlyFor>
            </Route>
          ))}
        </Switch>
      </Suspense>
    </CrashBoundary>
  );
}

/**
 * Refuses the page to other roles. The server decides for itself what it answers; this only spares
 * a dead page.
 */
function OnlyFor({ roles, children }: { roles: readonly Role[] | undefined; children: ReactNode }) {
  const { role, guest } = useIdentity();
  if (guest && roles !== undefined) return <ForbiddenPage />;
  return roles === undefined || roles.includes(role) ? children : <ForbiddenPage />;
}
