import { MapPin, Phone } from "lucide-react";
import { useId } from "react";
import type { Place } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { countryName, formatTime } from "../../shared/i18n/format";
import { Notice } from "../../shared/ui/Notice";
import { telephone } from "../../shared/ui/phone";

/** Where the patient says they are, or that it is not known. */
export function Where({ place }: { place: Place }) {
  const title = useId();
  return (
    <section aria-labelledby={title}>
      <h3 id={title} className="mb-2 font-semibold">
        {t("safety.where")}
      </h3>
      {place.state === "given" ? (
        <Given place={place} />
      ) : (
        <Notice tone="care">{t(`safety.${place.state}`)}</Notice>
      )}
    </section>
  );
}

function Given({ place }: { place: Place }) {
  const { address, country, phone, stated_at, by_link } = place;
  return (
    <div className="flex flex-col gap-2 rounded-control bg-surface p-3 ring-1 ring-line ring-inset">
      <p className="flex gap-2.5">
        <MapPin aria-hidden className="mt-1 size-4 shrink-0 text-muted" />
        <span className="min-w-0 wrap-anywhere whitespace-pre-line">
          <bdi className="text-lg font-semibold">{address}</bdi>
          {country && `\n${countryName(country)}`}
        </span>
      </p>
      <p className="flex gap-2.5">
        <Phone aria-hidden className="mt-1 size-4 shrink-0 text-muted" />
        {phone ? (
          <a href={telephone(phone)} className="font-semibold underline underline-offset-4">
            <bdi>{phone}</bdi>
          </a>
        ) : (
          <span className="text-muted">{t("safety.noPhone")}</span>
        )}
      </p>
      {stated_at && (
        <p className="text-sm text-muted">{t("safety.at", { time: formatTime(stated_at) })}</p>
      )}
      {by_link && <Notice tone="care">{t("safety.byLink")}</Notice>}
    </div>
  );
}
