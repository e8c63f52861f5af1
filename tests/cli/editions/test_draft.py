"""`digest draft`: what was approved is what goes, at its moment."""

import pytest

from tests.cli.editions.conftest import AT, FRIDAY, MONDAY, SATURDAY, sent
from tests.publications import found

# ---------------------------------------------------------------- a draft stays what it is


def test_what_changed_since_is_named_everywhere_and_goes_only_by_somebodys_word(
    weekly, week, at, home
):
    assert at(FRIDAY, "draft", "weekly").code == 0
    week(ferry="The ferry", tram="The tram that waits", pool="The pool", mill="The mill, again")
    found(
        home,
        (home / "digest.db").read_bytes(),
        newsletter='approval = "required"\nintro = "Hello."',
    )

    named = "2 stories and the intro changed since Friday 18:00"
    plan = at(SATURDAY, "plan", "weekly", *AT)
    refused = at(SATURDAY, "publish", "weekly", *AT)

    assert named in plan.out
    assert "  The tram (article 4): title; now “The tram that waits”\n" in plan.out
    assert "The tram that waits" not in plan.out.split("2 stories")[0]
    assert named in at(SATURDAY, "draft", "weekly").out
    assert (refused.code, named in refused.err) == (2, True)
    assert "`digest draft weekly --redraw`" in refused.err
    assert "--as-is" in refused.err

    dry = at(SATURDAY, "send", "weekly", *AT, "--dry-run")
    assert "  The tram\n" in dry.out
    assert named in dry.out
    explained = at(SATURDAY, "explain", "weekly", "4", *AT)
    assert named in explained.out


@pytest.mark.parametrize("way", ["--redraw", "--as-is"])
def test_the_one_who_approves_says_which_of_the_two_goes(weekly, week, at, home, way):
    at(FRIDAY, "draft", "weekly")
    week(ferry="The ferry", tram="The tram that waits", pool="The pool", mill="The mill")
    if way == "--redraw":
        assert "1 story changed since Friday 18:00" in at(SATURDAY, "draft", "weekly", way).out
        assert at(SATURDAY, "publish", "weekly").code == 0
    else:
        assert at(SATURDAY, "publish", "weekly", way).code == 0

    assert at(MONDAY, "deliver").out == "2 sent\n"

    assert all(("that waits" in text) is (way == "--redraw") for text in sent(home).values())
    assert len(sent(home)) == 2


def test_a_new_reader_is_named_and_needs_no_redraw(weekly, at, digest):
    at(FRIDAY, "draft", "weekly")
    digest("subscribers", "add", "cleo@reader.example")

    assert "1 reader more since" in at(SATURDAY, "draft", "weekly").out
    assert at(SATURDAY, "publish", "weekly").code == 0
    assert at(MONDAY, "deliver").out == "3 sent\n"


# ---------------------------------------------------------------- moments


def test_a_cancelled_draft_can_be_made_again_and_waits_for_approval(weekly, at):
    at(FRIDAY, "draft", "weekly")

    cancelled = at(FRIDAY, "cancel", "1", "--yes")
    again = at(FRIDAY, "publish", "weekly", *AT, "--json").answer

    assert "2 readers will not get it" in cancelled.out
    assert (again["edition"], again["state"], again["made"]) == (1, "draft", True)
    assert "is approved" in at(FRIDAY, "publish", "weekly", *AT).out
    assert at(MONDAY, "deliver").out == "2 sent\n"


def test_a_sent_edition_can_not_be_made_again(weekly, at):
    at(FRIDAY, "draft", "weekly")
    at(FRIDAY, "publish", "weekly")
    at(MONDAY, "deliver")

    assert "was made before and is sent" in at(MONDAY, "publish", "weekly", *AT).out
    assert "so it can't be cancelled" in at(MONDAY, "cancel", "1", "--yes").err


@pytest.mark.parametrize("approval", ["auto", "required", "auto_after:2h"])
def test_an_edition_goes_at_its_moment_and_not_before(weekly, at, home, approval):
    found(home, (home / "digest.db").read_bytes(), newsletter=f'approval = "{approval}"')

    at(FRIDAY, "publish", "weekly", *AT)
    if approval == "required":
        at(FRIDAY, "publish", "weekly", *AT)  # the first made the draft
    early = at(SATURDAY, "deliver")
    by_hand = at(SATURDAY, "send", "weekly", *AT, "--yes")

    assert early.out == "Nothing is due.\n"
    assert "goes Monday 09 March, 07:30" in by_hand.out
    assert sent(home) == {}
    assert at(MONDAY, "deliver").out == "2 sent\n"


def test_now_lets_it_go_before_and_asks(weekly, at, home):
    at(FRIDAY, "draft", "weekly")

    asked = at(SATURDAY, "publish", "weekly", "--now")
    assert (asked.code, "--yes" in asked.err) == (2, True)
    assert at(SATURDAY, "publish", "weekly", "--now", "--yes", "--json").answer["state"] == "frozen"
    assert at(SATURDAY, "deliver").out == "2 sent\n"


def test_what_nobody_approved_is_not_sent(weekly, at, home):
    at(FRIDAY, "draft", "weekly")

    assert at("2026-03-10T07:00:00+00:00", "deliver").out == "Nothing is due.\n"
    assert sent(home) == {}
