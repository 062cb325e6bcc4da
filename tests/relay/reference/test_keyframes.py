"""Asking for keyframes."""

from tests.relay.reference.keyframes import KeyframeRequests


def test_the_first_wish_is_sent_at_once_and_the_next_half_a_second_later() -> None:
    requests = KeyframeRequests()
    requests.want()
    assert requests.due(10.0)
    requests.want()
    requests.want()
    assert not requests.due(10.4)
    assert requests.due(10.5)
    assert not requests.due(11.5)
    assert requests.sent == 2


def test_a_keyframe_serves_everybody_who_waited() -> None:
    requests = KeyframeRequests()
    requests.want()
    requests.arrived()
    assert not requests.due(10.0)
