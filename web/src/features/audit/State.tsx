import { ShieldCheck, ShieldQuestion } from "lucide-react";
import { type ReactNode, useCallback } from "react";
import { api } from "../../shared/api/endpoints";
import type { AuditRetention, AuditStatus } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDate, formatExactTime, formatNumber } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { Card, Section } from "../../shared/ui/Card";
import { Loaded } from "../../shared/ui/Loaded";
import { Notice } from "../../shared/ui/Notice";
import { useLoad } from "../../shared/ui/useLoad";

const SHORT_ROOT = 16;

/** Whether the log is still what was signed, and what was signed last. */
export function State() {
  const load = useLoad(useCallback(() => api.auditStatus(), []));
  return (
    <Section
      title={t("auditState.title")}
      aside={
        <Button variant="quiet" size="small" onPress={load.reload} isPending={load.loading}>
          {t("auditState.refresh")}
        </Button>
      }
      className="mb-8"
    >
      <Loaded load={load} rows={2} framed>
        {(status) => (
          <Card className="p-5">
            <Verdict status={status} />
            <Checkpoint status={status} />
            <Retention kept={status.retention} />
          </Card>
        )}
      </Loaded>
    </Section>
  );
}

function Verdict({ status }: { status: AuditStatus }) {
  const { checked, expired, whole_at, fault, row } = status.verification;
  if (fault)
    return (
      <Notice tone="bad" title={t("auditState.wrong")}>
        {t(`auditState.fault.${fault}`)} {row !== null && t("auditState.row", { row: String(row) })}{" "}
        {t("auditState.act")}
      </Notice>
    );
  if (status.log === null)
    return (
      <Said icon={ShieldQuestion} color="text-muted" title={t("auditState.noKey")}>
        {t("auditState.noKeyText")}
      </Said>
    );
  if (whole_at === null)
    return (
      <Said icon={ShieldQuestion} color="text-muted" title={t("auditState.running")}>
        {t("auditState.progress", { checked, size: Math.max(checked, status.size) })}
      </Said>
    );
  return (
    <Said icon={ShieldCheck} color="text-success-ink" title={t("auditState.whole")}>
      {t("auditState.wholeText", { count: checked })}{" "}
      {t("auditState.wholeAt", { time: formatExactTime(whole_at) })}{" "}
      {expired > 0 && t("auditState.expired", { count: expired })}
    </Said>
  );
}

interface SaidProps {
  icon: typeof ShieldCheck;
  color: string;
  title: string;
  children: ReactNode;
}

function Said({ icon: Icon, color, title, children }: SaidProps) {
  return (
    <div role="status" className="flex items-start gap-3.5">
      <Icon aria-hidden className={`mt-0.5 size-6 shrink-0 ${color}`} />
      <div className="min-w-0">
        <p className="font-semibold">{title}</p>
        <p className="text-muted">{children}</p>
      </div>
    </div>
  );
}

function Checkpoint({ status: { checkpoint, waiting } }: { status: AuditStatus }) {
  if (checkpoint === null) return <p className="mt-4 text-sm text-muted">{t("auditState.none")}</p>;
  const { made_at, size, root, cosignatures } = checkpoint;
  return (
    <dl className="mt-5 grid grid-cols-2 gap-x-6 gap-y-4 border-t border-line pt-4 text-sm md:grid-cols-[auto_auto_minmax(0,1fr)_minmax(0,1fr)]">
      <Fact name={t("auditState.checkpoint")}>
        <time dateTime={made_at}>{formatExactTime(made_at)}</time>
      </Fact>
      <Fact name={t("auditState.size")}>
        {formatNumber(size)}
        {waiting > 0 && ` · ${t("auditState.waiting")}: ${formatNumber(waiting)}`}
      </Fact>
      <Fact name={t("auditState.root")}>
        <code title={root} className="font-mono">{`${root.slice(0, SHORT_ROOT)}…`}</code>
      </Fact>
      <Fact name={t("auditState.witnesses")}>
        {cosignatures.length === 0
          ? t("auditState.noWitnesses")
          : cosignatures.map(({ witness, at }) => (
              <span key={witness} className={`block ${at ? "" : "text-warning-ink"}`}>
                {at
                  ? t("auditState.cosigned", { witness, time: formatExactTime(at) })
                  : t("auditState.notCosigned", { witness })}
              </span>
            ))}
      </Fact>
    </dl>
  );
}

/** How long entries are kept, and what of that is to come. */
function Retention({ kept: { unit, count, begins_at, expiring } }: { kept: AuditRetention }) {
  return (
    <p className="mt-4 border-t border-line pt-4 text-sm text-muted">
      {unit === null ? t("auditState.kept.forever") : t(`auditState.kept.${unit}`, { count })}{" "}
      {expiring > 0 && t("auditState.expiring", { count: expiring })}{" "}
      {begins_at !== null && t("auditState.notBefore", { date: formatDate(begins_at) })}
    </p>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted">{name}</dt>
      <dd className="mt-0.5 wrap-anywhere tabular-nums">{children}</dd>
    </div>
  );
}
