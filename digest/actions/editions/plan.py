"""Say what an edition would hold, and why. Writes nothing."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from digest.actions.articles.topics import in_topics
from digest.core.articles.article import Article
from digest.core.articles.author import credited
from digest.core.articles.correction import Correction
from digest.core.editions.draft import OpenDraft
from digest.core.editions.edition import (
    Carried,
    Edition,
    EditionState,
    arrange,
    without_carried,
)
from digest.core.editions.selection import Leftout, LeftoutReason, Pick, Selection, Window, select
from digest.core.newsletters.newsletter import Newsletter
from digest.store.articles import articles
from digest.store.database.database import Database
from digest.store.delivery import progress
from digest.store.editions import cadence, corrections, drafts, editions, received
from digest.store.editions.cadence import CadenceContext
from digest.store.editions.editions import StoredEdition
from digest.store.readers import subscribers

MOST_CARRIED = 200
"""Pieces of earlier editions that an edition has in store for those who missed them."""
_EARLIER = "an earlier edition had it; it is for those who missed it"
_EVER = datetime.min.replace(tzinfo=UTC)
_BEYOND = f"an earlier edition had it; it has {MOST_CARRIED} others for those who missed them"


@dataclass(frozen=True, slots=True)
class Plan:
    """An edition that could be made for a moment, or was: then `kept` is set.

    `edition` is None where there is too little, and `why` says so. Pieces of earlier editions are
    in it, too, for readers who missed them.
    """

    newsletter: Newsletter
    at: datetime
    selection: Selection
    edition: Edition | None
    audience: int
    why: str
    kept: StoredEdition | None = None
    unsent: int = 0
    """How many would get it from now on; in an edition that is kept others may have it already."""
    draft: OpenDraft | None = None
    """The draft, if it is one."""
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    """How many of its articles other newsletters had, that their readers don't get here again."""

    @property
    def shown(self) -> Edition | None:
        """The edition as a reader without wishes gets it: without what is carried over."""
        if self.edition is None or not self.edition.carried:
            return self.edition
        if self.draft:
            return without_carried(self.edition)
        return arrange(self.newsletter, self.selection, self.at)


def plan(db: Database, newsletter: Newsletter, at: datetime, seen: Set[int] = frozenset()) -> Plan:
    """Choose and arrange the articles for this moment, or say what its edition holds.

    `seen` adds to what other editions already had.
    """
    kept = db.read(editions.at_moment, newsletter.slug, at)
    if kept is None or kept.can_be_remade:
        return draw(db, newsletter, at, seen)
    if kept.state is EditionState.CANCELLED:
        why = f"edition {kept.id} was made for this moment and cancelled"
        return replace(draw(db, newsletter, at, seen), edition=None, why=why)
    selection, audience = _made(db, newsletter, kept)
    draft = db.read(drafts.read_draft, kept.id) if kept.state is EditionState.DRAFT else None
    if draft:
        edition = draft.edited.edition
        selection = _as_drawn(selection, edition)
    else:
        edition, selection = _arranged(db, newsletter, at, selection, kept)
    return Plan(
        newsletter=newsletter,
        at=at,
        selection=selection,
        edition=edition,
        audience=audience,
        why="",
        kept=kept,
        unsent=audience if kept.state is EditionState.DRAFT else _unsent(db, kept),
        draft=draft,
        elsewhere=_elsewhere(db, newsletter, edition),
    )


def draw(
    db: Database, newsletter: Newsletter, at: datetime, seen: Set[int] = frozenset(), but: int = 0
) -> Plan:
    """Choose and arrange the articles for this moment, as if it had no edition.

    `but` is the number of the edition whose articles are free for it: the draft that this replaces.
    """
    selection = _chosen(db, newsletter, at, seen, but)
    why, edition = too_little(selection, newsletter), None
    if not why:
        edition, selection = _arranged(db, newsletter, at, selection)
    audience = db.read(subscribers.count_active, newsletter.slug)
    had = _elsewhere(db, newsletter, edition)
    return Plan(newsletter, at, selection, edition, audience, why, unsent=audience, elsewhere=had)


def _elsewhere(db: Database, newsletter: Newsletter, edition: Edition | None) -> dict[str, int]:
    if edition is None or newsletter.repeats:
        return {}
    own = [one.id for one in edition.articles if one.id not in edition.carried]
    return db.read(editions.had_elsewhere, newsletter.slug, own)


def _arranged(
    db: Database,
    newsletter: Newsletter,
    at: datetime,
    selection: Selection,
    kept: StoredEdition | None = None,
) -> tuple[Edition, Selection]:
    carried, beyond, back = _carried(db, newsletter, at, selection)
    selection = _with(selection, carried, beyond)
    drawn = arrange(_with_due_pitch(db, newsletter, at), selection, at, carried, back)
    return replace(drawn, corrections=_wrong(db, newsletter, at, kept)), selection


def _as_drawn(selection: Selection, edition: Edition) -> Selection:
    """The picks with their articles as they were when the draft was drawn up, or edited."""
    then = {article.id: article for article in edition.articles}
    picks = (replace(one, article=then.get(one.article.id, one.article)) for one in selection.picks)
    return replace(selection, picks=tuple(picks))


def _wrong(
    db: Database, newsletter: Newsletter, at: datetime, kept: StoredEdition | None
) -> tuple[Correction, ...]:
    """What an edition says was wrong in what readers got: of now, or as it was made."""
    if kept:
        return tuple(db.read(corrections.of_edition, kept.id))
    return tuple(db.read(corrections.due_corrections, newsletter.slug, at))


def _with_due_pitch(db: Database, newsletter: Newsletter, at: datetime) -> Newsletter:
    """The newsletter without its pitch where that was in an edition not long ago."""
    pitch = newsletter.pitch
    if pitch and not pitch.is_due(db.read(editions.editions_since_pitch, newsletter.slug, at)):
        return replace(newsletter, pitch=None)
    return newsletter


def course_of(
    db: Database, newsletter: Newsletter, at: datetime, back: datetime | None = None
) -> CadenceContext:
    """The course of a newsletter around this moment: whose turn it is, and what is owed."""
    zone, lookback = ZoneInfo(newsletter.timezone), newsletter.rules.lookback
    return db.read(cadence.course, newsletter.slug, at, zone, lookback, back)


def _carried(
    db: Database, newsletter: Newsletter, at: datetime, selection: Selection
) -> tuple[tuple[Carried, ...], tuple[Leftout, ...], datetime]:
    """What earlier editions had and somebody missed whose turn it is, as this one would show it;
    what of it is too much; and how far back it goes.
    """
    course = course_of(db, newsletter, at)
    due, edge = cadence.is_readers_turn(course), course.occasion.edge
    owed = db.read(cadence.owed_since, newsletter.slug, due)
    back = min(edge, owed) if owed else edge
    moments = db.read(received.missed_articles, newsletter.slug, back, edge, at, due)
    chosen = {pick.article.id for pick in selection.picks}
    found = db.read(articles.by_ids, [one for one in moments if one not in chosen])
    rules = replace(
        newsletter.rules,
        max_articles=MOST_CARRIED,
        max_per_topic=MOST_CARRIED,
        max_per_author=MOST_CARRIED,
    )
    again = select(as_now(db, found, newsletter), rules, Window(_EVER, at))
    carried = tuple(Carried(pick, moments[pick.article.id]) for pick in again.picks)
    return carried, again.leftouts, back


def _with(selection: Selection, carried: Iterable[Carried], beyond: Iterable[Leftout]) -> Selection:
    """The selection with a reason for each piece of an earlier edition, in store or not."""
    known = {left.article.id: left for left in selection.leftouts}
    known |= {left.article.id: replace(left, why=_out(left)) for left in beyond}
    for one in carried:
        article, reason = one.pick.article, LeftoutReason.ALREADY_SENT
        known.setdefault(article.id, Leftout(article, _EARLIER, reason))
    return replace(selection, leftouts=tuple(known.values()))


def _out(left: Leftout) -> str:
    if left.reason is LeftoutReason.LIMIT:
        return _BEYOND
    return f"an earlier edition had it; {left.why}"


def _unsent(db: Database, kept: StoredEdition) -> int:
    return 0 if kept.state is EditionState.PAUSED else db.read(progress.unsent, kept.id)


def _window(newsletter: Newsletter, at: datetime) -> Window:
    return Window(at - newsletter.rules.lookback, at)


def _chosen(
    db: Database, newsletter: Newsletter, at: datetime, seen: Set[int], but: int
) -> Selection:
    window = _window(newsletter, at)
    found = db.read(articles.published_in, window.since, window.until)
    had = db.read(articles.seen, newsletter.slug, but) | seen
    told = db.read(articles.sent_originals, newsletter.slug, but)
    return select(as_now(db, found, newsletter), newsletter.rules, window, had, told)


def as_now(db: Database, found: Iterable[Article], newsletter: Newsletter) -> list[Article]:
    """These articles with the authors and topics that the config of now gives them."""
    return in_topics(db, credited(found, newsletter.writers), newsletter.topics)


def _made(db: Database, newsletter: Newsletter, kept: StoredEdition) -> tuple[Selection, int]:
    """The choice that was written down with an edition, and how many readers it has or had."""
    chosen = db.read(editions.choices, kept.id)
    looked_at = db.read(articles.by_ids, [article for article, *_ in chosen])
    found = {one.id: one for one in as_now(db, looked_at, newsletter)}
    picks = [Pick(found[one], section, why) for one, taken, section, why, _ in chosen if taken]
    leftouts = [
        Leftout(found[one], why, LeftoutReason(reason))
        for one, taken, _, why, reason in chosen
        if not taken
    ]
    selection = Selection(_window(newsletter, kept.at), tuple(picks), tuple(leftouts))
    if kept.state is EditionState.DRAFT:
        return selection, db.read(subscribers.count_active, newsletter.slug)
    return selection, kept.candidates


def too_little(selection: Selection, newsletter: Newsletter) -> str:
    """Why there should be no edition; empty if there should."""
    chosen, wanted = len(selection.picks), max(1, newsletter.rules.min_articles)
    if chosen >= wanted:
        return ""
    if not chosen and not selection.leftouts:
        return "no article was published in the last " + _days(newsletter)
    if not chosen:
        return "nothing new: every recent article was left out"
    return f"only {chosen} of at least {wanted} articles (min_articles)"


def _days(newsletter: Newsletter) -> str:
    days = newsletter.rules.lookback.days
    return f"{days} days (lookback)" if days > 1 else f"{newsletter.rules.lookback} (lookback)"
