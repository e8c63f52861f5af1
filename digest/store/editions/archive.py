"""What everybody may read: editions that went out, and articles by author and topic."""

from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, exists, or_, select
from sqlmodel import col

from digest.core.articles.article import Article
from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.core.editions.web_access import PublicArticles
from digest.core.message.fragments import SubjectLine
from digest.store.articles import articles
from digest.store.articles.search_index import has
from digest.store.database.database import LARGEST_ID, Tx
from digest.store.editions import removed_stories
from digest.store.editions.removed_stories import WithheldTitles
from digest.store.newsletters.slots import APART
from digest.store.tables.articles import (
    ArticleAuthorRow,
    ArticleTopicRow,
    AuthorRow,
    CopyRow,
    FindableRow,
)
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionArticleRow, EditionRow
from digest.store.tables.newsletters import NewsletterRow, SlotRow
from digest.store.tables.sources import ArticleImageRow


@dataclass(frozen=True, slots=True)
class Issue:
    """An edition that somebody was sent."""

    id: int
    newsletter: str
    at: datetime
    subject: str
    preheader: str


def _is_out() -> ColumnElement[bool]:
    """Sent, being sent, or stopped after somebody had it: they may look at it on the web."""
    had = exists().where(
        col(DeliveryRow.edition_id) == col(EditionRow.id),
        col(DeliveryRow.state) == DeliveryState.SENT,
    )
    on_its_way = (EditionState.SENDING, EditionState.SENT)
    no_newsletter = select(col(NewsletterRow.id)).where(col(NewsletterRow.slug).contains(APART))
    return and_(
        or_(
            col(EditionRow.state).in_(on_its_way),
            and_(col(EditionRow.state) == EditionState.PAUSED, had),
        ),
        col(EditionRow.newsletter_id).not_in(no_newsletter),
    )


def issues(
    tx: Tx, slug: str = "", *, but: Collection[str] = (), skip: int = 0, limit: int = 30
) -> list[Issue]:
    """The editions of a newsletter, or of all `but` these, that went out: newest first."""
    where = [col(NewsletterRow.slug) == slug if slug else col(NewsletterRow.slug).not_in(but)]
    return _issues(tx, where, skip, limit)


def issue(tx: Tx, slug: str, at: datetime | None = None, number: int = 0) -> Issue | None:
    """The edition of a moment, or of a number, if it went out."""
    if number > LARGEST_ID:
        return None
    which = col(SlotRow.at) == at if at else col(EditionRow.id) == number
    found = _issues(tx, [col(NewsletterRow.slug) == slug, which], 0, 1)
    return found[0] if found else None


def _issues(tx: Tx, where: list[ColumnElement[bool]], skip: int, limit: int) -> list[Issue]:
    rows = tx.execute(
        _columns()
        .where(_is_out(), *where)
        .order_by(col(SlotRow.at).desc(), col(EditionRow.id).desc())
        .offset(skip)
        .limit(limit)
    )
    found = [Issue(*row) for row in rows]
    blanks = removed_stories.withheld_titles(tx, {one.id for one in found})
    return [_blanked(one, blanks[one.id]) if one.id in blanks else one for one in found]


def _blanked(issue: Issue, hidden: WithheldTitles) -> Issue:
    words = hidden.blank(SubjectLine(issue.subject, issue.preheader))
    return replace(issue, subject=words.subject, preheader=words.preheader)


def _columns(*more: SQLColumnExpression[Any]) -> Select[Any]:
    """What an Issue is made of, and more."""
    return (
        select(
            col(EditionRow.id),
            col(NewsletterRow.slug),
            col(SlotRow.at),
            col(EditionRow.subject),
            col(EditionRow.preheader),
            *more,
        )
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .join(SlotRow, col(SlotRow.id) == col(EditionRow.slot_id))
    )


def printed(tx: Tx, ids: Sequence[int], among: Collection[str]) -> dict[int, Issue]:
    """The first edition of these newsletters that went out with each of these articles."""
    rows = tx.execute(
        _columns(col(EditionArticleRow.article_id))
        .join(EditionArticleRow, col(EditionArticleRow.edition_id) == col(EditionRow.id))
        .where(_is_out(), col(EditionArticleRow.article_id).in_(ids), col(EditionArticleRow.taken))
        .where(col(NewsletterRow.slug).in_(among))
        .order_by(col(SlotRow.at).desc(), col(EditionRow.id).desc())
    )
    return {row[-1]: Issue(*row[:-1]) for row in rows}


def author_names(tx: Tx, keys: Collection[str]) -> list[str]:
    """What the people with these comparison keys are called."""
    query = select(col(AuthorRow.name)).where(col(AuthorRow.key).in_(keys))
    return list(tx.execute(query.order_by(col(AuthorRow.id))).scalars())


def published_author_keys(tx: Tx, public: PublicArticles) -> list[str]:
    """The comparison keys of all who wrote something that is out."""
    theirs = (
        exists()
        .where(col(ArticleAuthorRow.author_id) == col(AuthorRow.id))
        .where(col(ArticleAuthorRow.article_id) == _ARTICLE, *_is_shown(public))
    )
    return list(tx.execute(select(col(AuthorRow.key)).where(theirs).order_by("key")).scalars())


def has_topic(tx: Tx, topic: str, public: PublicArticles) -> bool:
    """Whether anything that is out is about a topic."""
    query = select(_ARTICLE).join(ArticleTopicRow, col(ArticleTopicRow.article_id) == _ARTICLE)
    about = query.where(col(ArticleTopicRow.topic) == topic, *_is_shown(public))
    return tx.execute(about.limit(1)).first() is not None


class Of(NamedTuple):
    """What somebody with one of these comparison keys wrote, or what is about a topic."""

    authors: tuple[str, ...] = ()
    topic: str = ""


def by(tx: Tx, of: Of, public: PublicArticles, *, skip: int = 0, limit: int = 30) -> list[Article]:
    """A page of it, newest first; it costs as much as there is of it in all."""
    return in_order(tx, _shown(tx, [_is(of)], public, skip, limit))


def every(tx: Tx, of: Of, public: PublicArticles) -> Sequence[int]:
    """The numbers of all of it, newest first: who wants each page reads the list once."""
    return array("q", _shown(tx, [_is(of)], public, 0, LARGEST_ID))


def in_order(tx: Tx, ids: Sequence[int]) -> list[Article]:
    """The articles with these numbers, in their order."""
    found = {article.id: article for article in articles.by_ids(tx, ids)}
    return [found[number] for number in ids]


def _is(of: Of) -> ColumnElement[bool]:
    if of.topic:
        about = col(ArticleTopicRow.topic) == of.topic
        return _ARTICLE.in_(select(col(ArticleTopicRow.article_id)).where(about))
    theirs = (
        select(col(ArticleAuthorRow.article_id))
        .join(AuthorRow, col(AuthorRow.id) == col(ArticleAuthorRow.author_id))
        .where(col(AuthorRow.key).in_(of.authors))
    )
    return _ARTICLE.in_(theirs)


def by_words(
    tx: Tx,
    words: Sequence[Sequence[str]],
    public: PublicArticles,
    *,
    skip: int = 0,
    limit: int = 30,
) -> list[Article]:
    """Articles with one spelling of every word (search_terms) in title or byline, newest first."""
    return in_order(tx, _shown(tx, [*map(has, words)], public, skip, limit))


def _shown(
    tx: Tx, where: Sequence[ColumnElement[bool]], public: PublicArticles, skip: int, limit: int
) -> list[int]:
    return list(
        tx.execute(
            select(_ARTICLE)
            .where(*where, *_is_shown(public))
            .order_by(col(FindableRow.published).desc(), _ARTICLE.desc())
            .offset(skip)
            .limit(limit)
        ).scalars()
    )


# Lists go by the narrow table: an article's own row is as long as its text.
_ARTICLE = col(FindableRow.article_id)


def _is_shown(public: PublicArticles) -> tuple[ColumnElement[bool], ...]:
    """Everybody may see it; and of copies of one story, the original if they may see that."""
    original = col(CopyRow.original_id)
    copied = select(col(CopyRow.article_id)).where(
        original.in_(select(col(FindableRow.article_id))), _is_public(original, public)
    )
    return (
        col(FindableRow.published) <= public.now,
        _is_public(_ARTICLE, public),
        _ARTICLE.not_in(copied),
    )


def may_show_image(tx: Tx, stem: str, public: PublicArticles) -> bool:
    """Whether everybody may see a picture: an edition that was made has it, or it is public.

    Readers' mail programs ask for the pictures of closed newsletters, too, and without a link of
    theirs. A picture that no article has any more was in editions that show it for ever.
    """
    article = col(ArticleImageRow.article_id)
    made = (
        exists()
        .where(col(EditionArticleRow.article_id) == article, col(EditionArticleRow.taken))
        .where(col(EditionRow.id) == col(EditionArticleRow.edition_id))
        .where(col(EditionRow.state) != EditionState.CANCELLED)
    )
    previewed = col(ArticleImageRow.preview_until) > public.now
    published = exists().where(
        article == _ARTICLE, col(FindableRow.published) <= public.now, _is_public(article, public)
    )
    having = select(or_(made, previewed, published)).where(col(ArticleImageRow.stem) == stem)
    answers = tx.execute(having).scalars().all()
    return not answers or any(answers)


def _is_public(article: SQLColumnExpression[int], public: PublicArticles) -> ColumnElement[bool]:
    """An open newsletter carried it; or, where that is enough, no newsletter that isn't did."""
    sent = article.in_(_carried(col(NewsletterRow.slug).in_(public.newsletters)))
    if not public.before_sent:
        return sent
    return or_(sent, article.not_in(_carried(col(NewsletterRow.slug).not_in(public.newsletters))))


def _carried(by: ColumnElement[bool]) -> Select[Any]:
    """The articles in the editions of such newsletters that went out."""
    return (
        select(col(EditionArticleRow.article_id))
        .join(EditionRow, col(EditionRow.id) == col(EditionArticleRow.edition_id))
        .join(NewsletterRow, col(NewsletterRow.id) == col(EditionRow.newsletter_id))
        .where(col(EditionArticleRow.taken), _is_out(), by)
    )
