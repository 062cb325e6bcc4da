import { LinkButton } from "../components/Button";
import { FullPage } from "../components/FullPage";
import { t } from "../i18n";

export function NotFoundPage() {
  return (
    <FullPage title={t("errors.notFoundTitle")} text={t("errors.notFoundText")}>
      <LinkButton href="/">{t("errors.toHome")}</LinkButton>
    </FullPage>
  );
}
