"""`digest publish`: what it says of drafts, and of what is frozen."""

from tests.cli.editions.conftest import AT, FRIDAY, MONDAY, SATURDAY


def test_without_a_draft_it_makes_one_and_says_how_to_approve_it(weekly, at):
    assert at(FRIDAY, "publish", "weekly", *AT).out.splitlines() == [
        "Edition 1, “The ferry”, is a draft; nobody has approved it yet.",
        "`digest preview weekly --open` shows it.",
        "`digest publish weekly` approves it.",
    ]


def test_approved_before_its_moment_it_says_when_it_goes(weekly, at):
    at(FRIDAY, "draft", "weekly")

    assert at(SATURDAY, "publish", "weekly").out.splitlines() == [
        "Edition 1, “The ferry”, is approved. It goes Monday 09 March, 07:30.",
        "`digest publish weekly --now` lets it go before.",
    ]
    assert "It is approved, and goes Monday 09 March, 07:30." in at(SATURDAY, "draft", "weekly").out


def test_approved_at_its_moment_it_is_frozen(weekly, at):
    at(FRIDAY, "draft", "weekly")

    assert at(MONDAY, "publish", "weekly").out == "Edition 1, “The ferry”, frozen.\n"
    assert at(MONDAY, "publish", "weekly").out == (
        "Edition 1, “The ferry”, was made before and is frozen.\n"
    )


def test_send_with_now_goes_before_its_moment(weekly, at, digest, home):
    at(FRIDAY, "draft", "weekly")

    assert at(SATURDAY, "send", "weekly", "--now", "--yes").out == (
        "Edition 1 for 2 readers: 2 sent.\n"
    )
