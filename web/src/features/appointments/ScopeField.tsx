import type { MoveAppointment } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { SelectField } from "../../shared/ui/SelectField";

export type Scope = NonNullable<MoveAppointment["scope"]>;
const SCOPES: readonly Scope[] = ["this", "following", "all"];

/** Which of a series a change is for. */
export function ScopeField({
  scope,
  onChange,
}: {
  scope: Scope;
  onChange: (scope: Scope) => void;
}) {
  return (
    <SelectField
      label={t("appointments.scope")}
      value={scope}
      onChange={onChange}
      options={SCOPES.map((one) => [one, t(`appointments.scopes.${one}`)] as const)}
    />
  );
}
