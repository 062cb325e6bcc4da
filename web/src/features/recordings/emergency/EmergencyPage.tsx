import { ArrowLeft, ShieldAlert } from "lucide-react";
import { type FormEvent, useCallback, useState } from "react";
import { Link } from "react-aria-components";
import { api } from "../../../shared/api/endpoints";
import { words } from "../../../shared/api/refusals";
import type { Call, EmergencyPlayback } from "../../../shared/api/schema";
import { t } from "../../../shared/i18n";
import { formatDateTime, formatTime } from "../../../shared/i18n/format";
import { Button } from "../../../shared/ui/Button";
import { Card } from "../../../shared/ui/Card";
import { Loaded } from "../../../shared/ui/Loaded";
import { Notice } from "../../../shared/ui/Notice";
import { Page } from "../../../shared/ui/Page";
import { TextField } from "../../../shared/ui/TextField";
import { useLoad } from "../../../shared/ui/useLoad";
import { useParameter } from "../../../shared/ui/useParameter";
import { useIdentity, useSettings } from "../../identity";
import { useNowAt } from "../access/useNowAt";
import { Choice } from "../Choice";
import { explain } from "../explain";
import { playerGaps } from "../lacks";
import { Player } from "../playback/Player";
import { EMERGENCIES, type Emergency, emergencyWords } from "../purposes";

/** As many characters as the server takes. */
const LONGEST = 500;

/** A provider opens the recording of a call of their own, in an emergency. */
export function EmergencyPage() {
  const roomId = useParameter("roomId");
  const load = useLoad(useCallback(() => api.call(roomId), [roomId]));
  const { user_id: me } = useIdentity();
  const call = load.value;
  return (
    <Page
      title={t("breakGlass.title")}
      subtitle={call ? t("breakGlass.of", { name: other(call, me), date: dateOf(call) }) : null}
      isLoading={call === undefined}
      before={
        <Link
          href="/history"
          className="mb-4 inline-flex min-h-9 items-center gap-2 font-semibold text-accent-ink underline-offset-4 hover:underline"
        >
          <ArrowLeft aria-hidden className="size-4" />
          {t("breakGlass.back")}
        </Link>
      }
    >
      <Loaded load={load} framed>
        {() => <Access roomId={roomId} />}
      </Loaded>
    </Page>
  );
}

const dateOf = (call: Call) => formatDateTime(call.started_at ?? call.created_at);
const other = (call: Call, me: string) =>
  call.patient_id === me ? call.provider_name : call.patient_name;

function Access({ roomId }: { roomId: string }) {
  const [opened, setOpened] = useState<EmergencyPlayback | null>(null);
  const [asks, setAsks] = useState(true);
  const now = useNowAt(opened ? [opened.access.expires_at] : []);
  const isOver = opened !== null && Date.parse(opened.access.expires_at) <= now.getTime();
  if (asks)
    return (
      <Form
        roomId={roomId}
        onOpen={(playback) => {
          setOpened(playback);
          setAsks(false);
        }}
      />
    );
  if (opened === null || isOver)
    return (
      <Notice
        tone="care"
        title={t("breakGlass.overTitle")}
        actions={
          <Button size="small" variant="secondary" onPress={() => setAsks(true)}>
            {t("breakGlass.again")}
          </Button>
        }
      >
        {t("breakGlass.overText")}
      </Notice>
    );
  const { access, playback, parts, gaps, timeline, duration_ms } = opened;
  return (
    <>
      <Notice tone="care" className="mb-4">
        {t("breakGlass.until", { time: formatTime(access.expires_at) })}
      </Notice>
      <Player
        key={playback.playback_id}
        length={duration_ms}
        parts={parts}
        gaps={playerGaps(gaps)}
        timeline={timeline}
        urls={playback.urls}
        viewer={playback.viewer_name}
        explain={explain}
        onReopen={() => setAsks(true)}
      />
    </>
  );
}

interface FormProps {
  roomId: string;
  onOpen: (opened: EmergencyPlayback) => void;
}

/** Says what opening it sets off, and asks why. */
function Form({ roomId, onOpen }: FormProps) {
  const { break_glass_minutes: minutes } = useSettings();
  const [purpose, setPurpose] = useState<Emergency | null>(null);
  const [reason, setReason] = useState("");
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const given = reason.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (purpose === null || !given || pending) return;
    setPending(true);
    setProblem(undefined);
    api.breakGlass(roomId, { purpose, reason: given }).then(onOpen, (error: unknown) => {
      setPending(false);
      setProblem(error);
    });
  };
  return (
    <Card className="max-w-2xl p-5 sm:p-7">
      <div className="flex items-start gap-4">
        <span className="inline-flex size-11 shrink-0 items-center justify-center rounded-full bg-warning-subtle text-warning-ink">
          <ShieldAlert aria-hidden className="size-6" />
        </span>
        <div className="min-w-0">
          <h2 className="text-lg font-bold tracking-tight">{t("breakGlass.whatTitle")}</h2>
          <ul className="mt-2 flex list-disc flex-col gap-1 pl-5 text-muted">
            <li>{t("breakGlass.minutes", { count: minutes })}</li>
            <li>{t("breakGlass.alerted")}</li>
            <li>{t("breakGlass.reviewed")}</li>
            <li>{t("breakGlass.patientSees")}</li>
          </ul>
        </div>
      </div>
      <form onSubmit={submit}>
        <Choice
          label={t("purpose.label")}
          value={purpose}
          onChange={setPurpose}
          options={EMERGENCIES.map((each) => [each, emergencyWords(each)])}
        />
        <TextField
          label={t("purpose.reason")}
          value={reason}
          onChange={setReason}
          maxLength={LONGEST}
          required
          autoComplete="off"
          className="mt-4"
        />
        {problem !== undefined && (
          <Notice tone="bad" className="mt-4">
            {words(problem)}
          </Notice>
        )}
        <Button
          type="submit"
          variant="danger"
          className="mt-5"
          isDisabled={purpose === null || !given}
          isPending={pending}
        >
          {t("breakGlass.open")}
        </Button>
      </form>
    </Card>
  );
}
