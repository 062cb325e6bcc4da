import { t } from "../../shared/i18n";
import { Card } from "../../shared/ui/Card";
import { classes } from "../../shared/ui/classes";
import { CheckIn } from "./CheckIn";

/** The check-in on a page of its own, for whoever has time before a call. */
export function CheckInCard({ className }: { className?: string }) {
  return (
    <Card className={classes("p-5 sm:p-6", className)}>
      <h2 className="text-lg font-bold tracking-tight">{t("checkin.title")}</h2>
      <p className="mt-1 mb-4 text-[0.9375rem] text-muted">{t("checkin.text")}</p>
      <CheckIn />
    </Card>
  );
}
