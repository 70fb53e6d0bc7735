"""What the worker does with batches: takes one up, does what its state asks for, and survives what goes wrong.

A worker that is killed leaves nothing half done: what it was at is taken up again by the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from flask_babel import force_locale, gettext
from sqlalchemy import update

from library.attachments.storage import FileStore
from library.choices import BatchKind, BatchState
from library.errors import Overtaken
from library.interchange import batch_services, import_services
from library.interchange.batch_services import Claim, Sessions, Stopped
from library.languages import DEFAULT
from library.models import Account, Batch

log = logging.getLogger(__name__)

KINDS: Final = (BatchKind.IMPORT, BatchKind.EDIT)
ATTEMPTS: Final = 3  # after which a piece of work that fails is given up
# Where a batch goes that cannot be checked, applied or undone; nothing has changed in any of them.
_GIVEN_UP: Final = {
    BatchState.CHECKING: BatchState.FAULTY,
    BatchState.APPLYING: BatchState.FAULTY,
    BatchState.UNDOING: BatchState.APPLIED,
}


def take_up(sessions: Sessions, files: FileStore, *, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Do the next piece of work on a batch.

    :param stopping: whether the worker is to end.
    :return: whether there was any.
    """
    work = batch_services.claim(sessions, KINDS, stopping=stopping)
    if work is None:
        batch_services.collect_files(sessions, files)
        return False
    try:
        _do(work, files)
    except Stopped:
        work.release()
    except Overtaken:
        log.info("batch %s was ended by another worker", work.batch_id)
    except Exception:
        log.exception("batch %s failed while %s", work.batch_id, work.state.value)
        _failed(work)
    return True


def _do(work: Claim, files: FileStore) -> None:
    if work.state is BatchState.CHECKING:
        import_services.check(work, files)
    elif work.state is BatchState.APPLYING:
        batch_services.apply(work)
    else:
        batch_services.undo(work, reason=_reason(work))


def _reason(work: Claim) -> str:
    """Return why records are archived again, in the language of whoever undoes it: it stands on their pages."""
    with work.sessions() as session:
        batch = session.get_one(Batch, work.batch_id)
        person = session.get(Account, batch.options.get("undone_by") or 0)
        with force_locale(person.language if person else DEFAULT):
            return str(gettext("It was brought in with a table, and that was undone."))


def _failed(work: Claim) -> None:
    """Try again, or give up after a few attempts and say so; what was tried has been rolled back."""
    with work.sessions.begin() as session:
        batch = session.get_one(Batch, work.batch_id)
        failures = batch.options.get("failures", 0) + 1
        values: dict[str, Any] = {"options": {**batch.options, "failures": failures}}
        if failures >= ATTEMPTS:
            values["options"]["failures"] = 0
            values |= {"state": _GIVEN_UP[work.state], "faults": [{"code": "failed"}]}
        ours = update(Batch).where(Batch.id == batch.id, Batch.state == work.state)
        session.execute(ours.values(claimed_at=None, **values))
