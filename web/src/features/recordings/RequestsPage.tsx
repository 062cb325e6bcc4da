import { Inbox } from "lucide-react";
import { useCallback, useState } from "react";
import { Link } from "react-aria-components";
import { api } from "../../shared/api/endpoints";
import type { RecordingRequest } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDateTime } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { Card } from "../../shared/ui/Card";
import { Empty } from "../../shared/ui/Empty";
import { Loaded } from "../../shared/ui/Loaded";
import { Page } from "../../shared/ui/Page";
import { ReasonDialog } from "../../shared/ui/ReasonDialog";
import { useLoad } from "../../shared/ui/useLoad";

/** What patients have asked for and nobody has answered. */
export function RequestsPage() {
  const load = useLoad(useCallback(() => api.recordingRequests(), []));
  const [answering, setAnswering] = useState<Answering | null>(null);
  return (
    <Page
      title={t("requests.title")}
      subtitle={t("requests.subtitle")}
      isLoading={load.value === undefined}
      narrow
    >
      <Loaded load={load} framed>
        {({ requests }) => (
          <Card className="overflow-hidden">
            {requests.length === 0 ? (
              <Empty icon={Inbox} title={t("requests.emptyTitle")} text={t("requests.emptyText")} />
            ) : (
              <ul className="divide-y divide-line">
                {requests.map((request) => (
                  <Waiting key={request.request_id} request={request} onAnswer={setAnswering} />
                ))}
              </ul>
            )}
          </Card>
        )}
      </Loaded>
      {answering && (
        <AnswerDialog {...answering} onClose={() => setAnswering(null)} onDone={load.reload} />
      )}
    </Page>
  );
}

interface Answering {
  request: RecordingRequest;
  accepted: boolean;
}

interface WaitingProps {
  request: RecordingRequest;
  onAnswer: (answering: Answering) => void;
}

function Waiting({ request, onAnswer }: WaitingProps) {
  const { kind, patient_name: name, asked_at, recorded_at, recording_id } = request;
  const date = formatDateTime(recorded_at);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-5 py-4">
      <div className="min-w-0 wrap-anywhere">
        <p>{t(`requests.asks.${kind}`, { name })}</p>
        <p className="text-sm text-muted">
          {t("requests.asked", { time: formatDateTime(asked_at) })}
          {" · "}
          <Link
            href={`/recordings/${recording_id}`}
            className="font-semibold text-accent-ink underline-offset-4 hover:underline"
          >
            {t("requests.recording", { date })}
          </Link>
        </p>
      </div>
      <div className="flex gap-2">
        <Button
          variant="secondary"
          size="small"
          aria-label={t("requests.declineOf", { name, date })}
          onPress={() => onAnswer({ request, accepted: false })}
        >
          {t("requests.decline")}
        </Button>
        <Button
          variant={kind === "erasure" ? "danger" : "primary"}
          size="small"
          aria-label={t("requests.acceptOf", { name, date })}
          onPress={() => onAnswer({ request, accepted: true })}
        >
          {t("requests.accept")}
        </Button>
      </div>
    </li>
  );
}

interface AnswerDialogProps extends Answering {
  onClose: () => void;
  onDone: () => void;
}

function AnswerDialog({ request, accepted, onClose, onDone }: AnswerDialogProps) {
  const { kind, patient_name: name } = request;
  const answer = accepted ? (`accept_${kind}` as const) : "decline";
  return (
    <ReasonDialog
      title={t(`requests.dialog.${answer}`, { name })}
      text={t(`requests.effect.${answer}`, { name })}
      confirm={t(accepted ? "requests.accept" : "requests.decline")}
      danger={accepted && kind === "erasure"}
      onClose={onClose}
      onConfirm={(reason) =>
        api.answerRecordingRequest(request.request_id, accepted, reason).then(onDone)
      }
    />
  );
}
