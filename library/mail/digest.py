"""The daily digest: one letter a day with what needs nobody at once, grouped by record, in the receiver's language."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import force_locale, gettext
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from library.languages import locale_of
from library.mail.kinds import MailKind, Urgency
from library.mail.letters import compose
from library.mail.posting import wants, write
from library.models import Account, Notice, now

log = logging.getLogger(__name__)

MOST: Final = 200  # notices in one letter
KEEP: Final = timedelta(days=30)  # older news is none

Group = tuple[str, list[str], str]


def zone_of(name: str) -> tzinfo:
    """Return a time zone; UTC where the machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        log.warning("time zone %s is not known to this machine; digests follow UTC", name)
        return ZoneInfo("UTC")


def write_digests(sessions: sessionmaker[Session], *, hour: int, zone: tzinfo, at: datetime | None = None) -> int:
    """Write today's digests for whoever has news and no digest yet; nothing before the hour.

    Each in a transaction of its own: one that fails holds up no other, and two workers write none twice.

    :param hour: from which on, in the zone.
    :return: how many were written.
    """
    at = at or now()
    due = at.astimezone(zone).replace(hour=hour, minute=0, second=0, microsecond=0)
    if at < due:
        return 0
    with sessions() as session:
        waiting = _waiting(session, due)
    return sum(_write_one(sessions, account_id, due, at) for account_id in waiting)


def _undigested(due: datetime) -> ColumnElement[bool]:
    return or_(Account.digested_at.is_(None), Account.digested_at < due)


def _waiting(session: Session, due: datetime) -> list[int]:
    has_news = select(Notice.account_id).where(Notice.digested_at.is_(None))
    return list(session.scalars(select(Account.id).where(Account.id.in_(has_news), _undigested(due))))


def _write_one(sessions: sessionmaker[Session], account_id: int, due: datetime, at: datetime) -> bool:
    try:
        with sessions.begin() as session:
            mine = update(Account).where(Account.id == account_id, _undigested(due))
            taken = session.scalar(mine.values(digested_at=at).returning(Account.id))
            return taken is not None and _digest(session, session.get_one(Account, account_id), at)
    except Exception:
        log.exception("the digest of account %s failed; trying again", account_id)
        return False


def _digest(session: Session, account: Account, at: datetime) -> bool:
    news = select(Notice).where(Notice.account_id == account.id, Notice.digested_at.is_(None))
    notices = session.scalars(news.order_by(Notice.id)).all()
    for notice in notices:
        notice.digested_at = at
    fresh = [notice for notice in notices if notice.created_at > at - KEEP]
    if not fresh or not wants(account, Urgency.NEWS):
        return False
    more = max(0, len(fresh) - MOST)
    write(session, MailKind.DIGEST, account, groups=groups_of(fresh[:MOST], account.language), more=more)
    return True


def groups_of(notices: Iterable[Notice], language: str) -> list[Group]:
    """Return (title, sentences, path) of each record that there is news of, in the order of the first news."""
    titles: dict[str, str] = {}
    sentences: dict[str, Counter[str]] = {}
    for notice in notices:
        titles.setdefault(notice.path, str(notice.params.get("title", "")))
        said = compose(MailKind(notice.kind), language, path=notice.path, params=notice.params).opening
        sentences.setdefault(notice.path, Counter())[said] += 1
    with force_locale(locale_of(language)):
        return [(titles[path], [_times(*one) for one in said.items()], path) for path, said in sentences.items()]


def _times(sentence: str, count: int) -> str:
    return gettext("%(what)s (%(count)s times)", what=sentence, count=count) if count > 1 else sentence
