"""The sending of letters about appointments, begun by a test instead of by time."""

import asyncio

from sqlalchemy import select

from signaling import config
from signaling.clinical.appointments.letters import Practice
from signaling.clinical.appointments.linkpost import LinkPost
from signaling.clinical.appointments.post import Post
from signaling.identity.doors import Doors
from signaling.mail.sms import SmsGateway
from signaling.mail.smtp import SmtpMailer
from storage.models import Letter
from tests.patience import PATIENCE
from tests.signaling.conftest import Site

PRACTICE = Practice("Harbour Practice", "https://video.example.org")


def post(site: Site, smtp: config.Smtp | None = None) -> Post:
    """As a second server of the practice sends."""
    mailer, settings = SmtpMailer(smtp or site.services.config.smtp), site.services.config
    sms, doors = SmsGateway(settings.sms), Doors.of(settings.guests)
    links = LinkPost(site.services.database, mailer, sms, PRACTICE, doors, site.clock)
    return Post(site.services.database, mailer, PRACTICE, links, site.clock)


async def put_off(site: Site) -> None:
    """Wait until the site has tried to send something in vain and knows when it tries again."""
    query = select(Letter).where(Letter.tries > 0, Letter.leased_until.is_(None))
    async with asyncio.timeout(PATIENCE):
        while True:
            async with site.services.database.reading() as tx:
                if await tx.scalar(query.where(Letter.settled_at.is_(None)).limit(1)):
                    return
            await asyncio.sleep(0.005)
