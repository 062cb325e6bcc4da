import { MicOff } from "lucide-react";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";

export interface MutedHintProps {
  isShown: boolean;
  onUnmute: () => void;
}

/** Somebody speaks and is muted: said once in a while, and mended with one press. */
export function MutedHint({ isShown, onUnmute }: MutedHintProps) {
  return (
    <div className="absolute inset-x-3 bottom-3 z-20 flex justify-center">
      <div
        className={
          isShown
            ? "flex animate-rise items-center gap-3 rounded-card bg-stage/90 py-2.5 pr-2 pl-4 text-sm text-stage-strong shadow-float ring-1 ring-stage-line"
            : "sr-only"
        }
      >
        {isShown && <MicOff aria-hidden className="size-5 shrink-0 text-stage-danger" />}
        <p role="status" className="min-w-0 flex-1 font-medium">
          {isShown && t("call.sound.mutedSpeech")}
        </p>
        {isShown && (
          <Button variant="light" size="small" onPress={onUnmute}>
            {t("call.sound.unmute")}
          </Button>
        )}
      </div>
    </div>
  );
}
