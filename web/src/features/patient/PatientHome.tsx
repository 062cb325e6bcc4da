import { Armchair, Bell, MessagesSquare, ShieldCheck } from "lucide-react";
import { Link } from "react-aria-components";
import { t } from "../../shared/i18n";
import { Card, Section } from "../../shared/ui/Card";
import { Loaded } from "../../shared/ui/Loaded";
import { Notice } from "../../shared/ui/Notice";
import { Page } from "../../shared/ui/Page";
import { isSettled } from "../../shared/ui/useLoad";
import { NextAppointment, useComing } from "../appointments";
import { ActiveCallNotice, RecentCalls, useCalls } from "../calls";
import { CheckInCard } from "../checkin";
import { useIdentity, useSignalingState } from "../identity";
import { RingClosed, RingSound } from "../invitations";

export function PatientHome() {
  const { name } = useIdentity();
  const calls = useCalls();
  const coming = useComing();
  return (
    <Page title={t("patient.title", { name })} windowTitle={t("patient.pageTitle")}>
      <ActiveCallNotice calls={calls.value?.items ?? []} onChanged={calls.reload} />
      <Loaded load={coming} framed>
        {(coming) => <NextAppointment coming={coming} className="mb-8" />}
      </Loaded>
      {isSettled(coming) && <Rest calls={calls} />}
    </Page>
  );
}

function Rest({ calls }: { calls: ReturnType<typeof useCalls> }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-8 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <WaitingRoom />
      <CheckInCard className="lg:row-span-2" />
      <Section
        title={t("patient.history")}
        aside={
          <Link
            href="/history"
            className="font-semibold text-accent-ink underline-offset-4 hover:underline"
          >
            {t("provider.allCalls")}
          </Link>
        }
      >
        <Card>
          <Loaded load={calls} rows={2}>
            {({ items }) => <RecentCalls calls={items} />}
          </Loaded>
        </Card>
      </Section>
    </div>
  );
}

function WaitingRoom() {
  const reachable = useSignalingState() !== "waiting";
  return (
    <Card className="overflow-hidden">
      <div className="bg-brand px-6 py-7 text-on-brand sm:px-8">
        <div className="flex items-start gap-4">
          <span className="inline-flex size-12 shrink-0 items-center justify-center rounded-full bg-brand-raised">
            <Armchair aria-hidden className="size-6 text-on-brand-muted" />
          </span>
          <div>
            <h2 className="text-xl font-bold tracking-tight">{t("patient.waitingTitle")}</h2>
            <p className="mt-1 max-w-prose text-on-brand-muted">{t("patient.waitingText")}</p>
          </div>
        </div>
      </div>
      {!reachable && (
        <Notice tone="care" className="mx-5 mt-5">
          {t("patient.notConnected")}
        </Notice>
      )}
      <ol className="flex flex-col gap-5 px-6 py-6 sm:px-8">
        <Step icon={Bell} title={t("patient.step1Title")} text={t("patient.step1Text")} />
        <Step icon={ShieldCheck} title={t("patient.step2Title")} text={t("patient.step2Text")} />
        <Step icon={MessagesSquare} title={t("patient.step3Title")} text={t("patient.step3Text")} />
      </ol>
      <RingSound />
      <RingClosed />
    </Card>
  );
}

function Step({ icon: Icon, title, text }: { icon: typeof Bell; title: string; text: string }) {
  return (
    <li className="flex gap-4">
      <span className="inline-flex size-10 shrink-0 items-center justify-center rounded-full bg-accent-subtle text-accent-ink">
        <Icon aria-hidden className="size-5" />
      </span>
      <div>
        <p className="font-semibold">{title}</p>
        <p className="text-[0.9375rem] text-muted">{text}</p>
      </div>
    </li>
  );
}
