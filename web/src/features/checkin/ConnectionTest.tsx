import { Wifi } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { api } from "../../shared/api/endpoints";
import { identity } from "../../shared/api/identity";
import { words } from "../../shared/api/refusals";
import { t } from "../../shared/i18n";
import { formatBitrate } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { Spinner } from "../../shared/ui/Spinner";
import { type Measurement, measureConnection, type Verdict, verdictOf } from "../call";

type Test =
  | { state: "none" | "running" }
  | { state: "done"; measured: Measurement }
  | { state: "failed"; why: string };

/** Whether a call would come through this network, how well, and what to do if not. */
export function ConnectionTest() {
  const [test, setTest] = useState<Test>({ state: "none" });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const isRunning = test.state === "running";
  const run = () => {
    const controller = new AbortController();
    running.current = controller;
    setTest({ state: "running" });
    const { signal } = controller;
    measured(signal).then(
      (measured) => setTest({ state: "done", measured }),
      (error: unknown) => {
        if (!signal.aborted) setTest({ state: "failed", why: words(error) });
      },
    );
  };
  return (
    <div className="flex flex-col gap-3">
      <Button variant="secondary" isPending={isRunning} onPress={run}>
        <Wifi aria-hidden className="size-5" />
        {t(
          test.state === "none" || isRunning
            ? "checkin.connection.test"
            : "checkin.connection.again",
        )}
      </Button>
      {isRunning && (
        <p role="status" className="flex items-center gap-3 text-[0.9375rem] text-muted">
          <Spinner className="size-5 shrink-0" />
          <span>
            {t("checkin.connection.running")} {t("checkin.connection.text")}
          </span>
        </p>
      )}
      {test.state === "failed" && (
        <Notice tone="bad">{t("checkin.connection.failed", { why: test.why })}</Notice>
      )}
      {test.state === "done" && <Result measured={test.measured} />}
    </div>
  );
}

/** With credentials for TURN that are new: those of the page may be hours old. */
async function measured(signal: AbortSignal): Promise<Measurement> {
  const { ice_servers: iceServers } = await identity.settings();
  return measureConnection({ iceServers, answer: api.testConnection, signal });
}

function Result({ measured }: { measured: Measurement }) {
  const verdict = verdictOf(measured);
  const steps = stepsOf(verdict, measured.port);
  return (
    <Notice
      tone={verdict === "works" || verdict === "relayed" ? "info" : "care"}
      title={t(`checkin.connection.${verdict}.title`)}
    >
      <p>{t(`checkin.connection.${verdict}.text`)}</p>
      {steps.length > 0 && (
        <ul className="mt-1.5 list-disc space-y-1 pl-5">
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ul>
      )}
      {measured.connected && <p className="mt-1 text-sm">{figures(measured)}</p>}
    </Notice>
  );
}

function stepsOf(verdict: Verdict, port: number | null): string[] {
  if (verdict === "slow")
    return [
      t("checkin.connection.closer"),
      t("checkin.connection.others"),
      t("checkin.connection.voice"),
    ];
  if (verdict !== "blocked") return [];
  return [
    t("call.blocked.otherNetwork"),
    t("call.blocked.vpn"),
    port === null
      ? t("call.blocked.administrator")
      : t("call.blocked.administratorPort", { port: String(port) }),
  ];
}

function figures({ sendBps, receiveBps, roundTripMs }: Measurement): string {
  return t("checkin.connection.figures", {
    rate: formatBitrate(Math.min(sendBps, receiveBps)),
    delay: Math.round(roundTripMs ?? 0),
  });
}
