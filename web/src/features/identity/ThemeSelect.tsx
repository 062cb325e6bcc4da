import { t } from "../../shared/i18n/start";
import { chooseTheme, THEMES, type Theme } from "../../shared/theme/theme";
import { useTheme } from "../../shared/ui/useTheme";

/** The browser's own control: small to load, and at hand before anybody is signed in. */
export function ThemeSelect() {
  return (
    <label className="mt-8 flex items-center gap-2 text-sm text-muted">
      {t("theme.label")}
      <select
        value={useTheme()}
        onChange={({ target }) => chooseTheme(target.value as Theme)}
        className="min-h-11 cursor-pointer rounded-control bg-page px-2 font-semibold text-ink"
      >
        {THEMES.map((theme) => (
          <option key={theme} value={theme}>
            {t(`theme.${theme}`)}
          </option>
        ))}
      </select>
    </label>
  );
}
