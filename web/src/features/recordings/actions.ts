import type { AuditEntry } from "../../shared/api/schema";
import { type MessageKey, t } from "../../shared/i18n";

/** One for each action that the server writes: without it, `tsc` names the one that is missing. */
const WORDS: Readonly<Record<AuditEntry["action"], MessageKey>> = {
  "backup.made": "audit.backupMade",
  "call.accepted": "audit.callAccepted",
  "call.declined": "audit.callDeclined",
  "call.emergency": "audit.callEmergency",
  "call.emergency_acknowledged": "audit.callEmergencyAcknowledged",
  "call.emergency_alerted": "audit.callEmergencyAlerted",
  "call.ended": "audit.callEnded",
  "call.failed": "audit.callFailed",
  "call.initiated": "audit.callInitiated",
  "call.missed": "audit.callMissed",
  "call.participant_declined": "audit.participantDeclined",
  "call.participant_invited": "audit.participantInvited",
  "call.participant_joined": "audit.participantJoined",
  "call.participant_left": "audit.participantLeft",
  "call.participant_missed": "audit.participantMissed",
  "call.participant_removed": "audit.participantRemoved",
  "consent.declined": "audit.consentDeclined",
  "consent.given": "audit.consentGiven",
  "consent.withdrawn": "audit.consentWithdrawn",
  "key.rotation_begun": "audit.keyRotationBegun",
  "key.rotation_finished": "audit.keyRotationFinished",
  "recording.completed": "audit.completed",
  "recording.damaged": "audit.damaged",
  "recording.denied": "audit.denied",
  "recording.downloaded": "audit.downloaded",
  "recording.failed": "audit.failed",
  "recording.hold_placed": "audit.holdPlaced",
  "recording.hold_released": "audit.holdReleased",
  "recording.listed": "audit.listed",
  "recording.played": "audit.played",
  "recording.recovered": "audit.recovered",
  "recording.started": "audit.started",
  "recording.stopped": "audit.stopped",
  "recording.viewed": "audit.viewed",
  "user.added": "audit.userAdded",
  "user.disabled": "audit.userDisabled",
  "user.enabled": "audit.userEnabled",
  "user.issuer_changed": "audit.userIssuerChanged",
  "user.password_changed": "audit.userPasswordChanged",
  "user.role_changed": "audit.userRoleChanged",
  "user.sign_in_failed": "audit.userSignInFailed",
  "user.signed_in": "audit.userSignedIn",
  "user.signed_out": "audit.userSignedOut",
};

export function actionWords(action: AuditEntry["action"]): string {
  return t(WORDS[action]);
}
