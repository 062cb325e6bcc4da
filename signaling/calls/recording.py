"""Makes the recorder of a call do what the rule says, and tells everybody in it."""

from msgspec.structs import replace

from signaling.calls.live import LiveCall, Party
from signaling.recordings import rule
from signaling.recordings.messages import RecordingState, RecordingStateChanged


def wanted(call: LiveCall) -> RecordingState:
    """What the rule says of the call as it is at this moment."""
    return rule.wanted(
        rule.Circumstances(
            switched_on=call.records,
            people=[_attendance(call, party) for party in call.parties],
            failure=call.capture.failure,
        )
    )


def _attendance(call: LiveCall, party: Party) -> rule.Attendance:
    return rule.Attendance(
        consent=party.consent,
        connected=party.connected and call.state.status == "active",
        required=party.required,
        recorded=party.capabilities.recorded,
        here=party.here,
        off_the_record=party.off_the_record,
    )


def _recorded(call: LiveCall) -> set[str]:
    """Whose media is recorded while the recorder runs: nobody's without a consent of their own."""
    return {
        party.user_id for party in call.parties if party.capabilities.recorded and party.consent
    }


def halt(call: LiveCall) -> None:
    """Before anything else happens, nothing is captured any more, if the rule says so.

    `adjust` is to follow, which closes the files and tells everybody.
    """
    state = wanted(call)
    if state.state != "recording":
        call.capture.cut(rule.gap_reason(state))


async def adjust(call: LiveCall) -> None:
    """To be called after each change of consent, presence or recorder; twice does no harm."""
    async with call.capture.lock:
        while not call.state.over:
            state = wanted(call)
            call.capture.hold_only(_recorded(call))
            cut_for = call.capture.cut_for
            if (state.state == "recording") == call.capture.running and cut_for is None:
                _tell(call, state)
                return
            if cut_for is not None or state.state != "recording":
                await call.capture.stop(cut_for or rule.gap_reason(state))
            elif seconds := call.capture.settling():
                _tell(call, rule.settling(seconds))
                return
            else:
                await call.capture.start(lambda: wanted(call).state == "recording")


def _tell(call: LiveCall, state: RecordingState) -> None:
    """Only what is news."""
    state = replace(state, earlier=call.earlier)
    if state == call.recording_state:
        return
    call.recording_state = state
    call.send(
        RecordingStateChanged(
            room_id=call.room_id,
            state=state.state,
            reason=state.reason,
            parameters=state.parameters,
            earlier=state.earlier,
        )
    )
