import type { ComponentType } from "react";
import { RouterProvider as AriaRouterProvider, I18nProvider } from "react-aria-components";
import {
  createBrowserRouter,
  Outlet,
  type RouteObject,
  RouterProvider,
  useHref,
  useNavigate,
} from "react-router";
import { pages as calls } from "../features/calls";
import { LoginPage, SessionProvider } from "../features/identity";
import { pages as ops } from "../features/ops";
import { pages as recordings } from "../features/recordings";
import type { Role } from "../shared/api/role";
import { language } from "../shared/i18n";
import { Starting } from "../shared/ui/Starting";
import { CrashPage } from "./pages/CrashPage";

// Only who may see a page loads it: signing in needs none of the others, a caller's phone no player.
const router = createBrowserRouter([
  {
    element: <Root />,
    errorElement: <CrashPage />,
    hydrateFallbackElement: <Starting />,
    children: [
      { path: "/login", element: <LoginPage /> },
      {
        lazy: page(async () => (await import("./SignedIn")).SignedIn),
        children: [
          { path: "/room/:roomId", lazy: page(calls.room) },
          {
            lazy: page(async () => (await import("./shell/Shell")).Shell),
            children: [
              {
                errorElement: <CrashPage />,
                children: [
                  { index: true, lazy: page(async () => (await import("./pages/HomePage")).HomePage) },
                  only(["provider", "patient"], { path: "history", lazy: page(calls.history) }),
                  only(["compliance"], { path: "recordings", lazy: page(recordings.list) }),
                  only(["compliance"], { path: "recordings/:recordingId", lazy: page(recordings.recording) }),
                  only(["ops", "admin"], { path: "ops", lazy: page(ops.rooms) }),
                  { path: "*", lazy: page(async () => (await import("./pages/NotFoundPage")).NotFoundPage) },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
]);

function page(load: () => Promise<ComponentType>) {
  return async () => ({ Component: await load() });
}

function only(roles: readonly Role[], route: RouteObject): RouteObject {
  const guard = async () => {
    const { OnlyFor } = await import("./SignedIn");
    return { element: <OnlyFor roles={roles} /> };
  };
  return { lazy: guard, children: [route] };
}

function Root() {
  const navigate = useNavigate();
  return (
    <AriaRouterProvider navigate={(path) => void navigate(path)} useHref={useHref}>
      <SessionProvider>
        <Outlet />
      </SessionProvider>
    </AriaRouterProvider>
  );
}

export function App() {
  return (
    <I18nProvider locale={language}>
      <RouterProvider router={router} />
    </I18nProvider>
  );
}
