import { t } from "../i18n/start";

let pageTitle = "";
let practice = t("common.appName");
let flash: { text: string; shown: boolean } | null = null;

function show(): void {
  document.title = flash?.shown ? flash.text : [pageTitle, practice].filter(Boolean).join(" · ");
}

export function setPageTitle(title: string): void {
  pageTitle = title;
  show();
}

/**
 * The practice stands behind the name of every page; until its name is known, the product's does.
 */
export function setPracticeName(name: string): void {
  practice = name;
  show();
}

/**
 * Alternates the window's title with `text`, for somebody who looks at another tab. Returns what
 * stops it.
 */
export function flashTitle(text: string): () => void {
  const mine = { text, shown: true };
  flash = mine;
  show();
  const timer = setInterval(() => {
    mine.shown = !mine.shown;
    show();
  }, 1000);
  return () => {
    clearInterval(timer);
    if (flash === mine) flash = null;
    show();
  };
}
