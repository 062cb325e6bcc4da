"""The media plane: rooms whose participants hear and see each other through one UDP port,
and can be recorded.

Knows nothing of users, databases, HTTP or files. The front door:

    relay = await Relay.open(RelaySettings())
    peer = relay.room("some id").join("a participant's id", listener)
    answer = await peer.offer(sdp, {"0": "microphone", "1": "camera"})

`relay.py` → `room.py` (who receives what: `assignment.py`) → `peer.py` → `connection.py` (ICE,
DTLS, SRTP). `negotiation/` answers offers, `transport/` is the port, STUN and DTLS. `forwarder.py`
is the interface behind which packets travel: `engine/`, one thread in C for each UDP port
(tests/relay/reference/ tells the same in Python). `recording/` writes what a `tap.py` hears to a
byte sink. `media.py`, `stats.py` and `quality.py` hold the words that all of them share.
"""
