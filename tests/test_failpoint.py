"""A sender that is killed at a named stage, and what the next one makes of what it left."""

import json
import signal
from collections import Counter

import pytest

from digest import failpoint
from digest.core.editions.edition import EditionState
from digest.store.editions import editions
from tests.cli.conftest import MONDAY
from tests.processes import start
from tests.publications import found, open_app
from tests.smtp_server import SmtpServer
from tests.stock import enrol, keep_article, states

__all__ = ["start"]

SEND = ("send", "weekly", "--at", MONDAY, "--yes", "--json")
PUBLISH = ("publish", "weekly", "--at", MONDAY)
CHOICE = "UPDATE subscriber SET topics = '[\"sports\"]' WHERE email LIKE 'chooser%'"
READERS = [f"reader{n}@reader.example" for n in range(12)]
UNSENT = {"after-claim", "before-begin", "mid-body"}
"""Stages at which nothing of the message in hand can have been sent."""


def test_without_the_variable_nobody_dies():
    assert not failpoint.active
    for stage in failpoint.STAGES | failpoint.MAKING:
        failpoint.reach(stage)


@pytest.mark.slow
@pytest.mark.parametrize("stage", sorted(failpoint.MAKING))
async def test_an_edition_whose_making_is_cut_off_is_made_once_and_for_everybody(
    tmp_path, start, stage
):
    app = open_app(found(tmp_path))
    keep_article(app.db)
    enrol(app.db, *READERS)
    enrol(app.db, "chooser@reader.example")
    app.db.write(lambda tx: tx.connection().exec_driver_sql(CHOICE))  # so that each is entered

    killed = await start(app.settings.path, *PUBLISH, DIGEST_FAILPOINT=stage)
    assert await killed.ended() == -signal.SIGKILL
    assert set(states(app.db).values()) <= {"pending", "skipped"}
    again = await start(app.settings.path, *PUBLISH)
    assert await again.ended() == 0, again.err

    (kept,) = app.db.read(editions.newest_editions)
    assert (kept.state, kept.candidates) == (EditionState.FROZEN, len(READERS) + 1)
    left = states(app.db)
    assert left.pop("chooser@reader.example") == "skipped"
    assert left == dict.fromkeys(READERS, "pending")
    app.db.close()


@pytest.mark.slow
@pytest.mark.parametrize("stage", sorted(failpoint.STAGES))
async def test_whoever_is_killed_there_costs_nobody_the_edition_and_nobody_gets_two(
    tmp_path, start, stage
):
    async with SmtpServer() as server:
        app = open_app(found(tmp_path, transport="smtp", smtp_port=server.port))
        keep_article(app.db)
        enrol(app.db, *READERS)
        count = 1 if stage == "after-claim" else 3
        killed = await start(app.settings.path, *SEND, DIGEST_FAILPOINT=f"{stage}:{count}")
        assert await killed.ended() == -signal.SIGKILL
        assert set(states(app.db).values()) & {"claimed", "in_data"}

        again = await start(app.settings.path, *SEND)
        assert await again.ended() == 0, again.err
        counts = json.loads(again.out)
        got = Counter(one.rcpt_tos[0] for one in server.completed)

    left = states(app.db)
    uncertain = {email for email, state in left.items() if state == "uncertain"}
    assert set(left.values()) <= {"sent", "uncertain"}
    assert max(got.values()) == 1
    assert set(READERS) - set(got) <= uncertain
    assert {email for email, state in left.items() if state == "sent"} <= set(got)
    assert len(uncertain) == counts["uncertain"] <= (2 if stage in UNSENT else 3)
    app.db.close()
