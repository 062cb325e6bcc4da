import { useId, useState } from "react";
import type { OwnPlace, SayPlace } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { asE164 } from "../../shared/ui/phone";
import { TextArea } from "../../shared/ui/TextArea";
import { TextField } from "../../shared/ui/TextField";
import { CountryField } from "./CountryField";

export interface PlaceFormProps {
  asked: OwnPlace;
  isSending: boolean;
  onSay: (answer: SayPlace) => void;
  onBack: () => void;
}

/** Somewhere else: address, country and phone number of this moment. */
export function PlaceForm({ asked, isSending, onSay, onBack }: PlaceFormProps) {
  const [address, setAddress] = useState(asked.address ?? "");
  const [country, setCountry] = useState(asked.country ?? "");
  const [phone, setPhone] = useState(asked.phone ?? "");
  const form = useId();
  return (
    <form
      id={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSay({
          answer: "here",
          address,
          country: country || null,
          phone: asE164(phone) || null,
        });
      }}
      className="flex flex-col gap-3"
    >
      <TextArea
        label={t("place.address")}
        hint={t("place.addressHint")}
        rows={2}
        maxLength={500}
        autoComplete="street-address"
        value={address}
        onChange={setAddress}
      />
      <CountryField countries={asked.countries} value={country} onChange={setCountry} />
      <TextField
        label={t("place.phone")}
        type="tel"
        autoComplete="tel"
        maxLength={32}
        value={phone}
        onChange={setPhone}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" isPending={isSending}>
          {t("place.confirm")}
        </Button>
        <Button variant="quiet" onPress={onBack}>
          {t("place.back")}
        </Button>
      </div>
    </form>
  );
}
