from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from digest.actions.delivery.send import send
from digest.actions.delivery.status import cancel_edition, pause_edition, resume_edition
from digest.actions.editions.explain import explain
from digest.actions.editions.plan import plan
from digest.actions.editions.preview import NothingToShowError, preview
from digest.actions.editions.publish import moment_to_publish, publish
from digest.core.editions.edition import EditionState
from digest.core.message.compose import EncodedVariant
from digest.core.message.encoded_edition import standard
from digest.errors import DigestError, UsageError
from digest.store.articles import articles
from digest.store.editions import editions
from digest.store.message import encoded_editions
from tests.builders import MONDAY, a_newsletter, some_rules
from tests.smtp_server import SmtpServer
from tests.stock import enrol, keep_article, states

WEEK = timedelta(days=7)


def test_an_edition_is_made_once_for_a_moment(db, factory):
    keep_article(db)

    first = publish(db, factory, a_newsletter(), MONDAY, MONDAY)
    again = publish(db, factory, a_newsletter(), MONDAY, MONDAY + timedelta(hours=1))

    assert first.made
    assert not again.made
    assert first.edition.id == again.edition.id
    assert first.edition.subject == "The tide gauge that never sleeps"


def test_the_next_edition_holds_only_what_is_new(db, factory):
    keep_article(db, "The first")
    publish(db, factory, a_newsletter(), MONDAY, MONDAY)
    keep_article(db, "The second", published=MONDAY + timedelta(days=1))

    drawn = plan(db, a_newsletter(), MONDAY + WEEK)

    assert [pick.article.title for pick in drawn.selection.picks] == ["The second"]
    assert [left.why for left in drawn.selection.leftouts] == ["an earlier edition had it"]


def test_nothing_new_makes_no_mail(db, factory):
    keep_article(db)
    publish(db, factory, a_newsletter(), MONDAY, MONDAY)

    held = publish(db, factory, a_newsletter(), MONDAY + WEEK, MONDAY + WEEK)

    assert held.edition.state is EditionState.HELD
    assert held.edition.why == "nothing new: every recent article was left out"


def test_too_few_articles_are_held_until_there_are_enough(db, factory):
    newsletter = a_newsletter(rules=some_rules(min_articles=2))
    keep_article(db, "The first")

    held = publish(db, factory, newsletter, MONDAY, MONDAY)
    keep_article(db, "The second")
    made = publish(db, factory, newsletter, MONDAY, MONDAY)

    assert held.edition.why == "only 1 of at least 2 articles (min_articles)"
    assert made.edition.state is EditionState.FROZEN


def test_a_frozen_edition_does_not_change_with_its_articles(db, factory):
    keep_article(db)
    kept = publish(db, factory, a_newsletter(), MONDAY, MONDAY).edition
    before = db.read(encoded_editions.encoded_edition, kept.id)

    keep_article(db, body_text="Rewritten.", summary="Quite another story.")
    publish(db, factory, a_newsletter(), MONDAY, MONDAY)

    assert db.read(encoded_editions.encoded_edition, kept.id) == before


def test_the_preview_is_what_will_be_frozen(db, factory):
    keep_article(db)
    before = preview(db, factory, a_newsletter(), MONDAY, MONDAY).envelope

    publish(db, factory, a_newsletter(), MONDAY, MONDAY)
    after = preview(db, factory, a_newsletter(), MONDAY, MONDAY).envelope

    def body(envelope):
        return envelope.message.partition(b"MIME-Version")[2]

    assert body(before) == body(after)
    assert states(db) == {}


def test_a_preview_as_a_reader_has_that_readers_link(db, factory):
    keep_article(db)
    enrol(db, "ada@reader.example")

    shown = preview(db, factory, a_newsletter(), MONDAY, MONDAY, reader="ADA@reader.example")
    own = factory.recipient(
        edition=0, delivery=0, subscription=1, email="ada@reader.example", name=""
    )

    assert shown.envelope.rcpt_to == "ada@reader.example"
    assert own.unsubscribe.encode() in shown.envelope.message


def test_a_preview_for_somebody_else_unsubscribes_nobody(db, factory):
    keep_article(db)
    enrol(db, "ada@reader.example")

    shown = preview(
        db, factory, a_newsletter(), MONDAY, MONDAY, reader="ada@reader.example", to="me@x.example"
    )
    message = message_from_bytes(shown.envelope.message, policy=policy.default)

    assert message["To"] == "me@x.example"
    assert "/unsubscribe/0." in message["List-Unsubscribe"]


def test_a_preview_of_nothing_says_why(db, factory):
    with pytest.raises(NothingToShowError, match="no article was published in the last 14 days"):
        preview(db, factory, a_newsletter(), MONDAY, MONDAY)


def test_a_preview_as_a_stranger_is_refused(db, factory):
    keep_article(db)
    with pytest.raises(UsageError, match="no such subscriber"):
        preview(db, factory, a_newsletter(), MONDAY, MONDAY, reader="who@reader.example")


def test_planning_writes_nothing(db):
    keep_article(db)
    before = db.path.read_bytes()

    plan(db, a_newsletter(), MONDAY)

    assert db.path.read_bytes() == before
    assert db.read(editions.newest_editions) == []


async def test_a_second_send_of_the_same_edition_sends_nothing(db, factory, post):
    keep_article(db)
    enrol(db, "ada@reader.example", "ben@reader.example")

    async with SmtpServer() as server:
        first = await send(post(server), a_newsletter(), MONDAY)
        again = await send(post(server), a_newsletter(), MONDAY)

    assert (first.sent, first.audience) == (2, 2)
    assert (again.sent, again.audience, again.edition) == (0, 2, first.edition)
    assert len(server.messages) == 2


async def test_without_a_moment_an_unfinished_edition_goes_on(db, factory, post):
    keep_article(db)
    enrol(db, "ada@reader.example")
    kept = publish(db, factory, a_newsletter(), MONDAY, MONDAY).edition
    later = MONDAY + timedelta(hours=3)

    assert moment_to_publish(db, a_newsletter(), None, later) == MONDAY
    async with SmtpServer() as server:
        sent = await send(
            post(server), a_newsletter(), moment_to_publish(db, a_newsletter(), None, later)
        )

    assert (sent.edition, sent.sent) == (kept.id, 1)
    assert moment_to_publish(db, a_newsletter(), None, later) == later


async def test_a_paused_edition_is_not_sent_until_it_is_resumed(db, factory, post):
    keep_article(db)
    enrol(db, "ada@reader.example")
    kept = publish(db, factory, a_newsletter(), MONDAY, MONDAY).edition
    pause_edition(db, kept.id, MONDAY)

    async with SmtpServer() as server:
        with pytest.raises(DigestError, match=f"is paused.*digest resume {kept.id}"):
            await send(post(server), a_newsletter(), MONDAY)
        resume_edition(db, kept.id, MONDAY)
        sent = await send(post(server), a_newsletter(), MONDAY)

    assert sent.sent == 1


def test_a_cancelled_edition_that_nobody_got_frees_its_articles(db, factory):
    article = keep_article(db)
    enrol(db, "ada@reader.example")
    kept = publish(db, factory, a_newsletter(), MONDAY, MONDAY).edition

    assert cancel_edition(db, kept.id, MONDAY) == 1

    assert states(db) == {"ada@reader.example": "skipped"}
    assert db.read(articles.seen, "weekly") == frozenset()
    made = publish(db, factory, a_newsletter(), MONDAY + timedelta(hours=1), MONDAY)
    assert made.edition.subject == article.title
    with pytest.raises(UsageError, match=f"edition {kept.id} is cancelled"):
        resume_edition(db, kept.id, MONDAY)


def test_every_article_has_its_reason(db, factory):
    keep_article(db, "The tide gauge")
    keep_article(db, "An old embassy", published=MONDAY - timedelta(days=30))
    publish(db, factory, a_newsletter(), MONDAY, MONDAY)

    (gauge,) = explain(db, a_newsletter(), "tide GAUGE", MONDAY + WEEK)
    (old,) = explain(db, a_newsletter(), "2", MONDAY)

    assert (gauge.inside, gauge.why) == (False, "an earlier edition had it")
    assert [(past.taken, past.why) for past in gauge.history] == [
        (True, "no topic rule matches it")
    ]
    assert old.why.startswith("older than the lookback")
    with pytest.raises(UsageError, match="no article has 'zeppelin'"):
        explain(db, a_newsletter(), "zeppelin", MONDAY)


def test_an_unknown_edition_is_named_with_the_newest_one(db, factory):
    with pytest.raises(UsageError, match="there is no edition 7; there is none yet"):
        pause_edition(db, 7, MONDAY)


def test_the_same_edition_gives_the_same_bytes_for_the_same_reader(db, factory):
    keep_article(db)
    kept = publish(db, factory, a_newsletter(), MONDAY, MONDAY).edition
    recipient = factory.recipient(
        edition=kept.id, delivery=1, subscription=1, email="ada@reader.example", name="Ada"
    )

    def message():
        encoded = db.read(encoded_editions.encoded_edition, kept.id)
        variant = EncodedVariant(standard(encoded))
        return factory.message(variant, recipient, MONDAY).message

    assert message() == message()


def test_the_plan_of_a_moment_that_has_an_edition_is_that_edition(db, factory):
    keep_article(db, "The first")
    keep_article(db, "Too old", published=MONDAY - timedelta(days=13))
    newsletter = a_newsletter(rules=some_rules(max_articles=1))
    before = plan(db, newsletter, MONDAY)
    enrol(db, "ada@reader.example")
    kept = publish(db, factory, newsletter, MONDAY, MONDAY).edition
    enrol(db, "ben@reader.example")

    after = plan(db, newsletter, MONDAY)

    assert after.kept == kept
    assert after.selection == before.selection
    assert after.edition == before.edition
    assert after.audience == 1


def test_an_article_that_came_too_late_for_an_edition_is_explained(db, factory):
    keep_article(db, "The first")
    kept = publish(db, factory, a_newsletter(), MONDAY, MONDAY).edition
    keep_article(db, "The latecomer")

    (late,) = explain(db, a_newsletter(), "latecomer", MONDAY)
    (first,) = explain(db, a_newsletter(), "first", MONDAY)

    assert (late.edition, late.inside) == (kept.id, False)
    assert late.why == "it came in after that edition was made"
    assert (first.edition, first.inside) == (kept.id, True)


def test_editions_of_many_moments_at_once_share_the_articles_and_none_has_one_twice(db, factory):
    for n in range(6):
        keep_article(db, f"Story {n}", authors=(f"Author {n}",))
    moments = [MONDAY + timedelta(minutes=n) for n in range(8)]
    now = moments[-1]

    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda at: publish(db, factory, a_newsletter(), at, now).edition, moments)
        )

    states = Counter(edition.state for edition in made)
    assert states == {EditionState.FROZEN: 1, EditionState.HELD: 7}
    taken = [choice for one in made for choice in db.read(editions.choices, one.id) if choice[1]]
    assert len({article for article, *_ in taken}) == len(taken) == 6
