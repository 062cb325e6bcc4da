import pytest

from relay.load.description import (
    ABS_SEND_TIME,
    MID,
    TRANSPORT_CC,
    Track,
    Transport,
    offer,
    sections,
)
from relay.negotiation import offer as relay_offer

TRANSPORT = Transport(
    (("192.0.2.1", 4000),), "ufrag", "x" * 24, "sha-256 " + ":".join(["AB"] * 32), "actpass"
)
MICROPHONE, CAMERA = Track("audio", "0", 1), Track("video", "1", 2, 3)


def test_the_offer_can_be_read_by_the_relay() -> None:
    read = relay_offer.read(offer(TRANSPORT, [MICROPHONE, CAMERA], ["audio", "video", "video"]))
    assert [(line.section.kind, line.direction) for line in read.lines] == [
        ("audio", "sendonly"),
        ("video", "sendonly"),
        ("audio", "recvonly"),
        ("video", "recvonly"),
        ("video", "recvonly"),
    ]
    assert read.ssrcs == {1, 2, 3}


def test_a_track_uses_the_header_extensions_that_the_answer_took() -> None:
    taken = (
        f"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=extmap:3 {TRANSPORT_CC}\r\n"
        f"a=extmap:4 {MID}\r\n"
    )
    refused = (
        f"m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=extmap:2/sendonly {ABS_SEND_TIME}\r\n"
    )
    answer = f"v=0\r\n{taken}{refused}"
    assert MICROPHONE.agreed(answer).extensions == {TRANSPORT_CC, MID}
    assert CAMERA.agreed(answer).extensions == {ABS_SEND_TIME}


def test_places_to_fill_in_lie_behind_their_element_headers() -> None:
    extension = CAMERA.header_extension()
    assert extension.data[:4] == b"\xbe\xde\x00\x03"
    assert len(extension.data) == 16
    assert extension.data[extension.send_time_at - 1] == 0x22  # id 2, 3 octets (RFC 8285 4.2)
    assert extension.data[extension.transport_sequence_at - 1] == 0x31
    assert b"\x401" in extension.data  # MID "1"


def test_a_track_without_agreed_extensions_has_none() -> None:
    extension = Track("audio", "0", 1, extensions=frozenset()).header_extension()
    assert (extension.data, extension.send_time_at, extension.transport_sequence_at) == (b"", 0, 0)


@pytest.mark.parametrize(
    ("setup", "role"), [("active", "server"), ("passive", "client"), ("actpass", "client")]
)
def test_the_client_takes_the_dtls_role_that_the_server_leaves(setup: str, role: str) -> None:
    sdp = "".join(f"a={line}\r\n" for line in TRANSPORT.lines(setup))
    read = Transport.of(sdp)
    assert read.role_of_the_other == role
    assert read.addresses == TRANSPORT.addresses


def test_all_of_the_server_s_addresses_are_read_and_once() -> None:
    lines = [*TRANSPORT.lines("passive"), "candidate:2 1 udp 1 2001:db8::1 3478 typ host"]
    section = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" + "".join(f"a={line}\r\n" for line in lines)
    assert Transport.of(f"v=0\r\n{section}{section}").addresses == (
        ("192.0.2.1", 4000),
        ("2001:db8::1", 3478),
    )


def test_a_description_without_candidate_is_the_server_s_fault() -> None:
    with pytest.raises(ConnectionError, match="candidate"):
        Transport.of("v=0\r\na=ice-ufrag:x\r\n")


def test_sections_are_the_m_lines() -> None:
    assert [part[:7] for part in sections(offer(TRANSPORT, [MICROPHONE, CAMERA]))] == [
        "m=audio",
        "m=video",
    ]
