import { ChevronDown, ChevronUp, Phone, Siren } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Decision, Dialog } from "../../shared/ui/Dialog";
import { Notice } from "../../shared/ui/Notice";
import type { Emergency } from "./core/state";
import { reachOf } from "./reach";

export interface EmergencyControlProps {
  /**
   * The practice's emergency number, shown before anything was sent; empty if the page does not
   * know it.
   */
  phone: string;
  raised: boolean;
  onRaise: () => Promise<void>;
}

/** Two deliberate steps: the button only asks, and says whom to call first. */
export function EmergencyControl({ phone, raised, onRaise }: EmergencyControlProps) {
  const [open, setOpen] = useState(false);
  if (raised) return null;
  return (
    <>
      <AriaButton
        onPress={() => setOpen(true)}
        aria-label={t("call.emergency.button")}
        aria-haspopup="dialog"
        className="flex min-h-10 min-w-10 cursor-pointer items-center justify-center gap-2 rounded-full text-sm font-semibold text-stage-danger ring-1 ring-stage-danger/50 ring-inset data-focus-visible:outline-2 data-focus-visible:outline-offset-3 data-focus-visible:outline-stage-accent data-hovered:bg-danger-hover data-hovered:text-on-danger sm:px-4"
      >
        <Siren aria-hidden className="size-4.5" />
        <span className="max-sm:sr-only">{t("call.emergency.button")}</span>
      </AriaButton>
      <EmergencyDialog
        isOpen={open}
        phone={phone}
        onRaise={onRaise}
        onClose={() => setOpen(false)}
      />
    </>
  );
}

interface EmergencyDialogProps {
  isOpen: boolean;
  phone: string;
  onRaise: () => Promise<void>;
  onClose: () => void;
}

function EmergencyDialog({ isOpen, phone, onRaise, onClose }: EmergencyDialogProps) {
  const [step, setStep] = useState<"asking" | "sending" | "failed">("asking");
  const close = () => {
    setStep("asking");
    onClose();
  };
  const raise = () => {
    setStep("sending");
    onRaise().then(close, () => setStep("failed"));
  };
  return (
    <Dialog isOpen={isOpen} onClose={close} title={t("call.emergency.title")} role="alertdialog">
      <p className="mt-2 text-muted">{t("call.emergency.text")}</p>
      {phone !== "" && <CallPhone phone={phone} />}
      {step === "failed" && (
        <Notice tone="bad" title={t("call.emergency.failedTitle")} className="mt-4">
          {t("call.emergency.failedText")}
        </Notice>
      )}
      <Decision>
        <Button variant="secondary" onPress={close}>
          {t("call.emergency.cancel")}
        </Button>
        <Button variant="danger" onPress={raise} isPending={step === "sending"}>
          {t("call.emergency.confirm")}
        </Button>
      </Decision>
    </Dialog>
  );
}

function CallPhone({ phone }: { phone: string }) {
  return (
    <p className="mt-4 rounded-control bg-danger-subtle p-4 font-medium text-danger-ink">
      <a href={telephone(phone)} className="underline underline-offset-4">
        {t("call.emergency.callFirst", { phone })}
      </a>
    </p>
  );
}

/**
 * For everybody in the call from then on: whom to call and what to do. It can be folded, not
 * dismissed.
 */
export function EmergencyBanner({
  emergency,
  isUnlimited,
}: {
  emergency: Emergency;
  /** The call does not end by itself. */
  isUnlimited: boolean;
}) {
  const [open, setOpen] = useState(true);
  const { raisedBy, phone, instructions } = emergency;
  const { text, practicePhone } = reachOf(emergency);
  const Chevron = open ? ChevronUp : ChevronDown;
  return (
    <section
      role="alert"
      className="mx-3 mb-3 shrink-0 rounded-card bg-danger-subtle p-4 text-danger-ink shadow-float ring-1 ring-danger-line ring-inset sm:mx-6 sm:flex sm:items-start sm:gap-5 sm:px-5 short:mb-2 short:p-3 short:max-sm:flex short:max-sm:flex-col short:max-sm:gap-2"
    >
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2.5">
          <Siren aria-hidden className="size-5 shrink-0" />
          <h2 title={raisedBy} className="line-clamp-2 min-w-0 flex-1 font-bold wrap-anywhere">
            {raisedBy === ""
              ? t("call.emergency.raised")
              : t("call.emergency.raisedBy", { name: raisedBy })}
          </h2>
          <AriaButton
            onPress={() => setOpen(!open)}
            aria-expanded={open}
            aria-label={t(open ? "call.emergency.hide" : "call.emergency.show")}
            className="grid size-9 cursor-pointer place-items-center rounded-full data-hovered:bg-danger-line sm:not-short:hidden"
          >
            <Chevron aria-hidden className="size-5" />
          </AriaButton>
        </div>
        <p
          className={`mt-1 whitespace-pre-line text-danger-ink ${open ? "" : "max-sm:hidden short:hidden"}`}
        >
          {instructions || t("call.emergency.instructions")}
        </p>
        <p className="mt-1 font-semibold wrap-anywhere">
          {text} {isUnlimited && t("call.emergency.unlimited")}{" "}
          {practicePhone !== "" && (
            <a href={telephone(practicePhone)} className="underline underline-offset-4">
              {t("call.emergency.reach.practice", { phone: practicePhone })}
            </a>
          )}
        </p>
      </div>
      {phone !== "" && (
        <a
          href={telephone(phone)}
          className="mt-3 flex min-h-11 items-center justify-center gap-2.5 rounded-control bg-danger px-5 font-semibold text-on-danger hover:bg-danger-hover sm:mt-0 short:mt-0 short:max-sm:order-first"
        >
          <Phone aria-hidden className="size-5" />
          {t("call.emergency.call", { phone })}
        </a>
      )}
    </section>
  );
}

function telephone(phone: string): string {
  return `tel:${phone.replace(/[^+\d]/g, "")}`;
}
