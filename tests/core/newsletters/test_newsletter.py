"""Which topics two newsletters share."""

from dataclasses import replace

import pytest

from digest.core.newsletters.newsletter import shared_topics
from tests.builders import a_newsletter


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ((), (), None),
        (("world",), (), ("world",)),
        (("world", "local"), ("local", "sports"), ("local",)),
        (("world",), ("sports",), ()),
    ],
)
def test_shared_topics(one, other, shared):
    first, second = (
        a_newsletter(rules=replace(a_newsletter().rules, topics=topics)) for topics in (one, other)
    )

    assert shared_topics(first, second) == shared
    assert set(shared_topics(second, first) or ()) == set(shared or ())
