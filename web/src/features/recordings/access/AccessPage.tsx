import { ShieldCheck, Users } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-aria-components";
import { api } from "../../../shared/api/endpoints";
import { words } from "../../../shared/api/refusals";
import { t } from "../../../shared/i18n";
import { formatDateTime, formatTime } from "../../../shared/i18n/format";
import { Badge } from "../../../shared/ui/Badge";
import { Button } from "../../../shared/ui/Button";
import { Card, Section } from "../../../shared/ui/Card";
import { ConfirmDialog } from "../../../shared/ui/Dialog";
import { Empty } from "../../../shared/ui/Empty";
import { Notice } from "../../../shared/ui/Notice";
import { Page } from "../../../shared/ui/Page";
import { ReasonDialog } from "../../../shared/ui/ReasonDialog";
import { useIdentity } from "../../identity";
import { purposeWords } from "../purposes";
import { useAccess } from "./access";
import { Reviews } from "./Reviews";
import type { Unlock } from "./unlocks";

/** Who asks to open recordings, and who may for now. */
export function AccessPage() {
  const { policy, unlocks } = useAccess();
  const { user_id: me } = useIdentity();
  const of = (...states: Unlock["state"][]) =>
    unlocks.filter(({ state }) => states.includes(state));
  const over = of("refused", "revoked", "withdrawn", "expired").filter(
    ({ requested_by }) => requested_by === me,
  );
  return (
    <Page
      title={t("access.title")}
      subtitle={policy ? t(`access.subtitle.${policy}`) : null}
      isLoading={policy === undefined}
      narrow
    >
      <div className="flex flex-col gap-10">
        <Reviews />
        {policy === "single" ? (
          <Section title={t("access.approvals")}>
            <Card>
              <Empty icon={Users} title={t("access.singleTitle")} text={t("access.singleText")} />
            </Card>
          </Section>
        ) : (
          <>
            <Group title={t("access.waiting")} unlocks={of("waiting")}>
              <Empty icon={ShieldCheck} title={t("access.noneTitle")} text={t("access.noneText")} />
            </Group>
            <Group title={t("access.open")} unlocks={of("approved", "exported")}>
              <p className="px-5 py-6 text-muted">{t("access.noneOpen")}</p>
            </Group>
            {over.length > 0 && <Group title={t("access.own")} unlocks={over} />}
          </>
        )}
      </div>
    </Page>
  );
}

interface GroupProps {
  title: string;
  unlocks: readonly Unlock[];
  /** In place of a list that is empty. */
  children?: ReactNode;
}

function Group({ title, unlocks, children }: GroupProps) {
  return (
    <Section title={title}>
      <Card className="overflow-hidden">
        {unlocks.length === 0 ? (
          children
        ) : (
          <ul className="divide-y divide-line">
            {unlocks.map((unlock) => (
              <Item key={unlock.unlock_id} unlock={unlock} />
            ))}
          </ul>
        )}
      </Card>
    </Section>
  );
}

function Item({ unlock }: { unlock: Unlock }) {
  const { user_id: me, role } = useIdentity();
  const { state, requested_by, requested_by_name, patient_name, provider_name } = unlock;
  const own = requested_by === me;
  const date = formatDateTime(unlock.recorded_at);
  const of = t("access.recording", { patient: patient_name, provider: provider_name, date });
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-5 py-4">
      <div className="min-w-0 flex-1 basis-80 wrap-anywhere">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-semibold">
          {own ? t("access.you") : requested_by_name}
          {state !== "waiting" && state !== "approved" && state !== "exported" && (
            <Badge>{t(`access.state.${state}`)}</Badge>
          )}
        </p>
        <p>
          {role === "compliance" ? (
            <Link
              href={`/recordings/${unlock.recording_id}`}
              className="font-medium text-accent-ink underline-offset-4 hover:underline"
            >
              {of}
            </Link>
          ) : (
            of
          )}
        </p>
        <p dir="auto" className="mt-1">
          {unlock.reason === null
            ? purposeWords(unlock.purpose)
            : t("purpose.withReason", {
                purpose: purposeWords(unlock.purpose),
                reason: unlock.reason,
              })}
        </p>
        <p className="mt-1 text-sm text-muted">{times(unlock)}</p>
      </div>
      <Actions unlock={unlock} own={own} of={of} />
    </li>
  );
}

function times(unlock: Unlock): string {
  const asked = formatDateTime(unlock.requested_at);
  const name = unlock.answered_by_name ?? "";
  switch (unlock.state) {
    case "waiting":
      return t("access.asked", { asked, until: formatDateTime(unlock.expires_at) });
    case "approved":
      return t("access.approved", { name, until: formatTime(unlock.expires_at) });
    case "exported":
      return t("access.exported", { name });
    case "refused":
      return t("access.refused", { name, reason: unlock.answer ?? "" });
    default:
      return t("access.over", { asked });
  }
}

type Decision = "approve" | "refuse" | "end";

function Actions({ unlock, own, of }: { unlock: Unlock; own: boolean; of: string }) {
  const { changed } = useAccess();
  const [asks, setAsks] = useState<Decision | null>(null);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const close = () => setAsks(null);
  const name = unlock.requested_by_name;
  const run = (work: Promise<Unlock>) => {
    setPending(true);
    setProblem(undefined);
    work.then(changed, setProblem).finally(() => {
      setPending(false);
      close();
    });
  };
  const button = (decision: Decision, label: string, variant: "primary" | "secondary") => (
    <Button
      variant={variant}
      size="small"
      aria-label={t("access.decisionOf", { decision: label, name, recording: of })}
      onPress={() => setAsks(decision)}
    >
      {label}
    </Button>
  );
  const mayAnswer = unlock.state === "waiting" && !own;
  const mayEnd =
    unlock.state === "approved" ||
    unlock.state === "exported" ||
    (unlock.state === "waiting" && own);
  return (
    <div className="flex flex-wrap items-center gap-2">
      {unlock.state === "waiting" && own && (
        <span className="text-sm text-muted">{t("access.somebodyElse")}</span>
      )}
      {mayAnswer && button("refuse", t("access.refuse"), "secondary")}
      {mayAnswer && button("approve", t("access.approve"), "primary")}
      {mayEnd &&
        button(
          "end",
          t(unlock.state === "waiting" ? "approval.withdraw" : "access.end"),
          "secondary",
        )}
      {problem !== undefined && (
        <Notice tone="bad" className="basis-full">
          {words(problem)}
        </Notice>
      )}
      {asks === "approve" && (
        <ConfirmDialog
          isOpen
          onClose={close}
          title={t("access.approveTitle", { name })}
          text={t("access.approveText", { name, recording: of })}
          confirm={t("access.approve")}
          isPending={pending}
          onConfirm={() => run(api.approveUnlock(unlock.unlock_id))}
        />
      )}
      {asks === "refuse" && (
        <ReasonDialog
          title={t("access.refuseTitle", { name })}
          text={t("access.refuseText", { name })}
          confirm={t("access.refuse")}
          onClose={close}
          onConfirm={(reason) => api.refuseUnlock(unlock.unlock_id, reason).then(changed)}
        />
      )}
      {asks === "end" && (
        <ConfirmDialog
          isOpen
          onClose={close}
          title={t(unlock.state === "waiting" ? "access.withdrawTitle" : "access.endTitle")}
          text={t(unlock.state === "waiting" ? "access.withdrawText" : "access.endText", { name })}
          confirm={t(unlock.state === "waiting" ? "approval.withdraw" : "access.end")}
          isPending={pending}
          onConfirm={() => run(api.endUnlock(unlock.unlock_id))}
        />
      )}
    </div>
  );
}
