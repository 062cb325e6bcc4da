import type { EmergencyNumbers } from "../../shared/api/schema";
import type { Load } from "../../shared/ui/useLoad";

/**
 * What was loaded, if it is of that country: those of another one must not stand under its name,
 * neither until its own are there nor because they cannot be had. Null then; the error is told
 * by whoever shows the load itself.
 */
export function ofCountry(
  load: Load<EmergencyNumbers>,
  country: string | null,
): Load<EmergencyNumbers> | null {
  if (country === null) return null;
  if (load.value?.country === country) return { ...load, error: undefined };
  return load.error === undefined ? { ...load, value: undefined } : null;
}
