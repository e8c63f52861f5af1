"""A flood of sign-ups against the real server: bounded, and everybody else is served."""

import time
from contextlib import contextmanager
from email import message_from_bytes, policy
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from digest.core.message.signed_token import sign
from tests.cli.operations.test_run import a_publication, answers, start
from tests.publications import SECRET
from tests.visitors import ask, crowd

__all__ = ["start"]

PER_HOUR = 15


@contextmanager
def a_site(folder):
    more = f"[signup]\nper_hour = {PER_HOUR}\nper_network = 5\n"
    app = a_publication(folder, more=more)
    try:
        yield app, int(app.settings.web.listen.rpartition(":")[2])
    finally:
        app.db.close()


def count(app, table):
    return app.db.read(lambda tx: tx.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


async def flooded(app, start, port, visits):
    """The answers to so many sign-ups, while somebody reads and somebody leaves."""
    serving = await start(app.settings.path, "serve")
    await serving.until(lambda _: answers(app))
    stamp = sign("form", int(time.time()) - 60, SECRET)
    leaving = f"/unsubscribe/{sign('unsubscribe', 1, SECRET)}"

    async def visit(number):
        if number % 20 == 0:
            return await ask(port, "/healthz" if number % 40 else leaving)
        form = {"email": f"v{number}@x{number % 7}.example", "newsletter": "weekly", "at": stamp}
        return await ask(
            port,
            "/subscribe",
            urlencode(form).encode(),
            "POST",
            Content_Type="application/x-www-form-urlencoded",
            X_Forwarded_For=f"198.{number // 250 % 250}.{number % 250}.1",
        )

    found = await crowd(visits, 50, visit)
    await serving.end()
    return found


@pytest.mark.parametrize(
    "visits", [200, pytest.param(10_000, marks=pytest.mark.slow)], ids=["small", "long"]
)
async def test_a_flood_of_sign_ups_is_bounded_and_others_are_served(tmp_path, start, visits):
    with a_site(tmp_path) as (app, port):
        size = app.db.path.stat().st_size

        found = await flooded(app, start, port, visits)

        statuses = [answer.status for answer in found]
        others = visits // 20
        assert statuses.count(200) == others + PER_HOUR
        assert statuses.count(429) == visits - others - PER_HOUR
        letters = list(app.settings.outbox_path().glob("*.eml"))
        assert len(letters) <= PER_HOUR
        assert {
            message_from_bytes(letter.read_bytes(), policy=policy.default)["Subject"]
            for letter in letters
        } == {"Please confirm: The Harbour Weekly"}
        assert count(app, "consent") == PER_HOUR
        assert count(app, "subscriber") == 1
        app.db.wipe()
        assert app.db.path.stat().st_size - size < 100_000


def test_the_first_page_is_under_thirty_kilobytes_in_all(client):
    """What it asks for is counted too."""
    page = client.get("/")
    asked = ["src=", "<script", "@import", 'rel="stylesheet"', "url("]
    assert [word for word in asked if word in page.text] == []
    assert len(page.content) + len(str(dict(page.headers))) < 30_000
