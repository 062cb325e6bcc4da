"""The words of the domain, each declared once.

storage and relay may not import them and have their own (`storage/words.py`, `relay/media.py`);
`tests/test_words.py` holds those equal to these, and that nobody spells one out again. TypeScript's
are generated from these, the CHECK constraints of the database from storage's.
"""

from typing import Literal

Source = Literal["microphone", "camera", "screen"]
Device = Literal["microphone", "camera"]
PartSource = Literal["camera", "screen"]
"""Of a recorded file; `camera` holds the microphone, too."""
Direction = Literal["up", "down"]
"""From a participant to the server, and from the server to a participant."""
PictureSize = Literal["full", "small", "none"]
"""Of the pictures that a network carries, from rung to rung: `none` leaves the sound."""
VideoCodec = Literal["VP8", "H264"]
Quality = Literal["poor", "fair", "good", "excellent"]
Condition = Literal["lost", "poor", "fair", "good", "excellent"]
"""Lost: nothing is heard of them, for two seconds or longer."""
EndReason = Literal[
    "hung_up",  # a participant ended an active call
    "disconnected",  # the provider ended an active call for everybody at once, for safety
    "cancelled",  # the provider withdrew the invitation
    "declined",
    "missed",  # nobody answered before the ring timeout
    "max_duration",
    "participant_lost",  # no media of a participant within the reconnect time
    "link_revoked",  # the link by which the patient had come was taken back
    "server_restart",
    "failed",
]
LeaveReason = Literal["left", "removed"]
"""Why a call is over for somebody, and goes on for the others."""
LeftReason = Literal["left", "removed", "declined", "missed", "call_ended"]
"""How it ended for somebody in a call, or invited to one. Of who never joined, `removed` is an
invitation withdrawn, `call_ended` one that the call's end overtook."""
Role = Literal["patient", "provider", "compliance", "ops", "admin", "guest"]
"""`guest`: somebody without an account, who was sent a link into one call."""
Side = Literal["patient", "provider", "interpreter", "relative", "supervisor", "observer"]
"""What somebody is in a call, whatever the role is that they sign in with."""
Principal = Literal["patient", "provider"]
"""The two whom every call has; also what load accounts are."""
CallStatus = Literal["initiated", "active", "ended", "failed", "declined", "missed"]
CaptureState = Literal["off", "awaiting_consent", "recording", "paused", "stopped", "failed"]
"""What the recorder of a running call does."""
CaptureReason = Literal[
    "off_the_record",  # somebody in the call asked for it, and has not taken that back
    "disconnected",  # somebody without whom nothing is recorded has no media yet, or lost them
    "settling",  # it starts within `seconds`: an answer was just given, or it was stopped often
    "refused",  # somebody who is there does not want to be recorded
    "no_space",  # too little is left on the disk
    "not_written",  # by disk or database, for any other reason
]
"""Why it is paused, stopped or has failed."""
RecordingState = Literal["recording", "complete", "recovered", "torn", "failed", "erased"]
"""What became of a recording."""
RecordingFilter = Literal[
    "recording", "sealed", "recovered", "torn", "failed", "on_hold", "expiring", "erased"
]
"""Which of them a list shows: by what became of them, where `sealed` is a complete one; those that
have a hold; or those that expire within 30 days.
"""
ErasureBasis = Literal["request", "retention", "withdrawal"]
"""On what ground it was erased: compliance asked for it, its time was over, or somebody who was
recorded withdrew their consent.
"""
KeptBy = Literal[
    "type",  # what was recorded, pictures or voice alone
    "minor",  # the patient was a minor when it began
    "birth_date_unknown",  # nobody knows whether they were, which keeps it longest
    "birth_date_changed",  # a date of birth was noted since, and a notice has to pass
]
"""What the time of its erasure follows from."""
OnWithdrawal = Literal["keep", "erase"]
"""What a practice does with what was recorded before somebody withdrew their consent."""
Earlier = Literal[
    "kept",  # as the practice keeps it
    "held",  # it is on hold, so that it was not erased
    "erasing",  # it will be, once that can be written
    "erased",
]
"""What became of what was recorded of a call before somebody withdrew their consent."""
RequestKind = Literal["copy", "erasure"]
"""What a patient asks for of a recording."""
PurposeOfUse = Literal[
    "TREAT",  # a treatment is reviewed
    "PATRQT",  # the patient asked for it
    "HLEGAL",  # a complaint or a legal matter
    "HQUALIMP",  # quality is improved
    "HOPERAT",  # anything else of the practice's work, in words of its own
]
"""Why somebody opens a recording, by the codes of HL7's PurposeOfUse (v3-ActReason)."""
EmergencyPurpose = Literal[
    "ETREAT",  # somebody is treated in an emergency
    "BTG",  # "break the glass": anything else that cannot wait
]
"""Why a provider opens one who may not otherwise, by the codes of the same list."""
UnlockPolicy = Literal["single", "two_person"]
"""Whose word opens a recording: that of whoever opens it, or that of somebody else as well."""
UnlockState = Literal[
    "waiting", "approved", "exported", "refused", "withdrawn", "revoked", "expired"
]
"""What became of a request to open a recording; `expired` if nobody has answered it in time, or if
the time that it was approved for is over; `exported` if that is over, and an export is still there.
"""
ExportContents = Literal["film", "parts", "encrypted"]
"""What an export has of the media: one film of all parts, each part as it was recorded, or the
encrypted files, for whoever has their key.
"""
ExportState = Literal["queued", "running", "done", "failed", "cancelled", "expired"]
"""What became of an export that was asked for; `expired`: it was made, and is destroyed."""
ExportPhase = Literal["reading", "composing", "writing"]
"""What a running one does: in bytes, in milliseconds of the film, and in bytes again."""
ExportFailure = Literal[
    "recording_erased",
    "nothing_to_export",  # nothing of it can be read
    "no_space",
    "key_away",
    "key_missing",
    "store_away",
    "not_uploaded",  # a part is on another server
    "log_key_missing",  # nobody could sign it
    "interrupted",  # its server died again and again
    "not_made",  # for any other reason, which the server's log has
    "key_lost",  # the one copy of its key was in the memory of a server that was started anew
    "approval_ended",  # which it rested on
]
"""Why there is no export, or none any more."""
FilmLayout = Literal["grid", "screen"]
"""Of a film: equal tiles, or what is shared large and everybody in a column beside it."""
LeftOut = Literal["lost", "missing", "damaged", "changed", "torn"]
"""Why a part is not in an export: the server lost it as it was recorded, its file is not there,
its file or its row is not as it was written, or nothing playable is in what a crash left.
"""
PartState = Literal["recording", "sealed", "recovered", "torn", "lost"]
"""What became of one of its files."""
GapReason = Literal["paused", "off_the_record", "stopped", "awaiting_consent", "off", "failed"]
Medium = Literal["sound", "picture"]
LossCause = Literal["lost", "not_sent", "overrun"]
Decision = Literal["given", "declined", "withdrawn"]
Step = Literal[Decision, "off_the_record", "on_the_record"]
"""What somebody said about being recorded: of all of it, or for a while."""
AppointmentStatus = Literal[
    "booked",
    "fulfilled",  # the call for it was held
    "noshow",  # the patient did not come
    "cancelled",
]
"""What became of an appointment, by the codes of FHIR's AppointmentStatus."""
GuestChannel = Literal[
    "email",
    "sms",
    "copy",  # whoever made it passes it on
]
"""How a link for a guest reaches them."""
GuestStanding = Literal[
    "open",
    "early",
    "over",
    "cancelled",  # the appointment was
    "revoked",
    "other_browser",  # somebody came in by it in another one
]
"""Whether a guest's link lets somebody in now, and why not."""
GuestIdentity = Literal["unconfirmed", "confirmed"]
"""Whether a provider has said that somebody who came by a link is who they should be."""
FeedShows = Literal["busy", "names"]
"""What a private address shows of a calendar: times alone, or with whom."""
AppointmentScope = Literal["this", "following", "all"]
"""Which of a series a change is for: one, it and those after it, or all that are still to come."""
IntakeSeverity = Literal["none", "low", "moderate", "high"]
"""How much a result of a questionnaire asks for attention, whichever it is of."""
IntakeBand = Literal[
    "minimal",
    "mild",
    "moderate",
    "moderately_severe",
    "severe",
    "below_cut_off",  # PCL-5
    "within_cut_offs",
    "above_cut_offs",
    "zone_1",  # AUDIT
    "zone_2",
    "zone_3",
    "zone_4",
    "no_problems",  # DAST-10
    "low_level",
    "moderate_level",
    "substantial_level",
    "severe_level",
    "negative",  # MDQ, ASRS
    "positive",
    "no_insomnia",  # ISI
    "subthreshold",
    "no_risk_reported",  # C-SSRS
    "low_risk",
    "moderate_risk",
    "high_risk",
]
"""What a result is called where its questionnaire was published."""
IntakeFinding = Literal["dsm5_clusters"]
"""What is told beside a score: PCL-5 has enough symptoms of each cluster of DSM-5."""
AnswerFault = Literal["missing", "not_possible", "repeated"]
"""Why an answer cannot be scored."""
IntakeSource = Literal["platform", "patient", "pulled"]
"""Who sent the answers to questionnaires, or that a provider asked the platform for them."""
CrisisEntry = Literal["raised", "acknowledged", "over", "ticked", "unticked", "noted"]
"""What happened in a crisis: that there is one, what of the check list is done, and a line."""
CrisisStep = Literal[
    "safety_asked",  # whether they are in danger now, and of what
    "means_asked",  # what they could harm themselves or others with, and who is with them
    "place_confirmed",  # where they are
    "services_rung",  # emergency services or crisis line
    "contact_rung",  # their emergency contact, or somebody near them
    "colleague_told",
    "stayed",  # with them until somebody was there
    "next_agreed",  # what happens next
]
"""What the check list of a crisis has, in its order."""
PlaceAnswer = Literal["given", "withheld"]
"""Whether a patient said where they are, or that they would rather not."""
PlaceState = Literal["given", "withheld", "unknown", "unreadable"]
"""What is known of it: `unknown` before they answered, `unreadable` if it was erased or damaged."""
PlaceSource = Literal["confirmed", "record"]
"""What a patient is asked to confirm: where they said they were last, or what is on record."""
IntakeState = Literal["readable", "damaged", "locked", "erased"]
"""What there is to read of answers that once arrived; of locked ones the key is not here."""
FileType = Literal[
    "pdf",
    "png",
    "jpeg",
    "gif",
    "webp",
    "heic",
    "text",
    "docx",
    "xlsx",
    "pptx",
    "odt",
    "ods",
    "odp",
]
"""What can be sent in a chat, by what its content is."""
