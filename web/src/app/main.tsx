import "../shared/theme/start.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { language } from "../shared/i18n/language";
import { translate } from "../shared/i18n/translation";
import { followTheme } from "../shared/theme/theme";
import { App } from "./App";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
followTheme();
document.documentElement.lang = language;
await translate();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
