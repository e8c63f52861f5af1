"""`digest remind`: who would be told that their trial ends, and telling them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.cli.conftest import is_refused
from tests.publications import found

ADA = "ada@reader.example"
ON = '[trial]\nremind = "7d"'


@pytest.fixture
def by_day():
    with time_machine.travel(datetime(2026, 3, 9, 10, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def trial(digest, home, by_day):
    """Ada's ends within the week, Bo's later."""
    found(home, more=ON)
    for name, days in (("ada", 5), ("bo", 9)):
        until = str(datetime(2026, 3, 9, tzinfo=UTC).date() + timedelta(days=days))
        add = ("subscribers", "add", f"{name}@reader.example")
        digest(*add, "--tier", "subscriber", "--tier-until", until)


@pytest.mark.usefixtures("trial")
def test_it_says_whom_it_would_tell_then_tells_them_once(digest, home):
    planned = digest("remind", "--dry-run")
    assert planned.out == f"{ADA}: until 2026-03-14\n1 reader would be told now.\n"
    assert digest("remind", "--dry-run", "--json").answer["readers"] == [
        {"email": ADA, "until": "2026-03-14", "newsletter": "weekly"}
    ]
    assert not list((home / "outbox").glob("*"))

    assert digest("remind", "--json").answer == {"counts": {"sent": 1}}
    assert len(list((home / "outbox").glob("*.eml"))) == 1
    assert digest("remind").out == "Nobody is to be told now.\n"


def test_without_the_setting_it_says_which(digest, home):
    found(home)
    assert is_refused(digest("remind"), "trial.remind is empty")
