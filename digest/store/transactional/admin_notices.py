"""What there is to tell an admin, read from what happened; and who was told of what.

Nothing has to remember to write a notice down: an edition that is paused is one, whoever paused it
and in whichever process. A row says that somebody was told, and is written before the letter is
handed over, so that nobody is told twice.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col

from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionReason, EditionState
from digest.core.transactional.admin_notice import (
    SETTLES_AFTER,
    STUCK_AFTER,
    TELL_NOTICE_FOR,
    Notice,
    NoticeKind,
)
from digest.store.database.database import Tx
from digest.store.delivery import progress, provider_backoff
from digest.store.editions import editions
from digest.store.editions.editions import LIVE
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionRow
from digest.store.tables.newsletters import NewsletterRow, SlotRow
from digest.store.tables.notices import NoticeRow

GOODBYE = "goodbye "
"""How the key of a letter to somebody who left begins; the number of the subscription follows."""


def notices(tx: Tx, now: datetime, *, resend: bool = False, troubled: bool = True) -> list[Notice]:
    """Everything that may have to be told now, told or not, without its progress.

    With `resend`, messages that are uncertain get a second copy by themselves, and only those that
    are uncertain after it are told of. Whether an edition is stuck is looked at only if the mail
    server was in trouble just now (`troubled`): that takes a look at every message of it.
    """
    since = now - TELL_NOTICE_FOR
    return [
        *_slots(tx, since),
        *_in_state(tx, NoticeKind.HELD, since, EditionState.HELD),
        *_in_state(tx, NoticeKind.DRAFT, since, EditionState.DRAFT),
        *_in_state(tx, NoticeKind.PAUSED, since, EditionState.PAUSED),
        *_refused(tx, since, now),
        *(_stuck(tx, now) if troubled else ()),
        *_uncertain(tx, now, resend=resend),
        *_finished(tx, now),
    ]


def _slots(tx: Tx, since: datetime) -> list[Notice]:
    """Moments that passed without an edition."""
    rows = tx.execute(
        select(SlotRow, col(NewsletterRow.slug))
        .join(NewsletterRow, col(NewsletterRow.id) == col(SlotRow.newsletter_id))
        .where(col(SlotRow.planned), col(SlotRow.decision) != "edition")
        .where(col(SlotRow.decided) >= since)
    ).all()
    return [
        Notice(f"{row.decision} slot {row.id}", NoticeKind(row.decision), slug, row.at, row.why)
        for row, slug in rows
    ]


def _in_state(tx: Tx, kind: NoticeKind, since: datetime, state: EditionState) -> list[Notice]:
    """Editions that came into a state in which they need somebody."""
    rows = tx.execute(
        select(col(EditionRow.id), col(EditionRow.touched))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
        .where(col(EditionRow.state) == state, col(EditionRow.touched) >= since)
        .where(col(EditionRow.reason) != EditionReason.BY_HAND)
        # asked for by hand and held: whoever asked was told
        .where(col(SlotRow.planned) | (col(EditionRow.state) != EditionState.HELD))
    ).all()
    return [
        _about(tx, kind, edition, f"{kind} {edition} {touched:%Y%m%dT%H%M%S}")
        for edition, touched in rows
    ]


def _refused(tx: Tx, since: datetime, now: datetime) -> list[Notice]:
    """Domains that began to refuse our mail."""
    return [
        _about(
            tx,
            NoticeKind.REFUSED,
            one.edition,
            f"refused {one.domain} {one.since:%Y%m%dT%H%M%S}",
            why=provider_backoff.backoff_reason(one.domain, one.why),
        )
        for one in provider_backoff.refused(tx, now).values()
        if one.since >= since
    ]


def _stuck(tx: Tx, now: datetime) -> list[Notice]:
    """Editions that are to be sent, that were tried lately, and of which the server takes nothing.

    What only waits, e.g. for a limit of our own, is not stuck.
    """
    long_ago = now - STUCK_AFTER
    troubled = (
        select(func.max(col(DeliveryRow.why)))
        .where(_of_this_edition(), col(DeliveryRow.state) == DeliveryState.PENDING)
        .where(col(DeliveryRow.why) != "", col(DeliveryRow.changed) > long_ago)
        .scalar_subquery()
    )
    taken = exists().where(
        _of_this_edition(),
        col(DeliveryRow.state) == DeliveryState.SENT,
        col(DeliveryRow.changed) > long_ago,
    )
    rows = tx.execute(
        select(col(EditionRow.id), troubled)
        .where(col(EditionRow.state).in_(LIVE), col(EditionRow.frozen) <= long_ago)
        .where(col(EditionRow.made) >= now - TELL_NOTICE_FOR)
        .where(troubled.is_not(None), ~taken)
    ).all()
    return [
        _about(tx, NoticeKind.STUCK, edition, f"stuck {edition}", why=str(why))
        for edition, why in rows
    ]


def _uncertain(tx: Tx, now: datetime, *, resend: bool) -> list[Notice]:
    """Editions with messages that are uncertain and of which nobody was told."""
    newest = func.max(col(DeliveryRow.changed))
    rows = tx.execute(
        select(col(EditionRow.id), newest)
        .join(DeliveryRow, _of_this_edition())
        .where(col(DeliveryRow.state) == DeliveryState.UNCERTAIN)
        .where(col(DeliveryRow.resends) >= int(resend))
        .group_by(col(EditionRow.id))
        .having(newest >= now - TELL_NOTICE_FOR, newest <= now - SETTLES_AFTER)
    ).all()
    return [
        _about(tx, NoticeKind.UNCERTAIN, edition, f"uncertain {edition} {when:%Y%m%dT%H%M%S}")
        for edition, when in rows
        if not _told_later(tx, f"uncertain {edition} ", when)
    ]


def _told_later(tx: Tx, prefix: str, when: datetime) -> bool:
    """Whether somebody was told of newer ones: those that are left are old news then."""
    newest = tx.execute(
        select(func.max(col(NoticeRow.key))).where(col(NoticeRow.key).startswith(prefix))
    ).scalar_one()
    return newest is not None and newest > f"{prefix}{when:%Y%m%dT%H%M%S}"


def _finished(tx: Tx, now: datetime) -> list[Notice]:
    rows = tx.execute(
        select(col(EditionRow.id), col(EditionRow.frozen), col(EditionRow.finished)).where(
            col(EditionRow.state) == EditionState.SENT,
            col(EditionRow.finished) >= now - TELL_NOTICE_FOR,
        )
    ).all()
    return [
        _about(
            tx,
            NoticeKind.FINISHED,
            edition,
            f"finished {edition}",
            took=finished - frozen if frozen else timedelta(0),
        )
        for edition, frozen, finished in rows
    ]


def _of_this_edition() -> ColumnElement[bool]:
    return col(DeliveryRow.edition_id) == col(EditionRow.id)


def _about(
    tx: Tx,
    kind: NoticeKind,
    edition: int,
    key: str,
    *,
    why: str = "",
    took: timedelta = timedelta(0),
) -> Notice:
    kept = editions.by_id(tx, edition)
    assert kept is not None
    return Notice(
        key=key,
        kind=kind,
        newsletter=kept.newsletter,
        at=kept.at,
        why=why or kept.why,
        reason=kept.reason,
        edition=kept.id,
        took=took,
    )


def with_progress(tx: Tx, notice: Notice, now: datetime) -> Notice:
    """The same with the progress of its edition: counting takes a while, so only what is told."""
    kept = editions.by_id(tx, notice.edition) if notice.edition else None
    if kept is None or notice.kind in {NoticeKind.HELD, NoticeKind.DRAFT}:
        return notice
    return replace(notice, progress=progress.edition_counts(tx, kept, now))


# ---------------------------------------------------------------- who was told


def untold(
    tx: Tx, found: Sequence[Notice], emails: Sequence[str], now: datetime
) -> list[tuple[Notice, str]]:
    """Which of these are still to be told, and to whom."""
    keys = [one.key for one in found]
    rows = tx.execute(select(NoticeRow).where(col(NoticeRow.key).in_(keys))).scalars()
    told = {(row.key, row.email) for row in rows if not _again(row, now)}
    return [(one, email) for one in found for email in emails if (one.key, email) not in told]


def claim_notice(tx: Tx, key: str, email: str, now: datetime) -> int:
    """Write down that somebody is being told; returns which attempt it is, 0 if another tells."""
    row = tx.get(NoticeRow, (key, email))
    if row is None:
        row = NoticeRow(key=key, email=email, state=DeliveryState.CLAIMED, changed=now)
    elif not _again(row, now):
        return 0
    row.state, row.attempts, row.due, row.changed = (
        DeliveryState.CLAIMED,
        row.attempts + 1,
        None,
        now,
    )
    tx.add(row)
    return row.attempts


def claim_goodbye(tx: Tx, key: str, email: str, now: datetime, once_in: timedelta) -> int:
    """The same for a letter that may be written again after so long, which nobody knows of then."""
    old = col(NoticeRow.changed) <= now - once_in
    tx.execute(delete(NoticeRow).where(col(NoticeRow.key).startswith(GOODBYE), old))
    return claim_notice(tx, key, email, now)


def record_notice(
    tx: Tx,
    key: str,
    email: str,
    state: DeliveryState,
    why: str,
    due: datetime | None,
    now: datetime,
) -> None:
    """Write down what became of it; with a `due` it is tried again then."""
    tx.execute(
        update(NoticeRow)
        .where(col(NoticeRow.key) == key, col(NoticeRow.email) == email)
        .values(state=state, why=why, due=due, changed=now)
    )


def _again(row: NoticeRow, now: datetime) -> bool:
    return row.due is not None and row.due <= now
