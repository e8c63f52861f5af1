"""The newsletters that a command is about."""

import pytest

from digest.cli.readers.newsletter_choice import newsletters_of
from digest.errors import UsageError
from tests.publications import found, open_app

DAILY = '[[newsletter]]\nslug = "daily"\ntitle = "The Harbour Daily"'


def test_those_that_are_named_or_all(tmp_path):
    app = open_app(found(tmp_path, more=DAILY))
    assert newsletters_of(app, ()) == ["weekly", "daily"]
    assert newsletters_of(app, ("daily",)) == ["daily"]
    with pytest.raises(UsageError, match="weekly"):
        newsletters_of(app, ("nowhere",))
