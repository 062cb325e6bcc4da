import { useIdentity } from "../../features/identity";
import { t } from "../../shared/i18n/start";
import { LinkButton } from "../../shared/ui/Button";
import { FullPage } from "../../shared/ui/FullPage";

export function ForbiddenPage() {
  const role = t(`roles.${useIdentity().role}`);
  return (
    <FullPage title={t("errors.forbiddenTitle")} text={t("errors.forbiddenText", { role })}>
      <LinkButton href="/">{t("errors.toHome")}</LinkButton>
    </FullPage>
  );
}
