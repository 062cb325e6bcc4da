"""A consent as a document that somebody can keep, print and have read out to them (PDF)."""

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import datetime

import typst

from signaling import shipped
from signaling.kernel.content import Document
from storage.calls.consents import OwnConsent
from storage.threads import Threads

log = logging.getLogger(__name__)


class Typesetter:
    """Sets consents as documents, one at a time: each takes some 40 ms of a core."""

    def __init__(self, practice: str) -> None:
        self._practice = practice
        self._template = shipped.consent_template()
        self._threads = Threads("documents", 1)

    async def document(self, own: OwnConsent) -> Document:
        """The same bytes each time, with tags for screen readers."""
        consent = own.consent
        data = await self._threads.run(
            _typeset, self._template, facts(own, self._practice), consent.at.replace(microsecond=0)
        )
        return Document(
            tag=hashlib.sha256(data).hexdigest(),
            media_type="application/pdf",
            download_name=f"consent-{consent.at:%Y-%m-%d}-{consent.id}.pdf",
            data=data,
        )


def facts(own: OwnConsent, practice: str) -> Mapping[str, str | bool | None]:
    """What the template asks for; all of it is shown as it is, none is markup."""
    consent = own.consent
    return {
        "practice": practice,
        "name": own.user_name,
        "side": consent.role,
        "provider": own.provider_name,
        "call_at": f"{own.call_at:%Y-%m-%d %H:%M} UTC",
        "decision": consent.decision,
        "at": f"{consent.at:%Y-%m-%d %H:%M:%S} UTC",
        "language": consent.language,
        "text_id": consent.text_id,
        "text_version": consent.text_version,
        "text_sha256": consent.text_sha256,
        "text_confirmed": consent.text_confirmed,
        "text": own.text,
        "address": consent.address or "-",
        "browser": consent.user_agent or "-",
        "reference": f"{consent.id} · {own.room_id}",
    }


def _typeset(template: bytes, said: Mapping[str, str | bool | None], at: datetime) -> bytes:
    """Blocking. PDF/UA (ISO 14289-1) takes no letter that no typeface has: then it is not one."""
    inputs = {"consent": json.dumps(said)}
    try:
        return typst.compile(template, sys_inputs=inputs, timestamp=at, pdf_standards=["ua-1"])
    except typst.TypstError as error:
        log.warning("a consent is no accessible document: %s", str(error).splitlines()[0])
        return typst.compile(template, sys_inputs=inputs, timestamp=at)
