import { t } from "../../shared/i18n";
import { SelectField } from "../../shared/ui/SelectField";

export interface DeviceChoiceProps {
  label: string;
  devices: readonly MediaDeviceInfo[];
  chosen: string | undefined;
  onChoose: (device: MediaDeviceInfo) => void;
}

/** One of several devices of a kind; nothing where there is no choice. */
export function DeviceChoice({ label, devices, chosen, onChoose }: DeviceChoiceProps) {
  if (devices.length === 0) return null;
  return (
    <SelectField
      label={label}
      value={chosen ?? ""}
      placeholder={t("checkin.none")}
      options={devices.map((device, index) => [
        device.deviceId,
        device.label || t("call.devices.unnamed", { kind: label, number: index + 1 }),
      ])}
      onChange={(id) => {
        const device = devices.find(({ deviceId }) => deviceId === id);
        if (device) onChoose(device);
      }}
      className="min-w-0"
    />
  );
}
