import { useState } from "react";
import { api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import type { OwnRecording, RecordingRequest } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDate, formatDateTime } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { ConfirmDialog } from "../../shared/ui/Dialog";
import { Notice } from "../../shared/ui/Notice";

const KINDS = ["copy", "erasure"] as const;
type Kind = (typeof KINDS)[number];

export interface RequestsProps {
  recording: OwnRecording;
  /** Something was asked for. */
  onAsked: () => void;
}

/** What was asked for of a recording and what the practice said, and a way to ask. */
export function Requests({ recording, onAsked }: RequestsProps) {
  const { recording_id, requests, state, started_at } = recording;
  const [asking, setAsking] = useState<Kind | null>(null);
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const date = formatDateTime(started_at);
  const open = KINDS.filter(
    (kind) => !requests.some((one) => one.kind === kind && one.accepted === null),
  );
  const ask = (kind: Kind) => {
    setPending(true);
    setProblem(undefined);
    api
      .askForRecording(recording_id, kind)
      .then(onAsked, setProblem)
      .finally(() => {
        setPending(false);
        setAsking(null);
      });
  };
  return (
    <>
      {requests.length > 0 && (
        <ul className="mt-3 flex flex-col gap-1.5">
          {requests.map((request) => (
            <li key={request.request_id} className="wrap-anywhere">
              {answerWords(request)}
              {request.answer !== null && (
                <span className="block text-sm text-muted">
                  {t("ownRecordings.reason", { reason: request.answer })}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {problem !== undefined && (
        <Notice tone="bad" className="mt-3">
          {words(problem)}
        </Notice>
      )}
      {state !== "erased" && (
        <div className="mt-4 flex flex-wrap gap-2">
          {open.map((kind) => (
            <Button
              key={kind}
              variant="secondary"
              size="small"
              aria-label={t(`ownRecordings.askOf.${kind}`, { date })}
              onPress={() => setAsking(kind)}
            >
              {t(`ownRecordings.ask.${kind}`)}
            </Button>
          ))}
        </div>
      )}
      {asking && (
        <ConfirmDialog
          isOpen
          onClose={() => setAsking(null)}
          title={t(`ownRecordings.askTitle.${asking}`)}
          text={t(`ownRecordings.askText.${asking}`)}
          confirm={t("ownRecordings.send")}
          isPending={isPending}
          onConfirm={() => ask(asking)}
        />
      )}
    </>
  );
}

function answerWords({ kind, asked_at, answered_at, accepted }: RecordingRequest): string {
  const answer = accepted === null ? "waits" : accepted ? "accepted" : "declined";
  return t(`ownRecordings.request.${kind}.${answer}`, {
    date: formatDate(answered_at ?? asked_at),
  });
}
