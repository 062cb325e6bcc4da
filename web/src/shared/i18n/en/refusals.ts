/** What the server refuses who is signed in; `api/refusals.ts` tells which code is which. */
export const refusals = {
  stopping: "The server is about to restart. Try again in a minute.",
  consentTooOften: {
    one: "You have changed your consent many times. Try again in {count} second.",
    other: "You have changed your consent many times. Try again in {count} seconds.",
  },
  alertStands: "Your alert was raised and stands. If you are in danger, call {phone}.",
  patientUnknown: "This patient cannot be called from here.",
  patientBusy: "The patient is already being called or in a call.",
  providerBusy: "You are in another call. End it first.",
  personUnknown: "This person cannot be invited from here.",
  personBusy: "This person is in another call, or invited to one.",
  callFull: "No more people fit into this call.",
  participantGone: "This person is no longer in the call.",
  callUnknown: "There is no such call, or it is not yours.",
  callOver: "This call is over.",
  callMissed: "This call is over: nobody answered in time.",
  callDeclined: "This call is over: it was declined.",
  callFailed: "This call is over: it was interrupted.",
  callAccepted: "This call has already been accepted.",
  callRinging: "This call is still ringing.",
  acceptFirst: "Accept the call before you take part in it.",
  notJoined: "This window is not in the call.",
  offerRefused: "This browser and the server found no way to exchange audio and video.",
  noEmergency: "Somebody has already taken care of this emergency.",
  textChanged:
    "The consent text has changed since this page was opened. Please read it again, and choose again.",
  notRecorded: "No recording was requested for this call.",
  cannotRecord: "Recording is not available on this server.",
  noRecordingKey: "Recording is not available: this server is not set up to record.",
  recordingFolderAway: "Recording is not available: the recordings folder cannot be reached.",
  recordingNoSpace: "Recording is not available: too little space is left on the server.",
  consentUnknown: "There is no such consent, or it is not yours.",
  recordingUnknown: "There is no such recording.",
  partUnknown: "This recording has no such part to play.",
  entryNotSigned:
    "This entry is not covered by a signed statement yet. Please try again in a minute.",
  entryUnknown: "There is no such entry in the audit log.",
  logKeyMissing: "This server does not have the public key of the audit log.",
  requestAnswered: "Somebody has already answered this request.",
  requestSettled:
    "You have asked for this three times, and were answered. Please talk to the practice.",
  requestUnknown: "There is no such request.",
  requestWaits: "You have asked for this already. The practice has not answered yet.",
  holdReleased: "Somebody has already released this hold.",
  holdUnknown: "This recording has no such hold.",
  nothingToPlay: "This recording holds nothing to play yet.",
  playbackExpired: "This playback has run out. Open the recording again.",
  recordingErased: "This recording was erased. Nobody can play it any more.",
  recordingOnHold: "This recording is on hold. Release every hold first.",
  recordingRunning: "This recording can be erased once the consultation is over.",
  cannotErase:
    "The server cannot erase at the moment: it could not keep a backup from bringing the recording back.",
  reasonNeeded: "Say in your own words why you are opening this recording.",
  recordingSealed:
    "The recording is sealed. Only someone who has the private key can open it, on a computer of their own.",
  recordingKeyAway:
    "The recording cannot be decrypted now: what keeps its key does not answer. Please try again.",
  recordingKeyMissing: "The recording cannot be decrypted: the server does not have its key.",
  recordingNotUploaded:
    "This recording is still on the server {node}, which has not uploaded it yet. Nothing is lost: try again later.",
  recordingStoreAway:
    "The storage that holds this recording cannot be reached at the moment. Nothing is lost: try again later.",
  recordingDamaged:
    "The recording is missing or damaged on the server, or was changed. This has been noted.",
} as const;
