"""The reference forwarder: each packet's way from a publisher to its subscribers, in Python. It
carried the first calls; now it is what the native engine is compared with, datagram by datagram
(tests/relay/engine).

From the socket down: `python_forwarder` (the table of peers) → `peer_media` (one peer) → `wire`
(SRTP) → `publisher` (whose stream is it) → `uplink` (one source: seen before? keep, count) →
`downlink` (one slot: `rewrite`, send). Beside it, on a timer: `feedback` (RTCP composed from
`reception`, `nack`, `twcc`, `bandwidth`, `sender_clock`). The codecs are in tests/support, since
other tests need them too. Only `wire` touches keys; everything else is pure, with the time passed
in.
"""
