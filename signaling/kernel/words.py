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
VideoCodec = Literal["VP8", "H264"]
Quality = Literal["poor", "fair", "good", "excellent"]
Condition = Literal["lost", "poor", "fair", "good", "excellent"]
"""Lost: nothing is heard of them, for two seconds or longer."""
EndReason = Literal[
    "hung_up",  # a participant ended an active call
    "cancelled",  # the provider withdrew the invitation
    "declined",
    "missed",  # nobody answered before the ring timeout
    "max_duration",
    "participant_lost",  # no media of a participant within the reconnect time
    "server_restart",
    "failed",
]
LeaveReason = Literal["left", "removed"]
"""Why a call is over for somebody, and goes on for the others."""
LeftReason = Literal["left", "removed", "declined", "missed", "call_ended"]
"""How it ended for somebody in a call, or invited to one. Of who never joined, `removed` is an
invitation withdrawn, `call_ended` one that the call's end overtook."""
Role = Literal["patient", "provider", "compliance", "ops", "admin"]
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
RecordingFilter = Literal["on_hold", "expiring", "erased"]
"""Which of them a list shows."""
ErasureBasis = Literal["request", "retention", "withdrawal"]
"""On what ground it was erased: compliance asked for it, its time was over, or somebody who was
recorded withdrew their consent.
"""
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
PartState = Literal["recording", "sealed", "recovered", "torn", "lost"]
"""What became of one of its files."""
GapReason = Literal["paused", "off_the_record", "stopped", "awaiting_consent", "off", "failed"]
Medium = Literal["sound", "picture"]
LossCause = Literal["lost", "not_sent", "overrun"]
Decision = Literal["given", "declined", "withdrawn"]
