import { CircleCheck } from "lucide-react";
import type { RecordingDetail } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatPosition } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { useKept } from "../../shared/ui/useKept";
import { isWhole, type Lack, lacksOf, lackWords, remarksOf } from "./lacks";

/** More than these are shown when asked for. */
const FIRST = 8;

/** What the recording does not hold, in plain words: where, of whom and why. */
export function Missing({ detail }: { detail: Pick<RecordingDetail, "gaps" | "parts"> }) {
  const lacks = lacksOf(detail);
  const remarks = remarksOf(detail);
  return (
    <>
      <Summary whole={isWhole(detail)} />
      {lacks.length > 0 && <Places lacks={lacks} />}
      {remarks.length > 0 && (
        <ul className="flex flex-col gap-1 border-t border-line px-5 py-3.5 text-sm text-muted">
          {remarks.map((remark) => (
            <li key={remark} className="wrap-anywhere">
              {remark}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Summary({ whole }: { whole: boolean | null }) {
  if (whole === false)
    return <p className="px-5 py-3.5 text-sm text-muted">{t("lacks.something")}</p>;
  return (
    <p className="flex items-center gap-3.5 px-5 py-3.5 text-muted">
      {whole && <CircleCheck aria-hidden className="size-5 shrink-0 text-success" />}
      {t(whole ? "lacks.nothing" : "lacks.unknown")}
    </p>
  );
}

function Places({ lacks }: { lacks: readonly Lack[] }) {
  const [all, setAll] = useKept("allLacks", false);
  return (
    <>
      <ul className="divide-y divide-line border-t border-line">
        {(all ? lacks : lacks.slice(0, FIRST)).map((lack) => (
          <li
            key={`${lack.from} ${lack.to} ${lack.name} ${lack.words}`}
            className="flex flex-wrap gap-x-5 gap-y-0.5 px-5 py-3"
          >
            <span className="w-32 shrink-0 text-muted tabular-nums">{placeWords(lack)}</span>
            <span className="min-w-0 flex-1 basis-56 wrap-anywhere">
              <span className="font-semibold">{lack.name ?? t("lacks.all")}</span>
              {" · "}
              {lackWords(lack)}
            </span>
          </li>
        ))}
      </ul>
      {!all && lacks.length > FIRST && (
        <div className="border-t border-line px-5 py-3">
          <Button variant="quiet" size="small" onPress={() => setAll(true)}>
            {t("lacks.showAll", { count: lacks.length })}
          </Button>
        </div>
      )}
    </>
  );
}

/** "0:12 to 1:05"; of less than a second, where it is. */
function placeWords({ from, to }: Lack): string {
  const [begin, end] = [formatPosition(from), formatPosition(to)];
  return begin === end ? begin : t("lacks.place", { from: begin, to: end });
}
