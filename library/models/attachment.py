"""Files that contributors add. The bytes lie in the file store, outside the web root; this is what is known of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from library.models.base import Base, now


class Attachment(Base):
    """One checked file. It belongs to a submission, and to a practice once a published revision names it."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("size > 0", name="size_is_positive"),
        CheckConstraint("length(trim(filename)) > 0", name="filename_is_not_blank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True, comment="name in addresses, documents and the store")
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id", ondelete="SET NULL"), index=True)
    practice_id: Mapped[int | None] = mapped_column(ForeignKey("practice.id", ondelete="SET NULL"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    filename: Mapped[str] = mapped_column(String(200), comment="as its owner called it, made harmless")
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(comment="bytes, as stored")
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
