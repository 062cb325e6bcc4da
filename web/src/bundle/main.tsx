import "../shared/theme/styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { language } from "../shared/i18n/language";
import { translate } from "../shared/i18n/translation";
import { BundlePage } from "./BundlePage";

const root = document.getElementById("root");
if (root === null) throw new Error("bundle.html has no #root");
document.documentElement.lang = language;
await translate();
createRoot(root).render(
  <StrictMode>
    <BundlePage />
  </StrictMode>,
);
