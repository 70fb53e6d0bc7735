"""Work for the follower of the search index."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Integer
from sqlalchemy.orm import Mapped, mapped_column

from library.models.base import Base, now


class IndexJob(Base):
    """A practice whose place in the index must be looked at again.

    A row says which practice, never what to do: the follower reads the practice as it is then. No foreign key, for
    the job must outlive the practice. Identifiers are never used again, so that the position inside an index stays
    comparable (AUTOINCREMENT on SQLite).
    """

    __tablename__ = "index_job"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    practice_id: Mapped[int] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
