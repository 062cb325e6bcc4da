/** What became of a microphone, a camera or a speaker, in words. */
import { t } from "../../shared/i18n";
import type { DeviceMove } from "./core/devices";

export function moveWords({ kind, event, label }: DeviceMove): string {
  return t(`call.devices.${event}.${kind}`, { label });
}
