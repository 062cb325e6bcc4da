import { Link2, Mic, MicOff, UserPlus, UserRoundCheck, UserRoundX } from "lucide-react";
import { useId, useState } from "react";
import { words } from "../../shared/api/refusals";
import type { Absentee, Participant } from "../../shared/api/signaling/messages";
import { t } from "../../shared/i18n";
import { Avatar } from "../../shared/ui/Avatar";
import { Button } from "../../shared/ui/Button";
import { ConfirmDialog, Dialog } from "../../shared/ui/Dialog";
import { GuestLinkForm } from "../../shared/ui/GuestLinkForm";
import { Notice } from "../../shared/ui/Notice";
import { MOST, type People as Requests } from "./core/people";
import { company, isLost, others, ownPart } from "./core/selectors";
import type { CallState } from "./core/state";
import { Invite } from "./Invite";
import { Links } from "./Links";

const GUESTS = ["interpreter", "relative", "supervisor", "observer"] as const;

export interface PeopleProps {
  isOpen: boolean;
  onClose: () => void;
  state: CallState;
  /** The provider of the call asks people into it and takes them out. */
  isProvider: boolean;
  requests: Requests;
}

/**
 * Who is in the call, as what and how they stand to the recording; for the provider, whom to ask in
 * as well.
 */
export function People({ isOpen, onClose, state, isProvider, requests }: PeopleProps) {
  const [inviting, setInviting] = useState<"person" | "link" | null>(null);
  const [leaving, setLeaving] = useState<Participant | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const close = () => {
    setInviting(null);
    setProblem(null);
    onClose();
  };
  const remove = ({ user_id }: Participant) => {
    setLeaving(null);
    setProblem(null);
    requests.remove(user_id).catch((error: unknown) => setProblem(words(error)));
  };
  const confirm = ({ user_id }: Participant) => {
    setProblem(null);
    requests.confirm(user_id).catch((error: unknown) => setProblem(words(error)));
  };
  const own = ownPart(state);
  const isFull = state.participants.length >= MOST;
  if (inviting === "link")
    return (
      <Dialog isOpen={isOpen} onClose={close} title={t("guestLinks.invite")} wide>
        <p className="mt-1 text-muted">{t("guestLinks.textNow")}</p>
        <GuestLinkForm
          sides={GUESTS}
          onMake={(asked) => requests.inviteByLink(asked)}
          refusal={words}
          onBack={() => setInviting(null)}
        />
      </Dialog>
    );
  if (inviting === "person")
    return (
      <Dialog isOpen={isOpen} onClose={close} title={t("call.people.invite")} wide>
        <Invite requests={requests} onDone={() => setInviting(null)} />
      </Dialog>
    );
  return (
    <>
      <Dialog
        isOpen={isOpen && leaving === null}
        onClose={close}
        title={t("call.people.title")}
        wide
      >
        <ul
          aria-label={t("call.people.inCall")}
          className="mt-3 flex flex-col divide-y divide-line"
        >
          {own !== undefined && <Person state={state} person={own} isOwn />}
          {[...company(state), ...others(state).filter(({ invited }) => invited)].map((person) => (
            <Person
              key={person.user_id}
              state={state}
              person={person}
              {...(isProvider && { onConfirm: () => confirm(person) })}
              {...(isProvider && isGuest(person) && { onRemove: () => remindOrAsk(person) })}
            />
          ))}
        </ul>
        {isProvider && !state.ringing && <Links requests={requests} />}
        {state.absentees.length > 0 && <Absent absentees={state.absentees} />}
        {problem !== null && (
          <Notice tone="bad" className="mt-3">
            {problem}
          </Notice>
        )}
        {isProvider && !state.ringing && (
          <div className="mt-4">
            <Button
              variant="secondary"
              className="w-full"
              isDisabled={isFull}
              onPress={() => setInviting("person")}
            >
              <UserPlus aria-hidden className="size-5" />
              {t("call.people.invite")}
            </Button>
            <Button
              variant="secondary"
              className="mt-2 w-full"
              isDisabled={isFull}
              onPress={() => setInviting("link")}
            >
              <Link2 aria-hidden className="size-5" />
              {t("guestLinks.invite")}
            </Button>
            {isFull && (
              <p className="mt-2 text-sm text-muted">{t("call.people.full", { count: MOST })}</p>
            )}
          </div>
        )}
      </Dialog>
      {leaving !== null && (
        <ConfirmDialog
          isOpen
          onClose={() => setLeaving(null)}
          title={t("call.people.removeTitle", { name: leaving.name })}
          text={t("call.people.removeText")}
          confirm={t("call.people.removeConfirm")}
          onConfirm={() => remove(leaving)}
          danger
        />
      )}
    </>
  );

  /** An invitation is taken back at once; to put somebody out takes a second look. */
  function remindOrAsk(person: Participant): void {
    if (person.invited) remove(person);
    else setLeaving(person);
  }
}

/** Everybody but the two whose call it is. */
function isGuest({ role }: Participant): boolean {
  return role !== "patient" && role !== "provider";
}

interface PersonProps {
  state: CallState;
  person: Participant;
  isOwn?: boolean;
  onRemove?: () => void;
  onConfirm?: () => void;
}

function Person({ state, person, isOwn = false, onRemove, onConfirm }: PersonProps) {
  const { name, role, invited, media, capabilities } = person;
  const isHere = !invited && (isOwn || person.connected);
  const Voice = media.microphone ? Mic : MicOff;
  return (
    <li className="flex flex-wrap items-center gap-x-3.5 gap-y-2 py-3">
      <Avatar name={name} />
      <div className="min-w-0 flex-1 basis-32">
        <p className="flex items-center gap-2 font-semibold">
          <bdi className="min-w-0 wrap-anywhere">{name}</bdi>
          {isOwn && (
            <span className="shrink-0 font-normal text-muted">({t("call.people.you")})</span>
          )}
          {isHere && capabilities.speak && (
            <span
              className="shrink-0 text-muted"
              title={t(media.microphone ? "call.people.heard" : "call.people.muted")}
            >
              <Voice aria-hidden className="size-4.5" />
              <span className="sr-only">
                {t(media.microphone ? "call.people.heard" : "call.people.muted")}
              </span>
            </span>
          )}
        </p>
        <p className="text-sm text-muted">
          {t(`roles.${role}`)}
          {" · "}
          {standing(state, person, isOwn)}
        </p>
        {person.identity === "unconfirmed" && (
          <p className="text-sm font-medium text-warning">{t("guestLinks.unconfirmed")}</p>
        )}
        <Consent state={state} person={person} />
      </div>
      {onConfirm !== undefined && person.identity === "unconfirmed" && !invited && (
        <Button
          variant="secondary"
          size="small"
          aria-label={t("guestLinks.confirmOf", { name })}
          onPress={onConfirm}
        >
          <UserRoundCheck aria-hidden className="size-4" />
          {t("guestLinks.confirm")}
        </Button>
      )}
      {onRemove !== undefined && (
        <Button
          variant="secondary"
          size="small"
          aria-label={t(invited ? "call.people.withdrawOf" : "call.people.removeOf", { name })}
          onPress={onRemove}
        >
          <UserRoundX aria-hidden className="size-4" />
          {t(invited ? "call.people.withdraw" : "call.people.remove")}
        </Button>
      )}
    </li>
  );
}

/** Who was asked into the call and is not there, and why. */
function Absent({ absentees }: { absentees: readonly Absentee[] }) {
  const title = useId();
  return (
    <section className="mt-3 border-t border-line pt-4">
      <h3 id={title} className="text-sm font-semibold">
        {t("call.people.notHere")}
      </h3>
      <ul aria-labelledby={title} className="flex flex-col divide-y divide-line">
        {absentees.map(({ user_id, name, role, reason }) => (
          <li key={user_id} className="flex items-center gap-3.5 py-3">
            <Avatar name={name} />
            <div className="min-w-0 flex-1">
              <p className="font-semibold wrap-anywhere">
                <bdi>{name}</bdi>
              </p>
              <p className="text-sm text-muted">
                {t(`roles.${role}`)}
                {" · "}
                {t(`call.people.why.${reason}`)}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function standing(state: CallState, person: Participant, isOwn: boolean): string {
  if (person.invited) return t("call.people.invited");
  if (isOwn) return t("call.people.here");
  if (!person.connected) return t(person.joined ? "call.people.connecting" : "call.people.away");
  return t(isLost(state, person) ? "call.people.interrupted" : "call.people.here");
}

function Consent({ state, person }: { state: CallState; person: Participant }) {
  const { recording_consent: consent, invited, capabilities } = person;
  if (!state.recordingEnabled || invited) return null;
  if (!capabilities.recorded)
    return <p className="text-sm text-muted">{t("call.people.notRecorded")}</p>;
  if (person.off_the_record)
    return <p className="text-sm font-medium text-warning">{t("call.people.offTheRecord")}</p>;
  if (consent === true) return <p className="text-sm text-muted">{t("call.people.agrees")}</p>;
  return (
    <p className="text-sm font-medium text-warning">
      {t(consent === null ? "call.people.undecided" : "call.people.refuses")}
    </p>
  );
}
