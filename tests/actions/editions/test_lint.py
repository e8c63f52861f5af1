"""What is wrong with a message is found before it is frozen."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes

import pytest

from digest.actions.editions.lint import FaultyError, lint_edition, lint_next, samples
from digest.actions.editions.preview import preview
from digest.actions.editions.publish import publish
from digest.actions.editions.publish_due import publish_due
from digest.core.editions.edition import EditionState
from digest.core.transactional.admin_notice import FAULTY
from digest.render.message.edition import Renderer
from digest.store.editions import editions
from digest.store.message import encoded_editions
from digest.store.newsletters import slots
from tests.actions.conftest import TEMPLATES
from tests.builders import MONDAY, a_newsletter
from tests.stock import enrol, keep_article

WEEK = timedelta(weeks=1)


@pytest.fixture
def faulty(factory, tmp_path):
    """A press whose publication wrote a script into its own frame."""
    (tmp_path / "email").mkdir()
    frame = (TEMPLATES / "email" / "_base.html").read_text("utf-8")
    assert "</body>" in frame
    scripted = frame.replace("</body>", "<script>1</script></body>")
    (tmp_path / "email" / "_base.html").write_text(scripted, "utf-8")
    return replace(factory, renderer=Renderer([tmp_path, TEMPLATES]))


@pytest.fixture
def stocked(db):
    """A reader, an article, and a planned slot that is due."""
    enrol(db, "ada@reader.example", now=MONDAY - WEEK)
    keep_article(db)
    db.write(slots.decide, "weekly", MONDAY - WEEK, "skipped", "", planned=True, now=MONDAY)
    return db


def test_a_hard_fault_stops_an_edition_that_is_asked_for(stocked, faulty, factory):
    with pytest.raises(FaultyError) as refused:
        publish(stocked, faulty, a_newsletter(), MONDAY, MONDAY)

    said = str(refused.value)
    assert said == (
        "weekly: can't go out like this: nothing comes from outside or runs [S5];"
        ' found: <script> "1"; take it out. `digest lint` says more'
    )
    assert stocked.read(editions.at_moment, "weekly", MONDAY) is None
    assert publish(stocked, factory, a_newsletter(), MONDAY, MONDAY).made


def test_so_does_one_that_only_a_smaller_message_has(stocked, factory, tmp_path):
    keep_article(stocked, "A word from the quay")
    lead = '{{ cut("lead", story.place) }}'
    script = f"{lead}{{% if story.place %}}<script>1</script>{{% endif %}}"
    ours = changed(factory, tmp_path, "body.html", lead, script)

    with pytest.raises(FaultyError, match="for who gets one story only: nothing comes from"):
        publish(stocked, ours, a_newsletter(), MONDAY, MONDAY)


def changed(factory, tmp_path, part, old, new):
    """A press with a template of its own for one part of an edition."""
    own = tmp_path / "email" / "edition" / part
    own.parent.mkdir(parents=True)
    body = (TEMPLATES / "email" / "edition" / part).read_text("utf-8")
    assert body.count(old) == 1
    own.write_text(body.replace(old, new), "utf-8")
    return replace(factory, renderer=Renderer([tmp_path, TEMPLATES]))


def test_every_form_of_message_is_looked_at(stocked, factory):
    """One that is plain text alone is put together in another way."""
    keep_article(stocked, "A word from the quay")
    made = publish(stocked, factory, a_newsletter(), MONDAY, MONDAY)
    encoded = stocked.read(encoded_editions.encoded_edition, made.edition.id)

    looked = {
        whose: message_from_bytes(message)
        for whose, message in samples(factory, encoded, made.edition.id, MONDAY)
    }

    kinds = {whose: message.get_content_type() for whose, message in looked.items()}
    plain, both = "text/plain", "multipart/alternative"
    assert kinds == {
        "": both,
        "for who gets one story only: ": both,
        "as plain text: ": plain,
        "in short: ": both,
    }
    assert all(message["List-Unsubscribe"] for message in looked.values())


def test_a_short_message_of_a_long_edition_is_no_longer_than_its_readers_get_it(db, factory):
    enrol(db, "ada@reader.example", now=MONDAY - WEEK)
    for number in range(200):
        keep_article(db, f"The {number}th tide gauge {'of the outer harbour ' * 8}")
    rules = replace(a_newsletter().rules, max_articles=200, max_per_author=200, max_per_topic=200)
    newsletter = a_newsletter(rules=rules)
    made = publish(db, factory, newsletter, MONDAY, MONDAY)
    assert made.made
    assert not lint_edition(db, factory, made.edition.id, MONDAY).hard


@pytest.mark.parametrize("kept", [True, False])
def test_a_fault_that_only_a_short_message_has_is_found_and_said_to_be_there(
    stocked, factory, tmp_path, kept
):
    keep_article(stocked, "A word from the quay")
    title = 'story.place, "title", *end) }}<tr><td{{ cell }} class="story">'
    small = '<p style="font-size:9px">Hm</p>'
    ours = changed(factory, tmp_path, "_parts.html", title, title + small)
    if kept:
        publish(stocked, ours, a_newsletter(), MONDAY, MONDAY)
        linted = lint_edition(stocked, ours, 1, MONDAY)
    else:
        linted = lint_next(stocked, ours, a_newsletter(), MONDAY, MONDAY)

    assert [one.where for one in linted.findings if one.id == "A8"] == ['in short: <p> "Hm"']


def test_a_hard_fault_holds_a_planned_edition_and_says_why(stocked, faulty, factory):
    (event,) = publish_due(stocked, faulty, [a_newsletter()], MONDAY)

    assert event.what == EditionState.HELD
    assert event.why.startswith(f"{FAULTY}nothing comes from outside or runs")
    kept = stocked.read(editions.at_moment, "weekly", MONDAY)
    assert kept is not None
    assert (kept.state, kept.why) == (EditionState.HELD, event.why)
    mended = publish(stocked, factory, a_newsletter(), MONDAY, MONDAY)
    assert (mended.made, mended.edition.state) == (True, EditionState.FROZEN)


def test_a_preview_shows_what_is_wrong(stocked, faulty):
    found = preview(stocked, faulty, a_newsletter(), MONDAY, MONDAY).findings

    assert [finding.id for finding in found if finding.hard] == ["S5"]


def test_warnings_stop_nothing(stocked, factory):
    wordy = a_newsletter(subject="{{ lead.title }}" + ", and so on" * 7)

    assert [f.id for f in lint_next(stocked, factory, wordy, MONDAY, MONDAY).findings] == ["H3"]
    made = publish(stocked, factory, wordy, MONDAY, MONDAY)
    linted = lint_edition(stocked, factory, made.edition.id, MONDAY)

    assert made.made
    assert [(f.id, f.where) for f in linted.findings] == [("H3", "109 characters")]
    assert not linted.hard
