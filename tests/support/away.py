"""A database that goes away in the middle of something."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

from sqlalchemy.ext.asyncio import AsyncSession

from signaling import config
from signaling.mail.smtp import SmtpMailer
from storage.database import Database
from storage.errors import DatabaseUnavailable


class GoesAway(Database):
    """Takes nothing more from when `away` is set until it is back."""

    away = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        if self.away:
            raise DatabaseUnavailable("not now")
        async with super().transaction() as tx:
            yield tx


class Outlasting(SmtpMailer):
    """Of a server whose database goes away while a letter is sent."""

    def __init__(self, smtp: config.Smtp, database: GoesAway) -> None:
        super().__init__(smtp)
        self._database = database

    async def send(self, letter: EmailMessage) -> None:
        await super().send(letter)
        self._database.away = True
