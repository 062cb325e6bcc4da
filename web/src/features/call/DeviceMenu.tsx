import { Check, Settings2 } from "lucide-react";
import { useState } from "react";
import {
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  type Selection,
} from "react-aria-components";
import { t } from "../../shared/i18n";
import { ControlButton } from "./ControlButton";
import { canBlur } from "./core/blur";
import type { DeviceKind } from "./core/devices";
import { changePreferences, type RememberedDevice } from "./core/preferences";
import type { Processing } from "./core/processing";
import type { WebRTCService } from "./core/webrtc";
import { useDevices } from "./useDevices";

export interface DeviceMenuProps {
  service: WebRTCService;
  audioOnly: boolean;
  speakerId: string | undefined;
  onSpeaker: (speaker: RememberedDevice) => void;
  onProblem: (problem: string) => void;
}

const PROCESSINGS = ["speech", "music"] as const;

/** Which microphone, camera and speaker to use, changed without interrupting the call. */
export function DeviceMenu({ service, audioOnly, speakerId, ...props }: DeviceMenuProps) {
  const { onSpeaker, onProblem } = props;
  const [isOpen, setOpen] = useState(false);
  const devices = useDevices(isOpen);
  const choose =
    (kind: DeviceKind) =>
    ({ deviceId, label }: MediaDeviceInfo) => {
      changePreferences({ [kind]: { id: deviceId, label } });
      void service.chooseDevice(kind, deviceId, label);
    };
  const process = async (processing: Processing) => {
    if (!(await service.processSound(processing))) onProblem(t("call.processing.failed"));
    else changePreferences({ processing });
  };
  const blur = async (blurs: boolean) => {
    if (!(await service.blurBackground(blurs))) onProblem(t("call.background.failed"));
    else changePreferences({ blurs });
  };
  const speak = ({ deviceId, label }: MediaDeviceInfo) => onSpeaker({ id: deviceId, label });
  return (
    <MenuTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <ControlButton label={t("call.controls.settings")}>
        <Settings2 aria-hidden />
      </ControlButton>
      <Popover
        placement="top"
        offset={14}
        className="max-h-[70dvh] w-80 max-w-[calc(100vw-1.5rem)] overflow-y-auto rounded-card bg-stage-raised p-2 text-stage-ink shadow-float ring-1 ring-stage-line data-entering:animate-rise"
      >
        <Menu aria-label={t("call.devices.title")} className="outline-none">
          <Section
            title={t("call.devices.microphone")}
            devices={devices.microphones}
            chosen={idOf(service.localStream?.getAudioTracks()[0])}
            onChoose={choose("microphone")}
          />
          <ProcessingSection
            chosen={service.processing}
            onChoose={(processing) => void process(processing)}
          />
          {!audioOnly && (
            <Section
              title={t("call.devices.camera")}
              devices={devices.cameras}
              chosen={idOf(service.localStream?.getVideoTracks()[0])}
              onChoose={choose("camera")}
            />
          )}
          {!audioOnly && canBlur() && (
            <BackgroundSection
              chosen={service.blursBackground}
              onChoose={(blurs) => void blur(blurs)}
            />
          )}
          {"setSinkId" in HTMLMediaElement.prototype && (
            <Section
              title={t("call.devices.speaker")}
              devices={devices.speakers}
              chosen={speakerId || "default"}
              onChoose={speak}
            />
          )}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

const SECTION = "not-first:mt-2 not-first:border-t not-first:border-stage-line not-first:pt-2";
const HEADER = "px-3 py-1.5 text-xs font-semibold tracking-wide text-stage-muted uppercase";
const ITEM =
  "flex min-h-11 cursor-pointer items-center gap-3 rounded-control px-3 py-2 text-sm text-stage-strong outline-none data-focused:bg-stage-control";

interface ProcessingSectionProps {
  chosen: Processing;
  onChoose: (processing: Processing) => void;
}

/** What the browser makes of the microphone: of music, nothing. */
function ProcessingSection({ chosen, onChoose }: ProcessingSectionProps) {
  const change = (selection: Selection) => {
    const found = PROCESSINGS.find((each) => selection !== "all" && selection.has(each));
    if (found !== undefined) onChoose(found);
  };
  return (
    <MenuSection
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[chosen]}
      onSelectionChange={change}
      className={SECTION}
    >
      <Header className={HEADER}>{t("call.processing.title")}</Header>
      {PROCESSINGS.map((each) => (
        <MenuItem
          key={each}
          id={each}
          textValue={t(`call.processing.${each}.name`)}
          className={ITEM}
        >
          {({ isSelected }) => (
            <>
              <span className="min-w-0 flex-1">
                <span className="block">{t(`call.processing.${each}.name`)}</span>
                <span className="block text-xs text-stage-muted">
                  {t(`call.processing.${each}.text`)}
                </span>
              </span>
              {isSelected && <Check aria-hidden className="size-4 shrink-0 text-stage-accent" />}
            </>
          )}
        </MenuItem>
      ))}
    </MenuSection>
  );
}

interface BackgroundSectionProps {
  chosen: boolean;
  onChoose: (blurs: boolean) => void;
}

function BackgroundSection({ chosen, onChoose }: BackgroundSectionProps) {
  return (
    <MenuSection
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[chosen ? "blurred" : "sharp"]}
      onSelectionChange={(selection) => selection !== "all" && onChoose(selection.has("blurred"))}
      className={SECTION}
    >
      <Header className={HEADER}>{t("call.background.title")}</Header>
      {(["sharp", "blurred"] as const).map((each) => (
        <MenuItem key={each} id={each} className={ITEM}>
          {({ isSelected }) => (
            <>
              <span className="min-w-0 flex-1">{t(`call.background.${each}`)}</span>
              {isSelected && <Check aria-hidden className="size-4 shrink-0 text-stage-accent" />}
            </>
          )}
        </MenuItem>
      ))}
    </MenuSection>
  );
}

function idOf(track: MediaStreamTrack | undefined): string {
  return track?.getSettings().deviceId ?? "";
}

interface SectionProps {
  title: string;
  devices: MediaDeviceInfo[];
  chosen: string;
  onChoose: (device: MediaDeviceInfo) => void;
}

function Section({ title, devices, chosen, onChoose }: SectionProps) {
  // "default" is in more than one section.
  const keyOf = (deviceId: string) => `${title} ${deviceId}`;
  const change = (selection: Selection) => {
    const [key] = selection === "all" ? [] : [...selection];
    const device = devices.find(({ deviceId }) => keyOf(deviceId) === key);
    if (device !== undefined) onChoose(device);
  };
  return (
    <MenuSection
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[keyOf(chosen)]}
      onSelectionChange={change}
      className={SECTION}
    >
      <Header className={HEADER}>{title}</Header>
      {devices.length === 0 && (
        <MenuItem id={keyOf("")} isDisabled className="px-3 py-2 text-sm text-stage-muted">
          {t("call.devices.none")}
        </MenuItem>
      )}
      {devices.map(({ deviceId, label }, index) => (
        <MenuItem key={deviceId} id={keyOf(deviceId)} textValue={label} className={ITEM}>
          {({ isSelected }) => (
            <>
              <span className="min-w-0 flex-1 truncate">
                {label || t("call.devices.unnamed", { kind: title, number: index + 1 })}
              </span>
              {isSelected && <Check aria-hidden className="size-4 shrink-0 text-stage-accent" />}
            </>
          )}
        </MenuItem>
      ))}
    </MenuSection>
  );
}
