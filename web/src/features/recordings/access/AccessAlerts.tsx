import { useState } from "react";
import { useLocation } from "wouter";
import type { Role } from "../../../shared/api/role";
import type { BreakGlassAccess } from "../../../shared/api/schema";
import { t } from "../../../shared/i18n";
import { formatTime } from "../../../shared/i18n/format";
import { Button, LinkButton } from "../../../shared/ui/Button";
import { Notice } from "../../../shared/ui/Notice";
import { useIdentity } from "../../identity";
import { useAccess } from "./access";
import { isWaiting } from "./accesses";
import { toAnswer, type Unlock } from "./unlocks";

/** Above every page: what waits for an answer of this person, and what they were answered. */
export function AccessAlerts() {
  const { unlocks, answers, accesses, seen } = useAccess();
  const { user_id: me, role } = useIdentity();
  const [path] = useLocation();
  const [dismissed, setDismissed] = useState<readonly string[]>([]);
  const dismiss = (ids: readonly string[]) => setDismissed((all) => [...all, ...ids]);
  const waiting = toAnswer(unlocks, me).filter(({ unlock_id }) => !dismissed.includes(unlock_id));
  const asked = path === "/access" ? [] : waiting;
  const answered = answers.filter(({ recording_id }) => path !== `/recordings/${recording_id}`);
  const toReview = accesses.filter(
    (access) => !dismissed.includes(access.access_id) && concerns(access, role),
  );
  const broken = path === "/access" ? [] : toReview;
  if (asked.length + answered.length + broken.length === 0) return null;
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-3 px-4 pt-4 sm:px-8">
      {broken.length > 0 && (
        <Notice
          tone="bad"
          actions={
            <>
              <LinkButton href="/access" size="small">
                {t("breakGlass.look")}
              </LinkButton>
              <Button
                size="small"
                variant="secondary"
                onPress={() => dismiss(broken.map(({ access_id }) => access_id))}
              >
                {t("emergency.dismiss")}
              </Button>
            </>
          }
        >
          {brokenWords(broken)}
        </Notice>
      )}
      {asked.length > 0 && (
        <Notice
          actions={
            <>
              <LinkButton href="/access" size="small">
                {t("access.look")}
              </LinkButton>
              <Button
                size="small"
                variant="secondary"
                onPress={() => dismiss(waiting.map(({ unlock_id }) => unlock_id))}
              >
                {t("emergency.dismiss")}
              </Button>
            </>
          }
        >
          {askedWords(asked)}
        </Notice>
      )}
      {answered.map((unlock) => (
        <Notice
          key={unlock.unlock_id}
          tone={unlock.state === "approved" ? "info" : "care"}
          actions={
            <>
              <LinkButton
                href={`/recordings/${unlock.recording_id}`}
                size="small"
                onPress={() => seen(unlock.unlock_id)}
              >
                {t("access.toRecording")}
              </LinkButton>
              <Button size="small" variant="secondary" onPress={() => seen(unlock.unlock_id)}>
                {t("emergency.dismiss")}
              </Button>
            </>
          }
        >
          {answeredWords(unlock)}
        </Notice>
      ))}
    </div>
  );
}

const DAY_MS = 86_400_000;

/** Compliance until it is reviewed; an administrator, who does not review it, for a day. */
function concerns(access: BreakGlassAccess, role: Role): boolean {
  const age = Date.now() - Date.parse(access.opened_at);
  return isWaiting(access) && (role === "compliance" || age < DAY_MS);
}

function brokenWords(broken: readonly BreakGlassAccess[]): string {
  const [first, ...others] = broken;
  return first && others.length === 0
    ? t("breakGlass.alert", { name: first.holder_name, patient: first.patient_name })
    : t("breakGlass.alertMany", { count: broken.length });
}

function askedWords(asked: readonly Unlock[]): string {
  const [first, ...others] = asked;
  return first && others.length === 0
    ? t("access.asks", { name: first.requested_by_name, patient: first.patient_name })
    : t("access.askMany", { count: asked.length });
}

function answeredWords(unlock: Unlock): string {
  const { state, expires_at, patient_name: patient } = unlock;
  const name = unlock.answered_by_name ?? "";
  return state === "approved"
    ? t("access.wasApproved", { name, patient, until: formatTime(expires_at) })
    : t("access.wasRefused", { name, patient, reason: unlock.answer ?? "" });
}
