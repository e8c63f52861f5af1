from datetime import timedelta
from pathlib import Path

import pytest

from digest.actions.deliver import Post
from digest.actions.press import Press
from digest.mail.connect import Server
from digest.mail.smtp import SmtpMailer
from digest.mail.transfer import Timeouts
from digest.render.edition import Renderer
from tests.builders import MONDAY, a_publication, a_sender

TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.fixture(scope="session")
def press() -> Press:
    return Press(
        renderer=Renderer([TEMPLATES]),
        publication=a_publication(),
        sender=a_sender(),
        secret="a secret of the tests, long enough",
        web_url="https://harbour.example",
    )


class Clock:
    """Stands still unless it is told to go on."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self):
        return self.now

    def pass_(self, **length: int) -> None:
        self.now += timedelta(**length)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def mailers(server):
    """Connections to a server of the tests, with little patience."""
    return lambda: SmtpMailer(
        Server("127.0.0.1", server.port, "none"),
        timeouts=Timeouts(connect=2, command=0.5, data=0.5, dot=0.5, quit=0.5),
    )


@pytest.fixture
def post(db, press, clock):
    """What carries messages to a server of the tests."""

    def post_to(server, **changes):
        return Post(db, press, mailers(server), clock, **changes)

    return post_to
