import { t } from "../../shared/i18n";
import { LinkButton } from "../../shared/ui/Button";
import { FullPage } from "../../shared/ui/FullPage";

export function NotFoundPage() {
  return (
    <FullPage title={t("errors.notFoundTitle")} text={t("errors.notFoundText")}>
      <LinkButton href="/">{t("errors.toHome")}</LinkButton>
    </FullPage>
  );
}
