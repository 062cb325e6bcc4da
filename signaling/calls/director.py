"""Makes each call's recorder do what the rule says, and tells both sides."""

from signaling.calls.live import LiveCall
from signaling.recordings import rule
from signaling.recordings.messages import RecordingState, RecordingStateChanged


def wanted(call: LiveCall) -> RecordingState:
    """What the rule says of the call as it is at this moment."""
    return rule.wanted(
        rule.Circumstances(
            switched_on=call.recording_enabled,
            consents=[party.consent for party in call.parties],
            connected=[party.connected and call.state.status == "active" for party in call.parties],
            failure=call.capture.failure,
        )
    )


async def follow(call: LiveCall) -> None:
    """To be called after every change of consent, presence or recorder; several at once are harmless."""
    async with call.capture.lock:
        while not call.state.over:
            state = wanted(call)
            if (state.state == "recording") == call.capture.running:
                tell(call, state)
                return
            if state.state != "recording":
                await call.capture.stop(state.state)
            elif call.capture.settling():
                tell(call, rule.SETTLING)
                return
            else:
                await call.capture.start(lambda: wanted(call).state == "recording")


def tell(call: LiveCall, state: RecordingState) -> None:
    """Only what is news."""
    if state == call.recording_state:
        return
    call.recording_state = state
    call.send(RecordingStateChanged(room_id=call.room_id, state=state.state, reason=state.reason))
