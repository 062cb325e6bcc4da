import { LinkButton } from "../components/Button";
import { FullPage } from "../components/FullPage";
import { t } from "../i18n";
import { useIdentity } from "../session/session";

export function ForbiddenPage() {
  const role = t(`roles.${useIdentity().role}`);
  return (
    <FullPage title={t("errors.forbiddenTitle")} text={t("errors.forbiddenText", { role })}>
      <LinkButton href="/">{t("errors.toHome")}</LinkButton>
    </FullPage>
  );
}
