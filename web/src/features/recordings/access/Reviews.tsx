import { ShieldCheck } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Link } from "react-aria-components";
import { api } from "../../../shared/api/endpoints";
import { words } from "../../../shared/api/refusals";
import type { BreakGlassAccess } from "../../../shared/api/schema";
import { t } from "../../../shared/i18n";
import { formatDateTime } from "../../../shared/i18n/format";
import { Badge } from "../../../shared/ui/Badge";
import { Button } from "../../../shared/ui/Button";
import { Card, Section } from "../../../shared/ui/Card";
import { Dialog, FormDecision } from "../../../shared/ui/Dialog";
import { Empty } from "../../../shared/ui/Empty";
import { TextField } from "../../../shared/ui/TextField";
import { useIdentity } from "../../identity";
import { Choice } from "../Choice";
import { emergencyWords } from "../purposes";
import { useAccess } from "./access";
import { isWaiting } from "./accesses";

/** As many characters as the server takes. */
const LONGEST = 500;

/** Who opened a recording in an emergency: what is to be reviewed, and what was. */
export function Reviews() {
  const { accesses } = useAccess();
  const { role } = useIdentity();
  const [reviewing, setReviewing] = useState<BreakGlassAccess | null>(null);
  const waiting = accesses.filter(isWaiting);
  const reviewed = accesses.filter((access) => !isWaiting(access));
  const onReview = role === "compliance" ? setReviewing : null;
  return (
    <>
      <Section title={t("review.title")}>
        <Card className="overflow-hidden">
          {waiting.length === 0 ? (
            <Empty icon={ShieldCheck} title={t("review.noneTitle")} text={t("review.noneText")} />
          ) : (
            <List accesses={waiting} onReview={onReview} />
          )}
        </Card>
      </Section>
      {reviewed.length > 0 && (
        <Section title={t("review.reviewed")}>
          <Card className="overflow-hidden">
            <List accesses={reviewed} onReview={null} />
          </Card>
        </Section>
      )}
      {reviewing && <ReviewDialog access={reviewing} onClose={() => setReviewing(null)} />}
    </>
  );
}

interface ListProps {
  accesses: readonly BreakGlassAccess[];
  /** None of who cannot. */
  onReview: ((access: BreakGlassAccess) => void) | null;
}

function List({ accesses, onReview }: ListProps) {
  const { role } = useIdentity();
  return (
    <ul className="divide-y divide-line">
      {accesses.map((access) => (
        <li
          key={access.access_id}
          className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-5 py-4"
        >
          <div className="min-w-0 flex-1 basis-80 wrap-anywhere">
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-semibold">
              {access.holder_name}
              {access.justified !== null && (
                <Badge tone={access.justified ? "good" : "bad"}>
                  {t(access.justified ? "review.justified" : "review.notJustified")}
                </Badge>
              )}
            </p>
            <p>
              {role === "compliance" ? (
                <Link
                  href={`/recordings/${access.recording_id}`}
                  className="font-medium text-accent-ink underline-offset-4 hover:underline"
                >
                  {recordingOf(access)}
                </Link>
              ) : (
                recordingOf(access)
              )}
            </p>
            <p dir="auto" className="mt-1">
              {t("purpose.withReason", {
                purpose: emergencyWords(access.purpose),
                reason: access.reason,
              })}
            </p>
            <p className="mt-1 text-sm text-muted">
              {t("review.opened", { time: formatDateTime(access.opened_at) })}
            </p>
            {access.reviewed_at !== null && (
              <p className="text-sm text-muted">{reviewOf(access, access.reviewed_at)}</p>
            )}
          </div>
          {onReview && (
            <Button
              size="small"
              aria-label={t("review.reviewOf", {
                name: access.holder_name,
                recording: recordingOf(access),
              })}
              onPress={() => onReview(access)}
            >
              {t("review.review")}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

const recordingOf = ({ patient_name, provider_name, recorded_at }: BreakGlassAccess) =>
  t("access.recording", {
    patient: patient_name,
    provider: provider_name,
    date: formatDateTime(recorded_at),
  });

function reviewOf({ reviewed_by_name, note }: BreakGlassAccess, at: string): string {
  const by = { name: reviewed_by_name ?? "", time: formatDateTime(at) };
  return note === null ? t("review.by", by) : t("review.byWith", { ...by, note });
}

interface ReviewDialogProps {
  access: BreakGlassAccess;
  onClose: () => void;
}

function ReviewDialog({ access, onClose }: ReviewDialogProps) {
  const { reviewed } = useAccess();
  const [verdict, setVerdict] = useState<"yes" | "no" | null>(null);
  const [note, setNote] = useState("");
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const given = note.trim();
  const isSaid = verdict === "yes" || (verdict === "no" && given !== "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isSaid || pending) return;
    setPending(true);
    setProblem(undefined);
    api
      .reviewAccess(access.access_id, verdict === "yes", given || null)
      .then(reviewed)
      .then(onClose, (error: unknown) => {
        setPending(false);
        setProblem(error);
      });
  };
  return (
    <Dialog isOpen onClose={onClose} title={t("review.dialog", { name: access.holder_name })}>
      <form onSubmit={submit}>
        <p className="mt-2 text-muted">{recordingOf(access)}</p>
        <p dir="auto" className="mt-1 text-muted">
          {t("purpose.withReason", {
            purpose: emergencyWords(access.purpose),
            reason: access.reason,
          })}
        </p>
        <Choice
          label={t("review.verdict")}
          value={verdict}
          onChange={setVerdict}
          options={[
            ["yes", t("review.yes")],
            ["no", t("review.no")],
          ]}
        />
        <TextField
          label={t(verdict === "no" ? "review.note" : "review.noteOptional")}
          value={note}
          onChange={setNote}
          maxLength={LONGEST}
          required={verdict === "no"}
          autoComplete="off"
          className="mt-4"
        />
        <FormDecision problem={problem !== undefined && words(problem)} onCancel={onClose}>
          <Button type="submit" isDisabled={!isSaid} isPending={pending}>
            {t("review.confirm")}
          </Button>
        </FormDecision>
      </form>
    </Dialog>
  );
}
