"""Words that every room uses, each declared once."""

from typing import Literal

from storage import models

Source = Literal["microphone", "camera", "screen"]
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
Role = Literal["patient", "provider", "compliance", "ops", "admin"]
Side = models.Side
"""What somebody is in a call, whatever the role is that they sign in with."""
CallStatus = Literal["initiated", "active", "ended", "failed", "declined", "missed"]
