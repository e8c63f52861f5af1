"""`digest edit`: a draft is changed story by story, and nothing else is."""

import io
import json
import sys

import pytest

from tests.cli.editions.conftest import AT, FRIDAY, MONDAY, SATURDAY, sent, titles

LIST = ("edit", "weekly", "--list", "--json")


@pytest.fixture
def number(digest):
    """The number of each article, by its slug."""
    listed = digest("articles", "--json").answer
    rows = listed["articles"] if isinstance(listed, dict) else listed
    return {row["title"].split()[1].strip(",").lower(): row["id"] for row in rows}


@pytest.fixture
def draft(weekly, at, number):
    """A draft of Friday evening; the number of each of its articles."""
    assert at(FRIDAY, "draft", "weekly").code == 0
    return number


def order(at):
    return titles(at(SATURDAY, *LIST))


def test_a_story_is_dropped_pinned_led_moved_and_retitled(draft, at, home):
    before = order(at)
    assert before[0] == "The ferry"

    at(SATURDAY, "edit", "weekly", "--lead", draft["mill"])
    assert order(at)[0] == "The mill"
    at(SATURDAY, "edit", "weekly", "--drop", draft["tram"])
    assert "The tram" not in order(at)
    at(SATURDAY, "edit", "weekly", "--move", draft["pool"], "1")
    assert order(at)[1] == "The pool"
    at(SATURDAY, "edit", "weekly", "--pin", draft["ferry"])
    assert order(at)[1] == "The ferry"
    at(SATURDAY, "edit", "weekly", "--title", draft["mill"], "Flour at last")
    at(SATURDAY, "edit", "weekly", "--summary", draft["mill"], "It is sold out.")
    at(SATURDAY, "edit", "weekly", "--note", draft["pool"], "More on this next week.")
    at(SATURDAY, "edit", "weekly", "--intro", "Good morning.", "--subject", "Flour & more")
    at(SATURDAY, "edit", "weekly", "--form", draft["ferry"], "title")
    preview = at(SATURDAY, "preview", "weekly", "--out", home / "look")
    assert preview.code == 0

    assert at(SATURDAY, "publish", "weekly").code == 0
    assert at(MONDAY, "deliver").out == "2 sent\n"

    (one, _) = sent(home).values()
    assert one.startswith("Flour & more\n")
    for said in ("Good morning.", "Flour at last", "It is sold out.", "More on this next week."):
        assert said in one, said
    assert "The tram" not in one
    assert "The line goes to the other shore" not in one
    assert (home / "look" / "message.txt").read_text().split("Unsubscribe")[0].split() == (
        one.partition("\n")[2].split("Unsubscribe")[0].split()
    ) or "More on this next week." in (home / "look" / "message.txt").read_text()
    assert "The mill" in at(MONDAY, "articles").out  # the article itself is as it was


def test_every_edit_has_a_name_and_a_time_and_can_be_undone(draft, at):
    at(FRIDAY, "edit", "weekly", "--drop", draft["tram"])
    at(SATURDAY, "edit", "weekly", "--title", draft["pool"], "Water")

    edits = at(SATURDAY, *LIST).answer["edits"]
    assert [(one["number"], one["kind"]) for one in edits] == [(1, "drop"), (2, "title")]
    assert all(one["by"] for one in edits)
    assert edits[0]["at"] == "2026-03-06T18:00:00+01:00"

    assert "Edit 1 is undone." in at(SATURDAY, "edit", "weekly", "--undo", "1").out
    assert {"The tram", "Water"} <= set(order(at))
    again = at(SATURDAY, "edit", "weekly", "--undo", "1")
    assert (again.code, "has no edit 1; it has 2" in again.err) == (2, True)


def test_edits_survive_a_redraw_or_are_named(draft, at, week, digest):
    at(FRIDAY, "edit", "weekly", "--drop", draft["tram"])
    at(FRIDAY, "edit", "weekly", "--title", draft["pool"], "Water")
    at(FRIDAY, "edit", "weekly", "--note", draft["mill"], "Sold out.")
    week(ferry="The ferry that floats", tram="The tram", pool="The pool", mill="The mill")
    digest("articles", "hide", draft["mill"])

    redrawn = at(SATURDAY, "draft", "weekly", "--redraw")

    assert "1 story changed, 1 story would no longer be in it since Friday 18:00" in redrawn.out
    assert f"This edit fits no more: note article {draft['mill']}: Sold out." in redrawn.out
    assert set(order(at)) == {"The ferry that floats", "Water"}


def test_what_an_editor_changed_is_no_change_since(draft, at):
    at(SATURDAY, "edit", "weekly", "--drop", draft["tram"], "--intro", "Hello.")

    assert "changed" not in at(SATURDAY, "draft", "weekly").out
    assert at(SATURDAY, "publish", "weekly").code == 0


def test_an_article_that_was_left_out_is_brought_in(draft, at, home, digest):
    (home / "old.md").write_text(
        "---\ntitle: An old story\nurl: https://harbour.example/old\ndate: 2025-01-01\n---\n\n"
        "The lighthouse was painted red and white by two brothers, who had never seen the sea.\n"
    )
    digest("import", "old.md")

    at(SATURDAY, "edit", "weekly", "--bring", "old story")

    assert order(at)[-1] == "An old story"
    assert at(SATURDAY, "draft", "weekly", "--redraw").code == 0
    assert order(at)[-1] == "An old story"
    assert at(SATURDAY, "publish", "weekly").code == 0
    assert at(MONDAY, "deliver").out == "2 sent\n"
    assert "An old story" in next(iter(sent(home).values()))
    again = at(MONDAY, "draft", "weekly", "--at", "2026-03-16T07:30")
    assert "nothing new" in again.out


def test_an_edited_draft_has_to_be_approved_again(draft, at, home):
    at(FRIDAY, "publish", "weekly")
    at(SATURDAY, "edit", "weekly", "--drop", draft["tram"])

    assert at(SATURDAY, *LIST).answer["approved"] is None
    assert at(MONDAY, "deliver").out == "Nothing is due.\n"
    assert at(MONDAY, "publish", "weekly").code == 0
    assert at(MONDAY, "deliver").out == "2 sent\n"


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--drop", "99"), "article 99 is not in the draft"),
        (("--bring", "99"), "there is no article 99"),
        (("--move", "{pool}", "sports"), "there is no topic sports"),
        (("--move", "{pool}", "1:x"), "say SECTION, SECTION:PLACE or PLACE"),
        (("--move", "{pool}", "0"), "places are counted from 1"),
        (("--form", "{pool}", "tiny"), "tiny is no form; it is one of full, short, title"),
        (("--title", "{pool}", "x" * 5000), "the title has 5,000 characters; at most 300"),
        (("--title", "{pool}", " "), "a title needs a word"),
        (("--intro", "{{ lead.titel }}"), "intro"),
        (("--intro", "{% if %}"), "intro"),
        (("--undo", "7"), "has no edit 7; it has none"),
    ],
)
def test_what_can_not_be_done_is_told_and_changes_nothing(draft, at, words, said):
    before = at(SATURDAY, *LIST).answer

    filled = [word.replace("{pool}", str(draft["pool"])) for word in words]
    ended = at(SATURDAY, "edit", "weekly", *filled)

    assert ended.code in {1, 2}
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert at(SATURDAY, *LIST).answer == before


def test_the_last_story_can_not_be_dropped(draft, at):
    names = ("tram", "pool", "mill", "ferry")
    for name in names[:3]:
        assert at(SATURDAY, "edit", "weekly", "--drop", draft[name]).code == 0
    last = at(SATURDAY, "edit", "weekly", "--drop", draft["ferry"])
    assert "it is the only new story; an edition needs one" in last.err


def test_what_is_frozen_is_no_draft(draft, at):
    at(SATURDAY, "publish", "weekly", "--now", "--yes")

    ended = at(SATURDAY, "edit", "weekly", "--drop", draft["tram"])

    assert (ended.code, "weekly has no draft" in ended.err) == (2, True)


def test_without_a_terminal_it_says_what_to_do(draft, at):
    assert "say what to change, such as --drop 12" in at(SATURDAY, "edit", "weekly").err
    assert json.loads(at(SATURDAY, *LIST).out)["revision"] == 1


def test_another_newsletter_knows_no_draft(draft, at):
    assert (
        "weekly has no draft for this moment"
        in at(SATURDAY, "edit", "weekly", "--at", "2026-03-16T07:30", "--list").err
    )
    assert AT


# ---------------------------------------------------------------- in an editor


@pytest.fixture
def editor(home, monkeypatch):
    """A function that makes an editor which replaces text, or does something before."""

    class Typing(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Typing())

    def made(old, new, first=""):
        script = home / "editor.py"
        script.write_text(
            "import pathlib, subprocess, sys\n"
            f"subprocess.run({first!r}, shell=True, check=True)\n"
            * bool(first)
            + "import pathlib, sys\n"
            "path = pathlib.Path(sys.argv[1])\n"
            f"text = path.read_text('utf-8')\nassert {old!r} in text\n"
            f"path.write_text(text.replace({old!r}, {new!r}, 1), 'utf-8')\n"
        )
        monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")

    return made


def test_the_whole_draft_is_changed_in_an_editor(draft, at, editor):
    editor('intro = ""', 'intro = "Good morning."')
    assert "intro: Good morning." in at(SATURDAY, "edit", "weekly").out

    editor('title = "The tram"', 'title = "No tram"')
    assert f"title article {draft['tram']}: No tram" in at(SATURDAY, "edit", "weekly").out
    assert "No tram" in order(at)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("intro = Good", "this is no TOML: "),
        ('intro = "{{ nothing }}"', "intro"),
        ('intro = "x"\ncolour = "red"', "colour means nothing here"),
    ],
)
def test_what_was_written_and_can_not_be_used_is_kept(draft, at, editor, home, new, said):
    editor('intro = ""', new)

    ended = at(SATURDAY, "edit", "weekly")

    assert (ended.code, said in ended.err) == (2, True), ended.err
    assert "What you wrote is in " in ended.err
    assert new in (home / "draft-1.toml").read_text("utf-8")
