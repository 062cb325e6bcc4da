import { Radio, RadioGroup } from "react-aria-components";
import { t } from "../../shared/i18n";
import { formatDuration } from "../../shared/i18n/format";
import { SPANS, type Span } from "./columns";

/** How far back the charts go. */
export function SpanChoice({ span, onChange }: { span: Span; onChange: (span: Span) => void }) {
  return (
    <RadioGroup
      aria-label={t("ops.span")}
      orientation="horizontal"
      value={String(span)}
      onChange={(value) => onChange(SPANS.find((each) => String(each) === value) ?? SPANS[0])}
      className="flex rounded-control bg-subtle p-1"
    >
      {SPANS.map((each) => (
        <Radio
          key={each}
          value={String(each)}
          className="flex min-h-9 cursor-pointer items-center rounded-lg px-3 text-sm font-semibold whitespace-nowrap text-muted transition-colors data-focus-visible:outline-2 data-hovered:text-ink data-selected:bg-surface data-selected:text-ink data-selected:shadow-card"
        >
          {formatDuration(each * 1000)}
        </Radio>
      ))}
    </RadioGroup>
  );
}
