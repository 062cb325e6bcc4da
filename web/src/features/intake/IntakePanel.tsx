import { RefreshCw } from "lucide-react";
import { useCallback, useState } from "react";
import { api } from "../../shared/api/endpoints";
import { beginning } from "../../shared/api/pages";
import { words } from "../../shared/api/refusals";
import type { IntakeHistory } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDate } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { Section } from "../../shared/ui/Card";
import { Loaded } from "../../shared/ui/Loaded";
import { Notice } from "../../shared/ui/Notice";
import { useLoad } from "../../shared/ui/useLoad";
import { Result } from "./Result";
import { type Fetched, trends, unreadable } from "./trend";

export interface IntakePanelProps {
  patientId: string;
  /** Not where its place has a title already. */
  isTitled?: boolean;
}

/** What a patient answered in questionnaires: on their page, and beside the video. */
export function IntakePanel({ patientId, isTitled = true }: IntakePanelProps) {
  const [pages, setPages] = useState(1);
  const load = useLoad(useCallback(() => newest(patientId, pages), [patientId, pages]));
  const [pulling, setPulling] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const pull = () => {
    setPulling(true);
    setProblem(null);
    api
      .pullIntake(patientId)
      .then(
        ({ refused }) => {
          if (refused.length > 0) setProblem(t("intake.refused", { count: refused.length }));
          load.reload();
        },
        (error: unknown) => setProblem(words(error)),
      )
      .finally(() => setPulling(false));
  };
  const asking = load.value?.canPull && (
    <Button
      variant="secondary"
      size="small"
      className="max-sm:min-h-11"
      onPress={pull}
      isPending={pulling}
    >
      <RefreshCw aria-hidden className="size-4" />
      {t("intake.pull")}
    </Button>
  );
  const answers = (
    <>
      {problem !== null && (
        <Notice tone="care" className="mb-4">
          {problem}
        </Notice>
      )}
      <Loaded load={load} framed>
        {(history) => (
          <div className="flex flex-col gap-4">
            {history.intakes.length === 0 && <p className="text-muted">{t("intake.none")}</p>}
            {unreadable(history).map(({ intake_id, completed_at, state }) => (
              <Notice key={intake_id} tone="care">
                {t(`intake.${state}`, { date: formatDate(completed_at) })}
              </Notice>
            ))}
            {trends(history).map((trend) => (
              <Result key={trend.name} trend={trend} />
            ))}
            {!history.isWhole && (
              <Button
                variant="secondary"
                className="self-center"
                onPress={() => setPages(pages + 1)}
                isPending={load.loading}
              >
                {t("common.loadMore")}
              </Button>
            )}
          </div>
        )}
      </Loaded>
    </>
  );
  if (isTitled) {
    return (
      <Section title={t("intake.title")} aside={asking}>
        {answers}
      </Section>
    );
  }
  return (
    <>
      {asking && <div className="mb-3 flex justify-end">{asking}</div>}
      {answers}
    </>
  );
}

/** That many pages of them. */
async function newest(
  patientId: string,
  pages: number,
): Promise<Fetched & { isWhole: boolean; canPull: boolean }> {
  const fetched: IntakeHistory[] = [];
  const { items, isWhole } = await beginning(async (cursor) => {
    const page = await api.intake(patientId, cursor);
    fetched.push(page);
    return { items: page.intakes, next: page.next_cursor };
  }, pages);
  return {
    intakes: items,
    questionnaires: fetched.flatMap(({ questionnaires }) => questionnaires),
    isWhole,
    canPull: fetched.some(({ can_pull }) => can_pull),
  };
}
