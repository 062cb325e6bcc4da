import { lazy } from "react";
import { RouterProvider as AriaRouterProvider, I18nProvider } from "react-aria-components";
import { createBrowserRouter, Outlet, RouterProvider, useHref, useNavigate } from "react-router";
import { language } from "./i18n";
import { CallsPage } from "./pages/CallsPage";
import { CrashPage } from "./pages/CrashPage";
import { HomePage } from "./pages/HomePage";
import { LoginPage } from "./pages/LoginPage";
import { NotFoundPage } from "./pages/NotFoundPage";
import { RoomPage } from "./pages/RoomPage";
import { SessionProvider } from "./session/SessionProvider";
import { Shell } from "./shell/Shell";
import { OnlyFor, SignedIn } from "./shell/SignedIn";

// Loaded by those who may see them only: a caller's phone need not fetch the player.
const OpsPage = lazy(() => import("./pages/OpsPage").then((page) => ({ default: page.OpsPage })));
const RecordingPage = lazy(() =>
  import("./pages/RecordingPage").then((page) => ({ default: page.RecordingPage })),
);
const RecordingsPage = lazy(() =>
  import("./pages/RecordingsPage").then((page) => ({ default: page.RecordingsPage })),
);

const router = createBrowserRouter([
  {
    element: <Root />,
    errorElement: <CrashPage />,
    children: [
      { path: "/login", element: <LoginPage /> },
      {
        element: <SignedIn />,
        children: [
          { path: "/room/:roomId", element: <RoomPage /> },
          {
            element: <Shell />,
            children: [
              {
                errorElement: <CrashPage />,
                children: [
                  { index: true, element: <HomePage /> },
                  { path: "history", element: only(["provider", "patient"], <CallsPage />) },
                  { path: "recordings", element: only(["compliance"], <RecordingsPage />) },
                  { path: "recordings/:recordingId", element: only(["compliance"], <RecordingPage />) },
                  { path: "ops", element: only(["ops", "admin"], <OpsPage />) },
                  { path: "*", element: <NotFoundPage /> },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
]);

function only(roles: Parameters<typeof OnlyFor>[0]["roles"], page: React.ReactElement) {
  return <OnlyFor roles={roles}>{page}</OnlyFor>;
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
