"""Corrections: what changed since it was sent, what was wrong, and a mail to those who got it."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from digest.actions.articles.topics import the_one
from digest.actions.delivery.context import DeliveryContext
from digest.actions.delivery.deliver import deliver
from digest.actions.delivery.tally import Tally
from digest.actions.editions.lint import FaultyError, freeze_refusal
from digest.actions.message.message_factory import MessageFactory, hash_of
from digest.core.articles.article import Article
from digest.core.articles.correction import Correction, TextChange, changes, correction_flags
from digest.core.delivery.state import DeliveryState
from digest.core.editions.selection import Selection, Window
from digest.core.message.compose import ListHeaders
from digest.core.message.encoded_edition import encode_fragments
from digest.core.message.fragments import Fragment, RenderedFragments, SubjectLine
from digest.core.message.story_choice import Choice, StoryEntry, StoryForm
from digest.core.newsletters.newsletter import Newsletter
from digest.errors import UsageError
from digest.render.message import letters
from digest.render.message.letters import Button
from digest.store.articles import articles
from digest.store.database.database import Database
from digest.store.editions import changed_since_sent, corrections
from digest.store.editions.changed_since_sent import Edited
from digest.store.editions.corrections import CorrectionRecipients
from digest.store.editions.edition_contents import Contents
from digest.store.editions.editions import StoredEdition
from digest.store.transactional import correction_mailings


@dataclass(frozen=True, slots=True)
class Amended:
    """An article that says something else than a sent edition, and what was told of that.

    `readers` got the old text, in these `editions`; `title` and `body` are what changed since the
    oldest of them.
    """

    article: Article
    editions: tuple[int, ...]
    readers: int
    title: tuple[TextChange, ...]
    body: tuple[TextChange, ...]
    corrections: tuple[Correction, ...]


def amended(db: Database, article: str = "") -> list[Amended]:
    """The articles that were edited after somebody got them, the newest edit first; or this one.

    Raises UsageError where not exactly one article is meant.
    """
    only = the_one(db, article).id if article else None
    found = db.read(changed_since_sent.edited, only)
    known = {one.id: one for one in db.read(articles.by_ids, [one.article for one in found])}
    said = db.read(corrections.of_articles, list(known))
    return [
        _amended(known[one.article], one, [c for c in said if c.article == one.article])
        for one in found
    ]


def _amended(article: Article, edited: Edited, said: Iterable[Correction]) -> Amended:
    return Amended(
        article=article,
        editions=edited.editions,
        readers=edited.readers,
        title=changes(edited.title, article.title),
        body=changes(edited.body_text, article.body_text),
        corrections=tuple(said),
    )


def add_correction(db: Database, article: str, note: str, now: datetime) -> Amended:
    """Say that an edit of an article was a correction, and what had been wrong.

    Raises UsageError where not exactly one article is meant, for one that was not edited since
    anybody got it, and for a note that says nothing.
    """
    if not note.strip():
        raise UsageError('say what was wrong: digest corrections add ARTICLE "…"')
    found = the_one(db, article)
    if not db.read(changed_since_sent.edited, found.id):
        raise UsageError(
            f"{found.title} (article {found.id}): nobody got it in other words than it has now;"
            " correct it at its source and take that in first (`digest import`, `digest ingest`)"
        )
    db.write(
        corrections.store_correction, found.id, found.content_hash, " ".join(note.split()), now
    )
    return amended(db, str(found.id))[0]


def newest_correction(db: Database, article: str) -> Correction:
    """The newest correction of an article. Raises UsageError if it has none."""
    found = the_one(db, article)
    said = db.read(corrections.of_articles, [found.id])
    if not said:
        raise UsageError(
            f"{found.title} (article {found.id}) has no correction; `digest corrections add` makes"
            " one"
        )
    return said[-1]


def owed(db: Database, newsletter: Newsletter, correction: Correction) -> int:
    """How many would get a mail about it now: readers of the old text who were not told."""
    debts = db.read(CorrectionRecipients.of, [correction.id], newsletter.slug)
    return sum(db.read(debts.unsaid, correction.id).values())


def freeze_correction(
    db: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    correction: Correction,
    now: datetime,
) -> StoredEdition | None:
    """The mail of a correction, frozen for those who are owed it; None if nobody is.

    One that was begun is gone on with. Raises FaultyError if its message has a hard fault.
    """
    found = db.read(correction_mailings.unfinished_mailing, newsletter.slug, correction.id)
    if found:
        return found
    made = contents(factory, newsletter, correction, now)
    if why := freeze_refusal(factory, made, now):
        raise FaultyError(f"the mail can't go out like this: {why}")
    return db.write(correction_mailings.make_mailing, newsletter.slug, correction.id, made, now)


def contents(
    factory: MessageFactory, newsletter: Newsletter, correction: Correction, at: datetime
) -> Contents:
    """What the mail of a correction is made of: equal for all but for the links of each."""
    mark, say = factory.mark(correction_mailings.mailing_slug(newsletter.slug), at), factory.say
    links = [
        Button(say.choose, f"{factory.web_url}/preferences/{mark}PREFERENCESZ"),
        Button(say.leave, f"{factory.web_url}/unsubscribe/{mark}UNSUBSCRIBEZ"),
    ]
    said = letters.correction(say, factory.publication, newsletter.title, correction, links)
    letter = factory.renderer.letter(said, factory.publication, say)
    entry = StoryEntry(correction.article, letter.subject, 0, 0, "", (), (), 0, 0)
    rendered = RenderedFragments(
        entries=(entry,),
        html=(Fragment("all", letter.html),),
        text=(Fragment("all", letter.text),),
        choice=Choice((StoryForm.LEAD,), correction_flags((correction.id,))),
        words=SubjectLine(letter.subject, ""),
        mark=mark,
    )
    slug = newsletter.slug
    list_headers = ListHeaders(slug, newsletter.title, f"{at:%Y%m%d}-correction:{slug}")
    encoded = encode_fragments(rendered, factory.sender, list_headers)
    nothing = Selection(Window(at, at), (), ())
    return Contents(encoded, nothing, hash_of(encoded), "", corrections=(correction.id,))


async def send_correction(
    post: DeliveryContext,
    newsletters: Iterable[Newsletter],
    correction: Correction,
    *,
    stop: asyncio.Event | None = None,
    done: Callable[[DeliveryState], None] = lambda _: None,
) -> list[tuple[StoredEdition, Tally]]:
    """Mail those who got the old text from these and were not told; what was sent.

    Asked again, it goes on with what is unsent.
    """
    sent: list[tuple[StoredEdition, Tally]] = []
    for newsletter in newsletters:
        now = post.clock()
        kept = await asyncio.to_thread(
            freeze_correction, post.db, post.factory, newsletter, correction, now
        )
        if kept:
            tally = await deliver(post, edition=kept.id, stop=stop, done=done)
            sent.append((kept, tally))
            if tally.trouble or (stop and stop.is_set()):
                break
    return sent
