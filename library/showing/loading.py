"""What to read along with practices so that their cards and pages are made without further statements."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from library.adoptions import counted
from library.models import Practice, PracticePlace

CARD: Final[tuple[ExecutableOption, ...]] = (
    selectinload(Practice.texts),
    selectinload(Practice.agencies),
    selectinload(Practice.places).joinedload(PracticePlace.municipality),
    counted(),
)
# What a sheet of a booklet says beyond a card.
LEAF: Final[tuple[ExecutableOption, ...]] = (
    *CARD,
    selectinload(Practice.concepts),
    selectinload(Practice.evaluations),
    selectinload(Practice.owner),
)
