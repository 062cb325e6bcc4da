// A platform whose pages are signed in by the cookie of the same origin: the component needs
// nothing else.
import { VideoCall } from "carelay-embed";
import "carelay-embed/carelay.css";
import { createRoot } from "react-dom/client";

const parameters = new URLSearchParams(location.search);
const root = document.getElementById("app");
if (root === null) throw new Error("no #app");
createRoot(root).render(
  <div style={{ height: "100dvh" }}>
    <VideoCall
      roomId={parameters.get("room") ?? ""}
      userId={parameters.get("user") ?? ""}
      isProvider={parameters.get("role") === "provider"}
      onCallEnd={() => Object.assign(window, { ended: true })}
    />
  </div>,
);
