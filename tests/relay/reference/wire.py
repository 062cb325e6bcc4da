"""One peer's SRTP: what arrives is authenticated and decrypted, what leaves is protected."""

from collections import Counter
from collections.abc import Callable

import pylibsrtp

MAX_SSRCS = 256
"""Senders that one connection may have, of RTP and of RTCP each: libsrtp keeps each one for good,
and looks through them for each packet.
"""

_REFUSED = (pylibsrtp.Error, ValueError)  # ValueError: longer than pylibsrtp's buffer


class Wire:
    """Both SRTP sessions of a peer and the way to it. Nothing passes before `secure`."""

    def __init__(self, transmit: Callable[[bytes], bool], dropped: Counter[str]) -> None:
        self.last_heard: float | None = None
        """Monotonic time of the last authenticated packet."""
        self.bytes_sent = 0
        """RTP before protection."""
        self.rtp_refused: Callable[[bytes], None] = lambda _ssrc: None
        """Hears of the SSRC of each RTP packet that is refused, other
        than for having been there before.
        """
        self._transmit = transmit
        self._dropped = dropped
        self._rtp_ssrcs: set[bytes] = set()
        """Of all authenticated packets; those of RTCP are counted apart,
        so that neither takes the other's room.
        """
        self._rtcp_ssrcs: set[bytes] = set()
        self._receive: pylibsrtp.Session | None = None
        self._send: pylibsrtp.Session | None = None

    def secure(self, receive: pylibsrtp.Session, send: pylibsrtp.Session) -> None:
        """Use these keys from now on."""
        self._receive, self._send = receive, send

    @property
    def ready(self) -> bool:
        """Whether the keys are agreed."""
        return self._send is not None

    def open_rtp(self, datagram: bytes, now: float) -> bytes | None:
        """The RTP packet, or none and counted."""
        if self._receive is None:
            self._dropped["before_dtls"] += 1
            return None
        if not self._has_room(self._rtp_ssrcs, ssrc := datagram[8:12]):
            self.rtp_refused(ssrc)
            return None
        try:
            packet: bytes = self._receive.unprotect(datagram)
        except _REFUSED as error:
            self._refused("srtp", error)
            if "bad index" not in str(error):
                self.rtp_refused(ssrc)
            return None
        self._rtp_ssrcs.add(ssrc)
        self.last_heard = now
        return packet

    def open_rtcp(self, datagram: bytes, now: float) -> bytes | None:
        """The RTCP compound, or none and counted."""
        if self._receive is None:
            self._dropped["before_dtls"] += 1
            return None
        if not self._has_room(self._rtcp_ssrcs, ssrc := datagram[4:8]):
            return None
        try:
            compound: bytes = self._receive.unprotect_rtcp(datagram)
        except _REFUSED as error:
            self._refused("srtcp", error)
            return None
        self._rtcp_ssrcs.add(ssrc)
        self.last_heard = now
        return compound

    def _has_room(self, known: set[bytes], ssrc: bytes) -> bool:
        if ssrc in known or len(known) < MAX_SSRCS:
            return True
        self._dropped["too_many_ssrcs"] += 1
        return False

    def _refused(self, layer: str, error: Exception) -> None:
        replayed = "replay" in str(error) or "too old" in str(error)
        self._dropped[f"{layer}_replayed" if replayed else f"{layer}_refused"] += 1

    def send_rtp(self, packet: bytes) -> bytes | None:
        """Protect and send one packet; dropped and counted where that cannot be done.

        Returns what was sent.
        """
        if self._send is None:
            return None
        try:
            protected: bytes = self._send.protect(packet)
        except _REFUSED:
            self._dropped["too_long_to_send"] += 1
            return None
        return protected if self.repeat_rtp(protected, len(packet)) else None

    def repeat_rtp(self, protected: bytes, plain_size: int) -> bool:
        """Send what is protected already; false if it is not known where to."""
        sent = self._transmit(protected)
        self.bytes_sent += plain_size if sent else 0
        return sent

    def send_rtcp(self, compound: bytes) -> None:
        """Protect and send one compound."""
        if self._send is None:
            return
        try:
            protected = self._send.protect_rtcp(compound)
        except _REFUSED:
            self._dropped["too_long_to_send"] += 1
            return
        self._transmit(protected)
