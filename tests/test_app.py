"""The parts that the config asks for, each made once."""

import pytest

from digest.errors import UsageError
from digest.mail.outbox import Outbox
from tests.publications import found, open_app


@pytest.fixture
def app(tmp_path):
    app = open_app(found(tmp_path))
    yield app
    app.db.close()


def test_each_part_is_made_once(app):
    assert app.db is app.db
    assert app.renderer is app.renderer
    assert app.factory.renderer is app.renderer


def test_where_nothing_is_said_mail_goes_into_a_folder_and_to_nobody(app):
    assert isinstance(app.mailer(), Outbox)


def test_a_newsletter_that_there_is_not_is_named_with_the_nearest(app):
    with pytest.raises(UsageError, match="weekly"):
        app.newsletter("wekly")
