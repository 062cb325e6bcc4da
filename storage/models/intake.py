"""What patients answered before a visit."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, one_of
from storage.words import IntakeSource


class IntakeSession(Base):
    """Questionnaires that a patient answered at one time. Its key is the row of `clinical_keys`
    that has its id.
    """

    __tablename__ = "intake_sessions"
    __table_args__ = (
        one_of("source", IntakeSource),
        Index("uq_intake_sessions_external", "patient_id", "external_id", unique=True),
        Index("ix_intake_sessions_newest", "patient_id", "completed_at", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    external_id: Mapped[str] = mapped_column(Id)
    """What the platform calls it, so that it is there once however often it is sent."""
    source: Mapped[IntakeSource] = mapped_column(String(16))
    session_id: Mapped[str | None] = mapped_column(
        ForeignKey("telemedicine_sessions.id"), index=True
    )
    """The call that it was answered for."""
    appointment_id: Mapped[str | None] = mapped_column(Id)
    """No foreign key: a calendar is kept apart."""
    completed_at: Mapped[datetime]
    """By the platform's clock."""
    received_at: Mapped[datetime]
    received_by: Mapped[str] = mapped_column(ForeignKey("users.id"))


class IntakeResponse(Base):
    """The answers to one questionnaire, sealed."""

    __tablename__ = "intake_responses"
    __table_args__ = (Index("ix_intake_responses_intake", "intake_id", "position"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    intake_id: Mapped[str] = mapped_column(ForeignKey("intake_sessions.id"))
    position: Mapped[int]
    sealed: Mapped[bytes]
    """JSON of which questionnaire it is, too."""
