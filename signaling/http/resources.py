"""What the pages need to know of the installation."""

from signaling.calls.messages import IceServer
from signaling.kernel.resources import Resource
from signaling.recordings.resources import ConsentText


class ClientSettings(Resource):
    """GET settings: what the pages need to know of the configuration, before signing in as well."""

    practice_name: str
    ice_servers: list[IceServer]
    """Empty until signed in: TURN credentials are for users."""
    ring_timeout_seconds: int
    reconnect_seconds: int
    max_call_duration_minutes: int
    recording_available: bool
    recording_unavailable_reason: str | None
    """As in errors of the code `recording_unavailable`, such as `no_key`; none
    if it is available.
    """
    recording_minutes_left: int | None
    """For how many minutes there is room to record one more call, where that is less than
    `max_call_duration_minutes`; none where there is enough, and until signed in.
    """
    recording_audio_minutes_left: int | None
    """The same of a call of voice alone."""
    break_glass_minutes: int
    """For so long a provider opens a recording in an emergency; 0: nobody can."""
    consent_texts: list[ConsentText]
    """What people agree to before a recording, in every language that there is;
    the first is for whoever reads none of the others.
    """
    emergency_phone: str
    practice_phone: str
    """Where the practice itself is reached in an emergency; empty if it says nothing."""
    emergency_instructions: str
    """As in `call_emergency`."""
    waiting_early_minutes: int
    """From when on before an appointment its patient can wait for it."""
    push_key: str | None
    """With which browsers subscribe to be rung while no page is open (`applicationServerKey`,
    base64url); none: this server pushes nothing.
    """
    demo: bool
