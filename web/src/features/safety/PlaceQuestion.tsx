import { MapPin } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import type { Visit } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import type { OwnPlace, SayPlace } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { countryName } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { classes } from "../../shared/ui/classes";
import { Notice } from "../../shared/ui/Notice";
import { CountryField } from "./CountryField";
import { PlaceForm } from "./PlaceForm";
import { type PlaceState, usePlace } from "./usePlace";

export interface PlaceQuestionProps {
  visit: Visit;
  className?: string;
  /** Not asked again where it was answered before. */
  once?: boolean;
}

/** Where the patient is now: confirmed with one press, changed, or not told. */
export function PlaceQuestion({ visit, className, once = false }: PlaceQuestionProps) {
  const place = usePlace(visit);
  if (place.asked === null || (once && place.asked.answer !== null)) return null;
  return (
    <Asking
      place={place}
      asked={place.asked}
      className={classes("rounded-control p-3 ring-1 ring-line ring-inset", className)}
    />
  );
}

export interface AskingProps {
  place: PlaceState;
  asked: OwnPlace;
  className?: string;
}

/** The same, once it is known what to ask. */
export function Asking({ place, asked, className }: AskingProps) {
  const { answer, problem, isSending } = place;
  const [isEditing, setEditing] = useState(false);
  const title = useId();
  const section = useRef<HTMLElement>(null);
  const had = useRef(isEditing || answer !== null);
  // What was pressed is gone: reading goes on at the question.
  useEffect(() => {
    const has = isEditing || answer !== null;
    if (has !== had.current && !section.current?.contains(document.activeElement))
      section.current?.focus({ preventScroll: true });
    had.current = has;
  }, [isEditing, answer]);
  const say = async (said: SayPlace) => {
    if (await place.say(said)) setEditing(false);
  };
  return (
    <section
      ref={section}
      tabIndex={-1}
      aria-labelledby={title}
      className={classes("flex gap-3 text-start outline-none", className)}
    >
      <MapPin aria-hidden className="mt-0.5 size-5 shrink-0 text-muted" />
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <h3 id={title} className="font-semibold">
          {t("place.title")}
        </h3>
        {problem !== null && <Notice tone="bad">{words(problem)}</Notice>}
        {isEditing ? (
          <PlaceForm
            asked={asked}
            isSending={isSending}
            onSay={say}
            onBack={() => setEditing(false)}
          />
        ) : answer === null ? (
          <Confirming
            asked={asked}
            isSending={isSending}
            onSay={say}
            onOther={() => setEditing(true)}
          />
        ) : (
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
            <p role="status" className="min-w-0 flex-1 basis-40 text-sm text-muted">
              {t(answer === "given" ? "place.given" : "place.withheld")}
            </p>
            <Button size="small" variant="quiet" onPress={() => setEditing(true)}>
              {t("place.change")}
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}

const NOTHING = { address: null, country: null, phone: null };

interface ConfirmingProps {
  asked: OwnPlace;
  isSending: boolean;
  onSay: (answer: SayPlace) => void;
  onOther: () => void;
}

function Confirming({ asked, isSending, onSay, onOther }: ConfirmingProps) {
  const { address, hidden, phone } = asked;
  const [country, setCountry] = useState(asked.country ?? "");
  const isKnown = hidden || address !== null;
  // What is on record has no country: it is the practice's guess, unless somebody has said it.
  const isSaid = asked.source === "confirmed" && asked.country !== null;
  const known = hidden
    ? { ...NOTHING, answer: "usual" as const, country: country || null }
    : { answer: "here" as const, address, country: country || null, phone };
  return (
    <>
      {isKnown ? (
        <p className="text-[0.9375rem] wrap-anywhere">
          {hidden ? t("place.usual") : <bdi>{oneLine(address ?? "")}</bdi>}
          <span className="flex flex-wrap items-center gap-x-3 text-sm text-muted">
            {isSaid ? (
              [countryName(country), phone].filter(Boolean).join(" · ")
            ) : (
              <>
                <CountryField
                  countries={asked.countries}
                  value={country}
                  onChange={setCountry}
                  isCompact
                />
                {phone && <bdi>{phone}</bdi>}
              </>
            )}
          </span>
        </p>
      ) : (
        <p className="text-sm text-muted">{t("place.nothing")}</p>
      )}
      <p className="text-sm text-muted compact:hidden">{t("place.why")}</p>
      <div className="flex flex-wrap gap-2">
        {isKnown && (
          <Button
            size="small"
            className="min-h-11"
            isPending={isSending}
            onPress={() => onSay(known)}
          >
            {t("place.yes")}
          </Button>
        )}
        <Button size="small" variant="secondary" className="min-h-11" onPress={onOther}>
          {t(isKnown ? "place.other" : "place.enter")}
        </Button>
        <Button
          size="small"
          variant="quiet"
          className="min-h-11"
          onPress={() => onSay({ ...NOTHING, answer: "withheld" })}
        >
          {t("place.withhold")}
        </Button>
      </div>
    </>
  );
}

function oneLine(address: string): string {
  return address.split("\n").join(", ");
}
