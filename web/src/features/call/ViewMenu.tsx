import { Columns2, LayoutGrid, Maximize, Minimize, PictureInPicture2, User } from "lucide-react";
import type { ReactNode } from "react";
import {
  Button,
  Dialog,
  DialogTrigger,
  Label,
  Popover,
  Radio,
  RadioGroup,
  Slider,
  SliderThumb,
  SliderTrack,
  Switch,
} from "react-aria-components";
import type { Participant } from "../../shared/api/signaling/messages";
import { t } from "../../shared/i18n";
import { ControlButton } from "./ControlButton";
import { LAYOUTS, layoutFor } from "./core/layout";
import { company, ownSide } from "./core/selectors";
import type { CallState } from "./core/state";
import { useFullScreen } from "./useFullScreen";
import type { PictureInPicture } from "./usePictureInPicture";
import type { ViewChoice } from "./useView";

const ICONS = { speaker: User, grid: LayoutGrid, side: Columns2 };
const ITEM =
  "flex min-h-11 cursor-pointer items-center gap-3 rounded-control px-3 py-2 text-sm text-stage-strong data-focus-visible:outline-2 data-focus-visible:outline-stage-accent data-hovered:bg-stage-control";
const HEADER = "px-3 py-1.5 text-xs font-semibold tracking-wide text-stage-muted uppercase";

export interface ViewMenuProps {
  state: CallState;
  onSoundOnly: (on: boolean) => void;
  view: ViewChoice;
  pictureInPicture: PictureInPicture;
  onProblem: (problem: string) => void;
}

/** How this user sees the call, for them alone; and whether they do. */
export function ViewMenu({ state, onSoundOnly, view, ...props }: ViewMenuProps) {
  const { pictureInPicture, onProblem } = props;
  const people = company(state);
  const interpreters =
    ownSide(state) === "interpreter" || people.length < 2 || !canSetVolume()
      ? []
      : people.filter(({ role }) => role === "interpreter");
  const fullScreen = useFullScreen();
  const { isOn, toggle } = pictureInPicture;
  return (
    <DialogTrigger>
      <ControlButton label={t("call.view.title")}>
        <LayoutGrid aria-hidden />
      </ControlButton>
      <Popover
        placement="top"
        offset={14}
        className="max-h-[70dvh] w-80 max-w-[calc(100vw-1.5rem)] overflow-y-auto rounded-card bg-stage-raised p-2 text-stage-ink shadow-float ring-1 ring-stage-line data-entering:animate-rise"
      >
        <Dialog aria-label={t("call.view.title")} className="flex flex-col gap-2 outline-none">
          <RadioGroup
            value={layoutFor(view.layout, people.length)}
            onChange={(value) => {
              const chosen = LAYOUTS.find((each) => each === value);
              if (chosen !== undefined) view.choose(chosen);
            }}
          >
            <Label className={HEADER}>{t("call.view.layout")}</Label>
            {LAYOUTS.map((each) => {
              const Icon = ICONS[each];
              return (
                <Radio key={each} value={each} className={`group ${ITEM}`}>
                  <Icon aria-hidden className="size-5 shrink-0" />
                  <span className="min-w-0 flex-1">{t(`call.view.layouts.${each}`)}</span>
                  <span
                    aria-hidden
                    className="drawn inline-flex size-5 shrink-0 rounded-full bg-stage ring-2 ring-stage-muted ring-inset group-data-selected:ring-[6px] group-data-selected:ring-stage-accent"
                  />
                </Radio>
              );
            })}
          </RadioGroup>
          <Toggle
            words={t("call.view.self")}
            text={t("call.view.selfText")}
            isOn={!view.hidesSelf}
            onChange={(shows) => view.hideSelf(!shows)}
          />
          {!state.audioOnly && (
            <Toggle
              words={t("call.pictures.soundOnly")}
              text={t("call.pictures.soundOnlyText")}
              isOn={state.pictures.sound_only}
              onChange={onSoundOnly}
            />
          )}
          {interpreters.map((person) => (
            <Balance
              key={person.user_id}
              person={person}
              value={view.balances[person.user_id] ?? 0}
              onChange={(balance) => view.balance(person.user_id, balance)}
            />
          ))}
          {toggle !== null && (
            <Action
              icon={<PictureInPicture2 aria-hidden className="size-5 shrink-0" />}
              words={t(isOn ? "call.view.pictureBack" : "call.view.picture")}
              onPress={() => void toggle().catch(() => onProblem(t("call.view.pictureFailed")))}
            />
          )}
          {fullScreen !== null && (
            <Action
              icon={
                fullScreen.isOn ? (
                  <Minimize aria-hidden className="size-5 shrink-0" />
                ) : (
                  <Maximize aria-hidden className="size-5 shrink-0" />
                )
              }
              words={t(fullScreen.isOn ? "call.view.fullLeave" : "call.view.full")}
              onPress={() => void fullScreen.toggle()}
            />
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

interface ToggleProps {
  words: string;
  text: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

function Toggle({ words, text, isOn, onChange }: ToggleProps) {
  return (
    <Switch isSelected={isOn} onChange={onChange} className={`group ${ITEM}`}>
      <span className="min-w-0 flex-1">
        <span className="block">{words}</span>
        <span className="block text-xs text-stage-muted">{text}</span>
      </span>
      <span
        aria-hidden
        className="drawn flex h-7 w-12 shrink-0 items-center rounded-full bg-stage-muted p-1 transition-colors group-data-selected:bg-stage-accent"
      >
        <span className="size-5 rounded-full bg-stage transition-transform group-data-selected:translate-x-5" />
      </span>
    </Switch>
  );
}

interface ActionProps {
  icon: ReactNode;
  words: string;
  onPress: () => void;
}

function Action({ icon, words, onPress }: ActionProps) {
  return (
    <Button slot="close" onPress={onPress} className={ITEM}>
      {icon}
      {words}
    </Button>
  );
}

interface BalanceProps {
  person: Participant;
  value: number;
  onChange: (balance: number) => void;
}

/** An interpreter's voice against all others'. */
function Balance({ person, value, onChange }: BalanceProps) {
  return (
    <Slider
      minValue={-1}
      maxValue={1}
      step={0.1}
      value={value}
      onChange={(balance) => onChange(balance as number)}
      className="px-3"
    >
      <Label className="text-sm font-medium text-stage-strong wrap-anywhere">
        {t("call.view.balance", { name: person.name })}
      </Label>
      <SliderTrack className="drawn relative h-8 w-full cursor-pointer">
        <div className="absolute top-1/2 h-1 w-full -translate-y-1/2 rounded-full bg-stage-control-hover" />
        <SliderThumb
          aria-valuetext={balanceWords(value)}
          className="top-1/2 size-5 rounded-full bg-stage-strong outline-offset-2 data-focus-visible:outline-2 data-focus-visible:outline-stage-strong"
        />
      </SliderTrack>
      <div aria-hidden className="flex justify-between gap-3 text-xs text-stage-muted">
        <span>{t("call.view.original")}</span>
        <span>{t("call.view.interpreter")}</span>
      </div>
    </Slider>
  );
}

function balanceWords(value: number): string {
  if (Math.abs(value) < 0.05) return t("call.view.even");
  return t(value < 0 ? "call.view.original" : "call.view.interpreter");
}

/** iPhones play everything as loud as their keys say. */
function canSetVolume(): boolean {
  const audio = document.createElement("audio");
  audio.volume = 0.5;
  return audio.volume === 0.5;
}
