"""From a small file to the values that the core works with."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from digest.config.load import find_config, load_config
from digest.core.articles.topic_rules import TopicRule
from digest.core.newsletters.newsletter import Approval, Publication, Rules
from digest.core.newsletters.timetable import Late, Schedule
from digest.errors import ConfigError, UsageError

SMALL = """\
[publication]
name = "The Pier"
[mail]
from = "pier@pier.example"
[[newsletter]]
slug = "sunday-post"
"""


@pytest.fixture
def settings(tmp_path):
    """A function from the text of a config to its settings."""

    def read(text: str):
        file = tmp_path / "config.toml"
        file.write_text(text, encoding="utf-8")
        return load_config(file)

    return read


def newsletter(settings, lines: str, rest: str = ""):
    return settings(f"{SMALL}{lines}\n{rest}").newsletter("sunday-post")


# ------------------------------------------------------------- a small config works


def test_what_a_small_config_leaves_out_has_a_sensible_default(settings):
    small = settings(SMALL)

    assert small.publication_value() == Publication("The Pier", "", "", "en", "UTC")
    assert small.mail.transport == "outbox"
    (post,) = small.newsletter_values()
    assert (post.title, post.timezone) == ("Sunday post", "UTC")
    assert post.schedule == Schedule("week", time(7, 30), weekdays=(0,))
    assert post.late == Late("send_until", timedelta(hours=6))
    assert post.approval == Approval("auto")
    assert post.rules == Rules((), timedelta(days=14), 1, 20, 6, 4)
    assert (post.subject, post.preheader, post.intro) == ("{{ lead.title }}", "", "")


def test_paths_are_relative_to_the_file_wherever_one_stands(settings, tmp_path, monkeypatch):
    small = settings(SMALL)
    monkeypatch.chdir("/")
    assert small.store_path() == tmp_path / "digest.db"
    assert small.outbox_path() == tmp_path / "outbox"
    assert small.web.secret.file == tmp_path / "secret.key"


def test_an_absolute_store_stays_where_it_is(settings):
    there = settings(f'{SMALL}[store]\nurl = "sqlite:////srv/digest/post.db"\n')
    assert there.store_path() == Path("/srv/digest/post.db")


# ------------------------------------------------------------- the sender


def sender(settings, line: str, more: str = ""):
    return settings(SMALL.replace('"pier@pier.example"', f"{line}\n{more}")).sender()


def test_the_sender_has_a_name_an_address_and_a_domain(settings):
    found = sender(settings, '"The Pier <pier@Pier.example>"')
    assert (found.name, found.address) == ("The Pier", "pier@Pier.example")
    assert (found.reply_to, found.bounce_address) == ("", "pier@Pier.example")
    assert found.domain == "pier.example"


def test_a_sender_without_a_name_has_the_publications(settings):
    assert sender(settings, '"pier@pier.example"').name == "The Pier"


def test_a_name_may_have_quotes_and_commas(settings):
    assert sender(settings, "'\"Pier, The\" <pier@pier.example>'").name == "Pier, The"
    assert sender(settings, '"Pier, The <pier@pier.example>"').name == "Pier, The"


def test_a_domain_beyond_ascii_is_encoded_for_message_ids(settings):
    assert sender(settings, '"Büro <post@büro.example>"').domain == "xn--bro-hoa.example"


def test_bounces_go_where_the_config_says(settings):
    found = sender(settings, '"pier@pier.example"', 'bounce_address = "b@pier.example"')
    assert found.bounce_address == "b@pier.example"


# ------------------------------------------------------------- newsletters and topics


@pytest.mark.parametrize(
    ("line", "schedule"),
    [
        ('schedule = { every = "day", at = "6:05" }', Schedule("day", time(6, 5))),
        ('schedule = { every = "day", at = 06:05:00 }', Schedule("day", time(6, 5))),
        (
            'schedule = { every = "week", on = ["Fri", "monday", "friday"], at = "18:00" }',
            Schedule("week", time(18), weekdays=(0, 4)),
        ),
        (
            'schedule = { every = "month", on = [15, 1, 31], at = "00:00" }',
            Schedule("month", time(0), monthdays=(1, 15, 31)),
        ),
        ('schedule = { cron = "30 7 * * mon" }', Schedule("cron", cron="30 7 * * mon")),
        ('cron = "30 7 * * mon"', Schedule("cron", cron="30 7 * * mon")),
    ],
)
def test_a_schedule_is_read(line, schedule, settings):
    assert newsletter(settings, line).schedule == schedule


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("6 h", timedelta(hours=6)),
        ("14d", timedelta(days=14)),
        ("2w", timedelta(days=14)),
    ],
)
def test_a_length_of_time_is_read(text, length, settings):
    assert newsletter(settings, f'lookback = "{text}"').rules.lookback == length


def test_what_to_do_when_late_or_unapproved_is_read(settings):
    found = newsletter(settings, 'late = "send_until:90m"\napproval = "auto_after:2h"')
    assert found.late == Late("send_until", timedelta(minutes=90))
    assert found.approval == Approval("auto_after", timedelta(hours=2))


def test_topics_keep_the_order_of_the_config(settings):
    found = newsletter(
        settings,
        'topics = ["sea"]\ntimezone = "Asia/Tokyo"',
        '[[topic]]\nslug = "land-use"\n'
        '[[topic]]\nslug = "sea"\nname = "The sea"\nkeywords = ["tide"]\n'
        'authors = ["Mara Lind"]\nurls = ["/sea/"]\n',
    )
    assert found.timezone == "Asia/Tokyo"
    assert found.rules.topics == ("sea",)
    assert found.topics == (
        TopicRule("land-use", "Land use"),
        TopicRule("sea", "The sea", ("tide",), ("Mara Lind",), ("/sea/",)),
    )


def test_an_unknown_newsletter_is_answered_with_those_there_are(settings):
    two = settings(f'{SMALL}[[newsletter]]\nslug = "daily"\n')
    with pytest.raises(UsageError) as error:
        two.newsletter("dayly")
    assert str(error.value) == "there is no newsletter 'dayly'; did you mean 'daily'?"
    with pytest.raises(UsageError) as error:
        two.newsletter("zzz")
    assert str(error.value) == "there is no newsletter 'zzz'; the config has sunday-post, daily"


def test_web_addresses_lose_their_last_slash(settings):
    assert settings(f'{SMALL}[web]\nurl = "https://x.example/digest/"\n').web.url == (
        "https://x.example/digest"
    )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.9", "::1", "[::1]", "LOCALHOST"])
def test_mail_in_clear_is_for_this_machine(host, settings):
    lines = f'[mail.smtp]\nhost = "{host}"\nsecurity = "none"\n'
    assert settings(SMALL + lines).mail.smtp.security == "none"


def test_settings_do_not_change(settings):
    with pytest.raises(ValueError, match="frozen"):
        settings(SMALL).mail.transport = "smtp"


# ------------------------------------------------------------- finding the file


def test_the_file_is_named_by_the_option_then_the_environment_then_the_folder(
    tmp_path, monkeypatch
):
    for name in ("option.toml", "environment.toml", "config.toml"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGEST_CONFIG", "environment.toml")
    assert find_config("option.toml") == Path("option.toml")
    assert find_config() == Path("environment.toml")
    monkeypatch.delenv("DIGEST_CONFIG")
    assert find_config() == Path("config.toml")


def test_a_missing_file_is_told_with_where_we_looked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DIGEST_CONFIG", raising=False)
    with pytest.raises(ConfigError) as error:
        find_config()
    assert str(error.value) == (
        f"there is no config.toml in {tmp_path}; go to its folder, name it with --config FILE"
        " or in $DIGEST_CONFIG, or make a new one with `digest init`"
    )
    with pytest.raises(ConfigError) as error:
        find_config("x.toml")
    assert str(error.value) == (
        "there is no config at x.toml (from --config); `digest init` makes one"
    )
    monkeypatch.setenv("DIGEST_CONFIG", str(tmp_path))
    with pytest.raises(ConfigError) as error:
        find_config()
    assert str(error.value) == (
        f"{tmp_path} is a folder; name the file in it, {tmp_path}/config.toml"
    )


@pytest.mark.parametrize(
    ("main", "other", "together"),
    [("", "", None), ("600/minute", "", None), ("600/minute", "10/second", "72,000 an hour")],
)
def test_servers_share_a_limit_only_if_each_has_one(settings, main, other, together):
    sends = SMALL.replace("[mail]\n", '[mail]\ntransport = "smtp"\n')
    second = f'[[mail.smtp.relay]]\nhost = "b.example"\nrate = "{other}"\n'
    limit, _ = settings(f'{sends}[mail.smtp]\nrate = "{main}"\n{second}').mail.limits()
    assert (str(limit) if limit else None) == together
