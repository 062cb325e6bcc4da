"""/api/v1/telemedicine/settings: what the pages need to know of the configuration."""

import time

from signaling.calls import Calls, ice
from signaling.config import Config
from signaling.http.resources import ClientSettings
from signaling.identity.authentication import Authentication
from signaling.identity.scope import Scope
from signaling.kernel.routes import TELEMEDICINE, Routes, Visitor
from signaling.push.bell import Bell
from signaling.recordings import Recordings
from signaling.recordings.room import NONE
from signaling.recordings.texts import Texts

routes = Routes("settings")


@routes.get(f"{TELEMEDICINE}/settings", access="anybody", counts="visit")
async def get_settings(visitor: Visitor) -> ClientSettings:
    """Names, times and texts for the pages; STUN and TURN servers only for who is signed in."""
    config = visitor.the(Config)
    authenticated = await visitor.the(Authentication).try_request(visitor.request)
    recordings = visitor.the(Recordings)
    unavailable = recordings.unavailable
    short = recordings.shortage(visitor.the(Calls).settings.longest) if authenticated else NONE
    return ClientSettings(
        practice_name=config.practice.name,
        ice_servers=ice.ice_servers(config, time.time()) if authenticated else [],
        ring_timeout_seconds=config.calls.ring_timeout_seconds,
        reconnect_seconds=config.calls.reconnect_seconds,
        max_call_duration_minutes=config.calls.max_duration_minutes,
        recording_available=unavailable is None,
        recording_unavailable_reason=unavailable.reason if unavailable else None,
        recording_minutes_left=short.video,
        recording_audio_minutes_left=short.audio,
        break_glass_minutes=config.recording.break_glass_minutes,
        consent_texts=[*visitor.the(Texts).all],
        emergency_phone=config.emergency.phone,
        practice_phone=config.emergency.practice_phone,
        emergency_instructions=config.emergency.instructions,
        waiting_early_minutes=config.guests.early_minutes,
        push_key=visitor.the(Bell).public_key,
        demo=visitor.the(Scope).demo,
    )
