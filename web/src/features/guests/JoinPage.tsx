import "../../shared/theme/inside.css";
import { useCallback, useState } from "react";
import { useLocation } from "wouter";
import { ApiError } from "../../shared/api/client";
import { guests } from "../../shared/api/guests";
import { words } from "../../shared/api/refusals";
import type { GuestStay } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { formatDateTime } from "../../shared/i18n/format";
import { Button } from "../../shared/ui/Button";
import { Notice } from "../../shared/ui/Notice";
import { useLoad } from "../../shared/ui/useLoad";
import { useMinute } from "../../shared/ui/useMinute";
import { usePageTitle } from "../../shared/ui/usePageTitle";
import { SignInFrame, useGuestToken, useSession } from "../identity";
import { TimeOfStay } from "./TimeOfStay";
import { type Told, told } from "./told";

/** Where a guest's link leads: it says what it is for, and lets in on a press. */
export function JoinPage() {
  const token = useGuestToken();
  return <Link key={token} token={token} />;
}

function Link({ token }: { token: string | null }) {
  const { settings } = useSession();
  const load = useLoad(
    useCallback(async () => (token === null ? null : await guests.look(token)), [token]),
  );
  usePageTitle(t("join.pageTitle"));
  const stay = load.value;
  const practice = stay?.practice_name ?? settings?.practice_name ?? t("common.appName");
  const unknown = load.error instanceof ApiError && load.error.code === "unknown_guest_link";
  return (
    <SignInFrame
      practice={practice}
      title={t(stay && !stay.starts_at ? "join.titleNow" : "join.pageTitle")}
      subtitle={practice}
    >
      {stay ? (
        <Stay stay={stay} token={token ?? ""} onChanged={load.reload} />
      ) : stay === null || unknown ? (
        <Says
          told={{
            title: unknown ? "join.unknown" : "join.none",
            text: unknown ? "join.unknownText" : "join.noneText",
          }}
        />
      ) : load.error === undefined ? (
        <p role="status">{t("common.loading")}</p>
      ) : (
        <div className="flex flex-col gap-4">
          <Notice tone="bad">{words(load.error)}</Notice>
          <Button onPress={load.reload}>{t("common.retry")}</Button>
        </div>
      )}
    </SignInFrame>
  );
}

interface StayProps {
  stay: GuestStay;
  token: string;
  onChanged: () => void;
}

function Stay({ stay, token, onChanged }: StayProps) {
  const { state, signedIn } = useSession();
  const [, navigate] = useLocation();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const now = useMinute();
  const opens = stay.opens_at === null ? 0 : Date.parse(stay.opens_at);
  const isOpen = stay.standing === "open" || (stay.standing === "early" && now.getTime() >= opens);
  const other = state.status === "signed-in" && !state.identity.guest ? state.identity.name : null;

  const enter = async () => {
    setPending(true);
    setProblem(null);
    try {
      signedIn(await guests.enter(token));
      navigate("/", { replace: true });
    } catch (error) {
      setProblem(words(error));
      setPending(false);
      onChanged();
    }
  };
  return (
    <div className="flex flex-col gap-5">
      {stay.starts_at && stay.ends_at && stay.time_zone && (
        <TimeOfStay startsAt={stay.starts_at} endsAt={stay.ends_at} timeZone={stay.time_zone} />
      )}
      {isOpen ? (
        <>
          {stay.standing === "early" && <p role="status">{t("join.nowOpen")}</p>}
          <p>{t(`join.as.${stay.side}`)}</p>
          {other && <Notice>{t("join.signedIn", { name: other })}</Notice>}
          {problem && <Notice tone="bad">{problem}</Notice>}
          <Button size="large" isPending={pending} onPress={() => void enter()}>
            {t("join.submit")}
          </Button>
        </>
      ) : (
        <Says
          told={told(stay.standing, opens, now)}
          time={stay.opens_at === null ? "" : formatDateTime(stay.opens_at)}
        />
      )}
      {stay.practice_phone && !isOpen && (
        <p className="text-muted">
          {t("join.phone", { practice: stay.practice_name, phone: stay.practice_phone })}
        </p>
      )}
    </div>
  );
}

function Says({ told, time = "" }: { told: Told; time?: string }) {
  return (
    <div role="status" className="rounded-control bg-subtle px-5 py-4">
      <p className="font-semibold">{t(told.title)}</p>
      <p className="mt-1 text-muted">{t(told.text, { time })}</p>
    </div>
  );
}
