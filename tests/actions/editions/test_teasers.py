"""Pieces for subscribers: nobody else gets more of them than a few words, by any way."""

import html
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from digest.actions.editions.explain_reader import explain_reader, reader_of
from digest.actions.editions.plan import plan
from digest.actions.editions.preview import preview
from digest.actions.editions.publish import publish
from digest.actions.transactional.letters import send_welcome_letter
from digest.core.articles.article import Access, Related
from digest.core.articles.teaser import MAX_TEASER_CHARS, teaser
from digest.core.editions.edition import EditionState
from digest.core.message.encoded_edition import Scale, join_fragments, public, standard
from digest.store.editions import editions
from digest.store.message import encoded_editions
from digest.store.readers.bulk_subscribe import enrol_all
from tests.builders import MONDAY, a_newsletter, an_article
from tests.examples import examples
from tests.smtp_server import SmtpServer
from tests.stock import a_reader, keep_article, new_store

ADA, BO = "ada@reader.example", "bo@reader.example"
WEEKLY = a_newsletter(
    intro="{{ lead.summary }} {{ edition.lead.body_text }}",
    preheader="{% for s in sections %}{% for one in s.stories %}{{ one.summary }} {% endfor %}"
    "{% endfor %}{{ lead.summary }}",
)
SECRETS = tuple(f"Sentence number {n} tells what only the payers know." for n in range(12))
BODY = " ".join(SECRETS)


def enrol(db):
    readers = [a_reader(ADA), a_reader(BO, tier="Subscriber")]
    db.write(enrol_all, readers, ["weekly"], MONDAY - timedelta(days=30))


def keep(db, title, text=BODY, access=Access.SUBSCRIBERS, **more):
    more = {
        "published": MONDAY - timedelta(days=1),
        "url": f"https://harbour.example/{title}",
    } | more
    return keep_article(
        db,
        title,
        body_text=text,
        body_html=f"<p>{text}</p>",
        access=access,
        related=(Related("What only payers read on", "https://harbour.example/further"),),
        audio_url="https://harbour.example/read-aloud.mp3",
        **more,
    )


def read(message):
    """Every word that a message has, both parts and its header, decoded."""
    whole = message_from_bytes(message, policy=policy.default)
    parts = [part.get_content() for part in whole.iter_parts()]
    words = " ".join((str(whole["Subject"]), *parts, html.unescape(parts[1])))
    return " ".join(words.split()), parts


def withheld(article):
    """The sentences that a teaser of it doesn't begin."""
    told = teaser(article).summary
    return [one for one in SECRETS if one in article.body_text and one not in told]


def of(db, factory, reader):
    message = preview(db, factory, WEEKLY, MONDAY, MONDAY, reader=reader).envelope.message
    return read(message)


def test_a_subscriber_gets_the_piece_and_others_a_few_words_of_it(db, factory):
    enrol(db)
    piece = keep(db, "salt")

    free, (plain, markup) = of(db, factory, ADA)
    paid, _ = of(db, factory, BO)

    assert withheld(piece)
    assert not [one for one in withheld(piece) if one in free]
    assert "salt" in plain
    assert "For subscribers" in plain
    assert "For subscribers" in markup
    assert plain.count("https://harbour.example\r\n") == 2  # to become one; and in the footer
    assert 'href="https://harbour.example"' in markup
    for lost in ("https://harbour.example/salt", "further", "read-aloud", "payers read on"):
        assert lost not in free
        assert lost in paid
    assert SECRETS[1] in paid
    assert "For subscribers" not in paid


def test_what_everybody_may_read_stays_as_it_was(db, factory):
    enrol(db)
    keep(db, "salt", access=Access.EVERYONE)
    assert of(db, factory, ADA)[0].count(SECRETS[1]) == of(db, factory, BO)[0].count(SECRETS[1]) > 0
    published = publish(db, factory, WEEKLY, MONDAY, MONDAY).edition
    assert db.read(encoded_editions.standard_variant, published.id).choice.flags == ()


titles = st.sampled_from(["salt", "tide", "pier", "wharf", "crane"])


@settings(
    max_examples=examples(6),
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # an edition takes half a second: no shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.dictionaries(titles, st.tuples(st.booleans(), st.integers(1, 12)), min_size=1))
def test_no_withheld_sentence_is_in_any_byte_that_a_free_reader_can_get(factory, pieces):
    with TemporaryDirectory() as folder:
        db = new_store(Path(folder))
        enrol(db)
        kept = []
        for number, (title, (locked, length)) in enumerate(pieces.items()):
            text = " ".join(_said(title, n) for n in range(length))
            access = Access.SUBSCRIBERS if locked else Access.EVERYONE
            url = f"https://harbour.example/{title}" if number % 2 else ""
            kept.append(keep(db, title, text, access, url=url, authors=(f"Writer {title}",)))
        made = publish(db, factory, WEEKLY, MONDAY, MONDAY).edition
        sent, _ = of(db, factory, ADA)
        encoded = db.read(encoded_editions.encoded_edition, made.id)
        web = " ".join(html.unescape(public(encoded)).split())
        shown = " ".join((sent, web, made.subject, made.preheader))
        for piece in kept:
            if piece.access is Access.SUBSCRIBERS:
                told = teaser(piece).summary
                said = (_said(piece.title, n) for n in range(12))
                assert not [one for one in said if one in shown and one not in told]
        paid, _ = of(db, factory, BO)
        assert all(_said(one.title, 0) in paid for one in kept)
        db.close()


def _said(title, number):
    """A sentence that is nowhere else, and like no other."""
    return f"{title} {number} " + " ".join(f"{title}{word}" for word in ("tells", "all", "else."))


def test_the_archive_and_the_edition_of_nobody_have_the_teaser(db, factory):
    enrol(db)
    piece = keep(db, "salt")
    made = publish(db, factory, WEEKLY, MONDAY, MONDAY).edition
    encoded = db.read(encoded_editions.encoded_edition, made.id)
    nobody = preview(db, factory, WEEKLY, MONDAY, MONDAY).envelope.message

    for shown in (public(encoded), read(nobody)[0]):
        assert "For subscribers" in shown
        assert not [one for one in withheld(piece) if one in " ".join(shown.split())]
    assert standard(encoded) == join_fragments(encoded, encoded.choice, encoded.words)


async def test_the_welcome_has_the_teaser(db, factory, post):
    enrol(db)
    piece = keep(db, "salt")
    made = publish(db, factory, WEEKLY, MONDAY, MONDAY).edition
    db.write(editions.move, made.id, list(EditionState), EditionState.SENT, "", MONDAY)

    async with SmtpServer() as server:
        await send_welcome_letter(post(server), ADA, WEEKLY, 1)

    (received,) = server.messages
    said, _ = read(received.message)
    assert "salt" in said
    assert not [one for one in withheld(piece) if one in said]


def test_it_is_said_that_a_reader_gets_a_teaser(db, factory):
    enrol(db)
    keep(db, "salt")
    planned = plan(db, WEEKLY, MONDAY)

    shown = {who: explain_reader(db, factory, planned, reader_of(db, who)) for who in (ADA, BO)}
    reasons = {who: found.stories[0][2] for who, found in shown.items() if found}

    assert reasons[ADA].endswith("; but a few lines of it: it is for subscribers")
    assert reasons[BO] == "for everybody who made no choice"
    counts = [preview(db, factory, WEEKLY, MONDAY, MONDAY, reader=who).teasers for who in (ADA, BO)]
    assert counts == [1, 0]


@pytest.mark.parametrize("text", ["Short.", "Two words of it. And two more.", BODY, ""])
def test_a_teaser_is_never_most_of_an_article(text):
    told = teaser(an_article(body_text=text, summary=text[:240])).summary
    assert len(told) <= min(MAX_TEASER_CHARS, len(text) / 3)


def test_a_teaser_weighs_what_it_is_when_a_message_has_to_shrink(db, factory):
    """Large whole pieces shrink for who gets them, and not for who gets teasers."""
    enrol(db)
    related = tuple(Related("A long related title " * 20, "") for _ in range(3))
    for n in range(48):
        piece = f"piece {n}"
        text = " ".join(_said(f"piece{n}", one) for one in range(20))
        keep_article(
            db,
            piece,
            body_text=text,
            body_html=f"<p>{text}</p>",
            access=Access.SUBSCRIBERS,
            related=related,
            url=f"https://harbour.example/{n}",
            authors=(f"Author {n}",),
            published=MONDAY - timedelta(days=1),
        )
    long = a_newsletter(rules=_room_for(48))
    made = publish(db, factory, long, MONDAY, MONDAY).edition
    encoded = db.read(encoded_editions.encoded_edition, made.id)
    scale = Scale(encoded)

    for subscription in (1, 2):
        variant, _ = db.read(encoded_editions.delivered, made.id, subscription)
        wire = join_fragments(encoded, variant.choice, variant.words)
        assert scale.weigh(variant.choice, variant.words) <= 90_000
        assert len(variant.choice.places) == 48
        assert wire.html
    free, paid = (db.read(encoded_editions.delivered, made.id, n)[0].choice for n in (1, 2))
    assert free.code.count("c") > paid.code.partition("+")[0].count("c")


def _room_for(count):
    from tests.builders import some_rules

    return some_rules(max_articles=count, max_per_topic=count, max_per_author=count)
