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
import type { Role } from "./api/role";
import { Starting } from "./components/Starting";
import { language } from "./i18n";
import { CrashPage } from "./pages/CrashPage";
import { LoginPage } from "./pages/LoginPage";
import { SessionProvider } from "./session/SessionProvider";

// Only who may see a page loads it: signing in needs none of the others, a caller's phone no player.
const router = createBrowserRouter([
  {
    element: <Root />,
    errorElement: <CrashPage />,
    hydrateFallbackElement: <Starting />,
    children: [
      { path: "/login", element: <LoginPage /> },
      {
        lazy: page(async () => (await import("./shell/SignedIn")).SignedIn),
        children: [
          { path: "/room/:roomId", lazy: page(async () => (await import("./pages/RoomPage")).RoomPage) },
          {
            lazy: page(async () => (await import("./shell/Shell")).Shell),
            children: [
              {
                errorElement: <CrashPage />,
                children: [
                  { index: true, lazy: page(async () => (await import("./pages/HomePage")).HomePage) },
                  only(["provider", "patient"], {
                    path: "history",
                    lazy: page(async () => (await import("./pages/CallsPage")).CallsPage),
                  }),
                  only(["compliance"], {
                    path: "recordings",
                    lazy: page(async () => (await import("./pages/RecordingsPage")).RecordingsPage),
                  }),
                  only(["compliance"], {
                    path: "recordings/:recordingId",
                    lazy: page(async () => (await import("./pages/RecordingPage")).RecordingPage),
                  }),
                  only(["ops", "admin"], {
                    path: "ops",
                    lazy: page(async () => (await import("./pages/OpsPage")).OpsPage),
                  }),
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
    const { OnlyFor } = await import("./shell/SignedIn");
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
