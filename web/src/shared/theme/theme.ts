/**
 * Light, dark, or as the system has it. `data-theme` on <html> says which is chosen, and is not
 * there for the system's; tokens.css knows the rest. `early.js` puts it there as a page loads.
 */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "carelay.theme";
const chosen = new EventTarget();

export function currentTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  return THEMES.find((known) => known === theme) ?? "system";
}

/** For every page of this browser, now and later; where nothing may be stored, for this page. */
export function chooseTheme(theme: Theme): void {
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {}
  apply(theme);
}

function apply(theme: string | null): void {
  const { dataset } = document.documentElement;
  if (theme === null || theme === "system") delete dataset.theme;
  else dataset.theme = theme;
  chosen.dispatchEvent(new Event("change"));
}

/**
 * Tells when what is drawn may have changed: by choice, here or in another window, or by the
 * system.
 */
export function onThemeChange(listener: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  chosen.addEventListener("change", listener);
  system.addEventListener("change", listener);
  return () => {
    chosen.removeEventListener("change", listener);
    system.removeEventListener("change", listener);
  };
}

/** Follows what is chosen in another window. */
export function followTheme(): void {
  addEventListener("storage", ({ key, newValue }) => key === KEY && apply(newValue));
}
