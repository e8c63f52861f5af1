"""Corrections: told once to each reader who got the old text, and never to others."""

import asyncio
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import text

from digest.actions.delivery.deliver import deliver
from digest.actions.editions.explain_reader import explain_reader, reader_of
from digest.actions.editions.plan import plan
from digest.actions.editions.preview import preview
from digest.actions.editions.publish import publish
from digest.actions.readers.subscribe import remove_subscriber
from digest.actions.transactional import corrections
from digest.core.articles.correction import TextChange, changes, correction_flags, corrections_of
from digest.core.editions.edition import EditionState
from digest.errors import UsageError
from digest.store.editions import archive, editions
from tests.actions.editions.test_explain_reader import ADA, BO, CY, WEEKLY, enrol
from tests.builders import MONDAY
from tests.sending import parts
from tests.smtp_server import SmtpServer
from tests.stock import keep_article

WEEK = timedelta(days=7)
NOTE = "The embassy has four floors, not five."
OLD, NEW = "The embassy has five floors.", "The embassy has four floors."


def keep(db, said, title="The embassy", at=MONDAY, **more):
    return keep_article(
        db,
        title,
        body_text=said,
        body_html=f"<p>{said}</p>",
        url=f"https://harbour.example/{title.split()[-1]}",
        published=at - timedelta(days=1),
        **more,
    )


async def send(db, factory, post, clock, at=MONDAY, server=None):
    """Make the edition of a moment and send it; each reader's message, both parts as text."""
    clock.now = at
    publish(db, factory, WEEKLY, at, at)
    return await deliver_all(post)


async def deliver_all(post):
    async with SmtpServer() as server:
        await deliver(post(server))
    return read(server)


def read(server):
    got = {}
    for one in server.messages:
        html, plain = parts(one.message)
        (to,) = one.rcpt_tos
        assert to not in got, f"{to} got it twice"
        got[to] = (plain, html)
    return got


def tells(message):
    plain, html = message
    assert (NOTE in " ".join(plain.split())) == (NOTE in html)
    assert ("CORRECTED SINCE" in plain) == ("Corrected since" in html) == (NOTE in html)
    return NOTE in html


@pytest.fixture
async def sent(db, factory, post, clock):
    """Ada and Cy got the old text; Bo did not choose it, and Dee came later."""
    enrol(db, ADA)
    enrol(db, CY)
    enrol(db, BO, topics=("arts",))
    keep(db, OLD)
    keep(db, "The opera sings.", "The opera")
    return await send(db, factory, post, clock)


def correct(db, clock):
    """Its text is mended a day later, and an editor says what was wrong."""
    clock.pass_(days=1)
    keep(db, NEW)
    return corrections.add_correction(db, "embassy", NOTE, clock())


def next_week(db, title="Next week", at=MONDAY + WEEK, topic="opera"):
    keep(db, f"The {topic} of {title}.", title, at=at)


async def test_those_who_got_the_old_text_are_told_once_and_others_never(
    db, factory, post, clock, sent
):
    correct(db, clock)
    enrol(db, "dee@reader.example", now=clock())
    next_week(db)

    second = await send(db, factory, post, clock, MONDAY + WEEK)
    next_week(db, "A week later", MONDAY + 2 * WEEK)
    third = await send(db, factory, post, clock, MONDAY + 2 * WEEK)

    assert set(sent) == {ADA, BO, CY}
    assert {who for who, message in second.items() if tells(message)} == {ADA, CY}
    assert set(second) == {ADA, BO, CY, "dee@reader.example"}
    assert not any(map(tells, third.values()))
    assert len(third) == 4


async def test_an_edit_that_nobody_called_a_correction_is_listed_and_told_to_nobody(
    db, factory, post, clock, sent
):
    keep(db, NEW)
    next_week(db)

    (listed,) = corrections.amended(db)
    second = await send(db, factory, post, clock, MONDAY + WEEK)

    assert (listed.article.title, listed.editions, listed.readers) == ("The embassy", (1,), 2)
    assert listed.body == (TextChange("five", "four"),)
    assert listed.title == ()
    assert not any(map(tells, second.values()))


async def test_who_got_no_mail_this_time_is_told_with_the_next(db, factory, post, clock, sent):
    correct(db, clock)
    next_week(db)
    clock.now = MONDAY + WEEK
    publish(db, factory, WEEKLY, MONDAY + WEEK, MONDAY + WEEK)
    async with SmtpServer() as server:
        db.write(lambda tx: tx.execute(text(_FAILED), {"who": ADA}))
        await deliver(post(server))
    next_week(db, "A week later", MONDAY + 2 * WEEK)

    third = await send(db, factory, post, clock, MONDAY + 2 * WEEK)

    assert {who for who, message in third.items() if tells(message)} == {ADA}


_FAILED = """UPDATE delivery SET state = 'failed' WHERE edition_id = 2 AND subscriber_id =
 (SELECT id FROM subscriber WHERE email = :who)"""


async def test_the_preview_and_the_plan_say_who_is_told(db, factory, post, clock, sent):
    correct(db, clock)
    next_week(db)
    at = MONDAY + WEEK

    planned = plan(db, WEEKLY, at)
    shares = {who: explain_reader(db, factory, planned, reader_of(db, who)) for who in (ADA, BO)}

    assert planned.edition
    assert [one.note for one in planned.edition.corrections] == [NOTE]
    assert {who: [one.note for one in found.told] for who, found in shares.items() if found} == {
        ADA: [NOTE],
        BO: [],
    }
    drawn = preview(db, factory, WEEKLY, at, at, reader=ADA).envelope.message
    publish(db, factory, WEEKLY, at, at)
    frozen = preview(db, factory, WEEKLY, at, at, reader=ADA).envelope.message
    assert parts(drawn) == parts(frozen)
    assert NOTE in parts(frozen)[0]
    assert preview(db, factory, WEEKLY, at, at, reader=ADA).corrections == 1
    assert NOTE not in parts(preview(db, factory, WEEKLY, at, at, reader=BO).envelope.message)[0]
    assert NOTE not in parts(preview(db, factory, WEEKLY, at, at).envelope.message)[0]


async def test_the_mail_goes_to_exactly_those_who_got_the_old_text(db, factory, post, clock, sent):
    correct(db, clock)
    correction = corrections.newest_correction(db, "embassy")
    assert corrections.owed(db, WEEKLY, correction) == 2

    async with SmtpServer() as server:
        ((kept, _),) = await corrections.send_correction(post(server), [WEEKLY], correction)
        assert await corrections.send_correction(post(server), [WEEKLY], correction) == []
    got = read(server)

    assert set(got) == {ADA, CY}
    message = message_from_bytes(server.messages[0].message, policy=policy.default)
    assert message["Subject"] == "Correction: The embassy"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = got[ADA]
    assert NOTE in plain
    assert NOTE in html
    assert "https://harbour.example/embassy" in html
    for part in (plain, html):
        assert "NDG" not in part
        assert "/preferences/1." in part
    assert db.read(editions.by_id, kept.id).state is EditionState.SENT

    next_week(db)
    second = await send(db, factory, post, clock, MONDAY + WEEK)
    assert len(second) == 3
    assert not any(map(tells, second.values()))


async def test_who_left_is_not_mailed_nor_who_may_not_be(db, factory, post, clock, sent):
    correct(db, clock)
    correction = corrections.newest_correction(db, "embassy")
    remove_subscriber(db, CY, clock())

    async with SmtpServer() as server:
        await corrections.send_correction(post(server), [WEEKLY], correction)

    assert set(read(server)) == {ADA}


async def test_who_leaves_between_the_freeze_and_the_claim_is_skipped(
    db, factory, post, clock, sent
):
    correct(db, clock)
    corrections.freeze_correction(
        db, factory, WEEKLY, corrections.newest_correction(db, "embassy"), clock()
    )
    remove_subscriber(db, CY, clock())

    assert set(await deliver_all(post)) == {ADA}


async def test_two_who_send_at_once_mail_nobody_twice(db, factory, post, clock, sent):
    correct(db, clock)
    correction = corrections.newest_correction(db, "embassy")

    async with SmtpServer() as server:
        await asyncio.gather(
            *(corrections.send_correction(post(server), [WEEKLY], correction) for _ in range(3))
        )

    assert set(read(server)) == {ADA, CY}


async def test_a_mail_of_a_correction_is_in_no_archive_and_no_count_of_editions(
    db, factory, post, clock, sent
):
    correct(db, clock)
    async with SmtpServer() as server:
        await corrections.send_correction(
            post(server), [WEEKLY], corrections.newest_correction(db, "embassy")
        )

    assert [one.id for one in db.read(archive.issues)] == [1]
    assert db.read(editions.unfinished_edition, "weekly") is None
    clock.pass_(hours=1)
    assert plan(db, WEEKLY, clock()).edition is None  # it had nothing new


async def test_what_was_corrected_before_it_was_sent_is_no_news(db, factory, post, clock):
    enrol(db, ADA)
    keep(db, OLD)
    keep(db, NEW)
    await send(db, factory, post, clock)

    with pytest.raises(UsageError, match="nobody got it in other words than it has now"):
        corrections.add_correction(db, "embassy", NOTE, clock())
    with pytest.raises(UsageError, match="has no correction"):
        corrections.newest_correction(db, "embassy")


async def test_a_typo_mended_after_a_correction_makes_nobody_be_told_again(
    db, factory, post, clock, sent
):
    correct(db, clock)
    next_week(db)
    await send(db, factory, post, clock, MONDAY + WEEK)
    keep(db, NEW + " It is old.")
    next_week(db, "A week later", MONDAY + 2 * WEEK)

    third = await send(db, factory, post, clock, MONDAY + 2 * WEEK)

    assert not any(map(tells, third.values()))


async def test_who_gets_the_right_text_first_is_not_told_that_it_was_wrong(
    db, factory, post, clock, sent
):
    """Bo's choices change, and the piece that Bo missed comes to Bo as it should have been."""
    correct(db, clock)
    enrol(db, "dee@reader.example", now=MONDAY - 2 * WEEK)
    next_week(db)

    second = await send(db, factory, post, clock, MONDAY + WEEK)

    assert not tells(second["dee@reader.example"])


def test_changes_are_short_and_in_words():
    assert changes("a b c", "a b c") == ()
    assert changes("five floors high", "four floors high") == (TextChange("five", "four"),)
    assert changes("", "new words") == (TextChange("", "new words"),)
    (long,) = changes("", " ".join(map(str, range(40))))
    assert long.after.endswith("11 …")
    assert len(changes(" ".join("ab" * 40), " ".join("cb" * 40))) == 5


def test_what_a_choice_tells_of_is_read_from_its_code():
    assert correction_flags(()) == ()
    assert corrections_of("+".join(("Lcc-", *sorted((*correction_flags((3, 12)), "open"))))) == {
        3,
        12,
    }
    assert corrections_of("Lcc-+open+pitch") == frozenset()


async def test_who_may_have_got_it_is_told_too_and_who_surely_did_not_is_not(
    db, factory, post, clock, sent
):
    """Uncertain counts as got; what failed or was never sent does not."""
    db.write(lambda tx: tx.execute(text(_BECAME), {"state": "uncertain", "who": ADA}))
    db.write(lambda tx: tx.execute(text(_BECAME), {"state": "failed", "who": CY}))
    correct(db, clock)

    async with SmtpServer() as server:
        await corrections.send_correction(
            post(server), [WEEKLY], corrections.newest_correction(db, "embassy")
        )

    assert set(read(server)) == {ADA}


_BECAME = """UPDATE delivery SET state = :state WHERE edition_id = 1 AND subscriber_id =
 (SELECT id FROM subscriber WHERE email = :who)"""


async def test_two_corrections_are_told_each_to_its_own_readers(db, factory, post, clock, sent):
    correct(db, clock)
    keep(db, "The opera sings in German.", "The opera")
    corrections.add_correction(db, "The opera", "It sings in German.", clock())
    next_week(db)

    second = await send(db, factory, post, clock, MONDAY + WEEK)

    assert {who: "It sings in German." in plain for who, (plain, _) in second.items()} == {
        ADA: True,
        BO: True,
        CY: True,
    }
    assert {who for who, message in second.items() if NOTE in message[1]} == {ADA, CY}
