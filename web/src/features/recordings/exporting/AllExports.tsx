import { t } from "../../../shared/i18n";
import { Card, Section } from "../../../shared/ui/Card";
import { ExportList } from "./ExportList";
import { isLost, isWaiting } from "./exports";
import { useExports } from "./useExports";

/** Exports that are being made, can be downloaded or were lost, of all recordings, if any are. */
export function AllExports() {
  const { load, told } = useExports();
  const now = new Date();
  const current = (load.value ?? []).filter(
    (each) => isWaiting(each) || each.state === "done" || isLost(each, now),
  );
  return (
    <>
      {current.length > 0 && (
        <Section title={t("exports.title")} className="mb-8">
          <Card>
            <ExportList exports={current} named onChange={load.reload} />
          </Card>
        </Section>
      )}
      <p role="status" className="sr-only">
        {told}
      </p>
    </>
  );
}
