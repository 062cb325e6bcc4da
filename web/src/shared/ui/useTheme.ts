import { useSyncExternalStore } from "react";
import { currentTheme, onThemeChange, type Theme } from "../theme/theme";

export const useTheme = (): Theme => useSyncExternalStore(onThemeChange, currentTheme);
