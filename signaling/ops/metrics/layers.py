"""Which layers of cameras arrive, and which subscribers are sent."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from relay.stats import PeerStats, RelaySnapshot, RoomStats, TrackStats

Layer = tuple[str, str]
"""Direction (`up`, `down`) and place, `1` being the largest picture:
a rid is the browser's own word, so no label.
"""


def flowing_layers(snapshot: RelaySnapshot) -> Mapping[Layer, int]:
    """How many tracks bring packets of each; browsers stop the layers
    that their bandwidth does not allow.
    """
    return Counter(layer for room in snapshot.rooms for layer in _of_room(room))


def _of_room(room: RoomStats) -> Iterator[Layer]:
    named: dict[str, str] = {}
    for peer in room.peers:
        places = _places(peer)
        named = places | named
        yield from (("up", places[rid]) for rid in _flowing(peer.up))
    for peer in room.peers:
        yield from (("down", named[rid]) for rid in _flowing(peer.down) if rid in named)


def _places(peer: PeerStats) -> dict[str, str]:
    """By rid. Only cameras have layers; they come in the order of the offer, the largest first."""
    rids = [track.layer for track in peer.up if track.layer]
    return {rid: str(place) for place, rid in enumerate(rids, 1)}


def _flowing(tracks: Iterable[TrackStats]) -> Iterator[str]:
    return (track.layer for track in tracks if track.layer and track.bitrate_bps)
