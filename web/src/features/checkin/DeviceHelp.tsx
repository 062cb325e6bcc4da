import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import type { CallErrorCode } from "../call";
import { surroundingsOf } from "./browser";
import { helpFor } from "./help";
import type { OwnDevices } from "./useOwnMedia";

export interface DeviceHelpProps {
  problems: OwnDevices["problems"];
  onRetry: () => Promise<void>;
}

/** What cannot be used, why, and what to do about it in this browser. */
export function DeviceHelp({ problems, onRetry }: DeviceHelpProps) {
  const found = grouped(problems);
  if (found.length === 0) return null;
  const here = surroundingsOf(navigator.userAgent, navigator.maxTouchPoints);
  return found.map(({ device, code }) => (
    <Notice
      key={device}
      tone="care"
      title={t(`checkin.unusable.${device}`)}
      actions={
        <Button variant="secondary" size="small" onPress={() => void onRetry()}>
          {t("checkin.again")}
        </Button>
      }
    >
      {t(helpFor(code, here))} {t(`checkin.without.${device}`)}
    </Notice>
  ));
}

/** What both have is told once. */
function grouped({ microphone, camera }: DeviceHelpProps["problems"]): {
  device: "both" | "microphone" | "camera";
  code: CallErrorCode;
}[] {
  if (microphone !== null && microphone === camera) return [{ device: "both", code: microphone }];
  return [
    ...(microphone === null ? [] : [{ device: "microphone" as const, code: microphone }]),
    ...(camera === null ? [] : [{ device: "camera" as const, code: camera }]),
  ];
}
