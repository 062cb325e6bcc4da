import { ArrowLeft } from "lucide-react";
import { useCallback } from "react";
import { Link } from "react-aria-components";
import { api } from "../../shared/api/endpoints";
import type { RecordingDetail } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatBytes, formatDateTime, formatDuration } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { Card, Section } from "../../shared/ui/Card";
import { Loaded } from "../../shared/ui/Loaded";
import { Notice } from "../../shared/ui/Notice";
import { Page } from "../../shared/ui/Page";
import { useLoad } from "../../shared/ui/useLoad";
import { useParameter } from "../../shared/ui/useParameter";
import { AccessLog } from "./AccessLog";
import { useOpening } from "./access/useOpening";
import { Consents } from "./Consents";
import { Erased } from "./Erased";
import { RecordingExports } from "./exporting/RecordingExports";
import { Files } from "./Files";
import { Keeping } from "./Keeping";
import { isWhole } from "./lacks";
import { Missing } from "./Missing";
import { Playback } from "./Playback";
import { askWords, PurposeDialog } from "./PurposeDialog";
import { HoldBadge, RecordingBadge } from "./RecordingBadge";
import { proved, useDecryption } from "./sealed/useDecryption";

export function RecordingPage() {
  const recordingId = useParameter("recordingId");
  const load = useLoad(useCallback(() => api.recording(recordingId), [recordingId]));
  const recording = load.value?.recording;
  return (
    <Page
      title={
        recording
          ? t("recording.title", {
              patient: recording.patient_name,
              provider: recording.provider_name,
            })
          : t("recording.pageTitle")
      }
      windowTitle={t("recording.pageTitle")}
      isLoading={load.value === undefined}
      subtitle={load.value ? <Facts detail={load.value} /> : null}
      before={
        <Link
          href="/recordings"
          className="mb-4 inline-flex min-h-9 items-center gap-2 font-semibold text-accent-ink underline-offset-4 hover:underline"
        >
          <ArrowLeft aria-hidden className="size-4" />
          {t("recording.back")}
        </Link>
      }
    >
      <Loaded load={load} framed>
        {(detail) => <Detail detail={detail} onRefresh={load.reload} isLoading={load.loading} />}
      </Loaded>
    </Page>
  );
}

function Facts({ detail }: { detail: RecordingDetail }) {
  const { started_at, duration_ms, size_bytes, state, on_hold } = detail.recording;
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <time dateTime={started_at}>{formatDateTime(started_at)}</time>
      {state !== "torn" && <span>{formatDuration(duration_ms)}</span>}
      {state !== "erased" && state !== "torn" && <span>{formatBytes(size_bytes)}</span>}
      <RecordingBadge state={state} whole={isWhole(detail)} />
      {on_hold && <HoldBadge />}
    </span>
  );
}

interface DetailProps {
  detail: RecordingDetail;
  onRefresh: () => void;
  isLoading: boolean;
}

function Detail({ detail, onRefresh, isLoading }: DetailProps) {
  const { recording, gaps, timeline, key_id, consents, holds, erasure, access_log } = detail;
  const opening = useOpening(recording.recording_id);
  const decryption = useDecryption(recording.recording_id, opening.grant);
  const { authenticity, parts } = decryption.opened ? proved(detail, decryption.opened) : detail;
  const changed = [detail, ...detail.parts].some((judged) => judged.authenticity === "changed");
  return (
    <div className="flex flex-col gap-10">
      {opening.asks && (
        <PurposeDialog
          {...(opening.needsApproval && { words: askWords() })}
          onClose={opening.cancel}
          onConfirm={opening.said}
        />
      )}
      {changed && (
        <Notice tone="bad" title={t("recording.changedTitle")}>
          {t("recording.changedText")}
        </Notice>
      )}
      {erasure ? (
        <Erased erasure={erasure} />
      ) : (
        <Playback
          recording={recording}
          parts={parts}
          gaps={gaps}
          timeline={timeline}
          key_id={key_id}
          opening={opening}
          decryption={decryption}
        />
      )}
      {recording.state !== "recording" && !erasure && (
        <Section title={t("lacks.title")}>
          <Card>
            <Missing detail={detail} />
          </Card>
        </Section>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-10 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <Section title={t("recording.consents")}>
          <Card>
            <Consents consents={consents} />
          </Card>
        </Section>
        {!erasure && (
          <Section title={t("recording.files")}>
            <Card>
              <Files
                recordingId={recording.recording_id}
                sealed={recording.sealed}
                authenticity={authenticity}
                parts={parts}
                playbackId={opening.grant?.playback_id ?? null}
                onNeedsGrant={opening.open}
              />
            </Card>
          </Section>
        )}
      </div>
      {recording.state !== "recording" && !erasure && (
        <RecordingExports recording={recording} opening={opening} />
      )}
      <Section title={t("keeping.title")}>
        <Keeping recording={recording} holds={holds} onChange={onRefresh} />
      </Section>
      <Section
        title={t("recording.access")}
        aside={
          // Not by itself after a playback: each look at this page is an entry of the log, too.
          <Button variant="quiet" size="small" onPress={onRefresh} isPending={isLoading}>
            {t("recording.refresh")}
          </Button>
        }
      >
        <Card className="overflow-hidden">
          <AccessLog entries={access_log} />
        </Card>
      </Section>
    </div>
  );
}
