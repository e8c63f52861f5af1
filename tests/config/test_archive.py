"""The table [archive] of config.toml."""

import pytest

from digest.config.load import load_config
from digest.errors import ConfigError
from tests.builders import MONDAY
from tests.publications import write_config


def test_nothing_is_public_before_it_was_sent_unless_the_config_says_so(tmp_path):
    public = [
        load_config(write_config(tmp_path, articles=articles)).public_articles(MONDAY)
        for articles in ("sent", "all")
    ]

    assert [one.before_sent for one in public] == [False, True]
    assert {one.newsletters for one in public} == {frozenset({"weekly"})}


def test_without_an_open_newsletter_nothing_is_public(tmp_path):
    config = write_config(tmp_path, articles="all", newsletter='archive = "none"')

    public = load_config(config).public_articles(MONDAY)

    assert (public.newsletters, public.before_sent) == (frozenset(), False)


def test_another_word_is_refused_with_those_that_there_are(tmp_path):
    with pytest.raises(ConfigError, match=r'archive.articles: .*"sent".*"all"'):
        load_config(write_config(tmp_path, articles="everything"))
