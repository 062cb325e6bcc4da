"""What is said live about access in an emergency."""

from signaling.kernel.messages import Message
from signaling.recordings.breakglass.resources import BreakGlassAccess


class BreakGlassChanged(Message, tag="break_glass"):
    """To compliance and administrators: a recording was opened in an emergency, or reviewed."""

    access: BreakGlassAccess
