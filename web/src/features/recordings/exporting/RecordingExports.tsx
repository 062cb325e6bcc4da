import { PackageOpen } from "lucide-react";
import { useState } from "react";
import type { Recording } from "../../../shared/api/schema";
import { t } from "../../../shared/i18n";
import { Button } from "../../../shared/ui/Button";
import { Card, Section } from "../../../shared/ui/Card";
import type { Opening } from "../access/useOpening";
import { ExportDialog } from "./ExportDialog";
import { ExportList } from "./ExportList";
import { useExports } from "./useExports";

export interface RecordingExportsProps {
  recording: Recording;
  opening: Opening;
}

/** The exports of one recording, and the way to another one: it is opened first, for a reason. */
export function RecordingExports({ recording, opening }: RecordingExportsProps) {
  const { load, told } = useExports(recording.recording_id);
  const [wanted, setWanted] = useState(false);
  const playbackId = opening.grant?.playback_id;
  return (
    <Section
      title={t("exports.title")}
      aside={
        <Button
          variant="secondary"
          size="small"
          isPending={opening.pending}
          onPress={() => {
            setWanted(true);
            if (playbackId === undefined) opening.open();
          }}
        >
          <PackageOpen aria-hidden className="size-4" />
          {t("exports.ask")}
        </Button>
      }
    >
      <Card>
        <p className="px-5 py-3.5 text-sm text-muted">{t("exports.note.all")}</p>
        {load.value && load.value.length > 0 && (
          <div className="border-t border-line">
            <ExportList exports={load.value} onChange={load.reload} />
          </div>
        )}
      </Card>
      <p role="status" className="sr-only">
        {told}
      </p>
      {wanted && playbackId !== undefined && (
        <ExportDialog
          recordingId={recording.recording_id}
          playbackId={playbackId}
          sealed={recording.sealed}
          onClose={() => setWanted(false)}
          onAsked={(made) => load.change((exports) => [made, ...exports])}
        />
      )}
    </Section>
  );
}
