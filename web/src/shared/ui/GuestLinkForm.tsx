import { useState } from "react";
import type { GuestLink, MakeGuestLink } from "../api/schema";
import { t } from "../i18n";
import { Button } from "./Button";
import { Decision } from "./Dialog";
import { Notice } from "./Notice";
import { SelectField } from "./SelectField";
import { TextField } from "./TextField";

type Side = MakeGuestLink["side"];
type Channel = MakeGuestLink["channel"];

const CHANNELS: readonly Channel[] = ["email", "sms", "copy"];

export interface GuestLinkFormProps {
  sides: readonly Side[];
  onMake: (asked: MakeGuestLink) => Promise<GuestLink>;
  /** What is said of an error. */
  refusal: (error: unknown) => string;
  onBack: () => void;
}

/** For whom a link is, and how it gets to them. */
export function GuestLinkForm({ sides, onMake, refusal, onBack }: GuestLinkFormProps) {
  const [side, setSide] = useState<Side>(sides[0] ?? "interpreter");
  const [channel, setChannel] = useState<Channel>("email");
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [made, setMade] = useState<GuestLink | null>(null);
  const isPatient = side === "patient";

  const make = () => {
    setPending(true);
    setProblem(null);
    onMake({
      side,
      channel,
      name: isPatient || !name.trim() ? null : name.trim(),
      address: channel === "copy" || !address.trim() ? null : address.trim(),
      language: null,
    })
      .then(setMade, (error: unknown) => setProblem(refusal(error)))
      .finally(() => setPending(false));
  };

  if (made !== null) return <Made made={made} onBack={onBack} />;
  return (
    <div className="mt-4 flex flex-col gap-4">
      {sides.length > 1 && (
        <SelectField
          label={t("guestLinks.for")}
          value={side}
          onChange={setSide}
          options={sides.map((each) => [each, t(`roles.${each}`)] as const)}
        />
      )}
      {!isPatient && (
        <TextField label={t("guestLinks.name")} value={name} onChange={setName} maxLength={200} />
      )}
      <SelectField
        label={t("guestLinks.way")}
        value={channel}
        onChange={setChannel}
        options={CHANNELS.map((each) => [each, t(`guestLinks.ways.${each}`)] as const)}
      />
      {channel !== "copy" && (
        <>
          <TextField
            label={t(channel === "email" ? "guestLinks.email" : "guestLinks.phone")}
            type={channel === "email" ? "email" : "tel"}
            value={address}
            onChange={setAddress}
            maxLength={254}
          />
          {isPatient && <p className="-mt-2 text-sm text-muted">{t("guestLinks.onRecord")}</p>}
        </>
      )}
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
      <Decision>
        <Button variant="secondary" onPress={onBack}>
          {t("guestLinks.back")}
        </Button>
        <Button onPress={make} isPending={pending} isDisabled={!isPatient && !name.trim()}>
          {t(channel === "copy" ? "guestLinks.make" : "guestLinks.send")}
        </Button>
      </Decision>
    </div>
  );
}

function Made({ made, onBack }: { made: GuestLink; onBack: () => void }) {
  return (
    <div className="mt-4 flex flex-col gap-4">
      {made.url === null || made.url === undefined ? (
        <p role="status">{t("guestLinks.sent")}</p>
      ) : (
        <>
          <TextField
            label={t("guestLinks.link", { name: made.name })}
            value={new URL(made.url, location.href).href}
            readOnly
            onChange={() => undefined}
            onFocus={({ target }) => target.select()}
          />
          <p role="status" className="text-sm text-muted">
            {t("guestLinks.once")}
          </p>
        </>
      )}
      <Decision>
        <Button onPress={onBack}>{t("guestLinks.back")}</Button>
      </Decision>
    </div>
  );
}
