"""/api/v1/telemedicine/settings: what the pages need to know of the configuration."""

import time

from signaling import ice
from signaling.api.endpoint import Visitor
from signaling.consent import text_of
from signaling.resources import ClientSettings


async def get_settings(visitor: Visitor) -> ClientSettings:
    """Names, times and texts for the pages; STUN and TURN servers only for who is signed in."""
    services, config = visitor.services, visitor.services.config
    signed_in = await services.sign_in.try_request(visitor.request)
    unavailable = services.recordings.unavailable_reason
    return ClientSettings(
        practice_name=config.practice.name,
        ice_servers=ice.ice_servers(config, time.time()) if signed_in else [],
        ring_timeout_seconds=config.calls.ring_timeout_seconds,
        reconnect_seconds=config.calls.reconnect_seconds,
        max_call_duration_minutes=config.calls.max_duration_minutes,
        recording_available=unavailable is None,
        recording_unavailable_reason=unavailable,
        consent=text_of(config.consent),
        emergency_phone=config.emergency.phone,
        practice_phone=config.emergency.practice_phone,
        emergency_instructions=config.emergency.instructions,
        demo=services.demo,
    )
