"""What `digest check` says about a config."""

import json

import pytest
import time_machine

from digest.store.database.database import Database
from tests.stock import enrol

pytestmark = pytest.mark.usefixtures("_sunday")


@pytest.fixture
def _sunday():
    with time_machine.travel("2026-11-22T12:00:00+00:00", tick=False):
        yield


@pytest.fixture
def config(digest, home):
    """A function that makes a new installation and changes its config: old text, new text."""
    digest("init")
    file = home / "config.toml"

    def change(*pairs: tuple[str, str]) -> None:
        text = file.read_text()
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new, 1)
        file.write_text(text)

    return change


SENDS = ('transport = "outbox"', 'transport = "smtp"')


def notes(digest):
    """What is worth knowing, but that a machine may lack what makes a PDF."""
    found = json.loads(digest("check", "--json").out)["notes"]
    return [note for note in found if "make a PDF" not in note]


def wrong(digest):
    ended = digest("check", "--json")
    answer = json.loads(ended.out)
    assert ended.code == (1 if answer["wrong"] else 0)
    assert answer["ok"] is not answer["wrong"]
    return answer["wrong"]


def test_a_new_installation_is_usable_and_described_in_plain_words(config, digest, home):
    db = Database(home / "digest.db")
    enrol(db, "ada@reader.example", "ben@reader.example")
    db.close()
    ended = digest("check")

    assert (ended.code, ended.err) == (0, "")
    assert (
        ended.out
        == f"""\
The Harbour Review
  from        The Harbour Review <weekly@harbour.example>
  emails      written to {home}/outbox; nobody is mailed
  articles    0 in {home}/digest.db
  pages       http://127.0.0.1:8000, served on 127.0.0.1:8000

The Harbour Weekly (weekly)
  goes out    every Monday at 07:30, Europe/Berlin time
  next        Mon 23 Nov 2026, 07:30
              Mon 30 Nov 2026, 07:30
              Mon 7 Dec 2026, 07:30
  when late   it is sent up to 6 h late, then skipped
  topics      World, Economy, Science, Culture, Cities
  readers     2

Due next: weekly, Mon 23 Nov 2026, 07:30, in 18 h 30 min.

Worth knowing:
"""
        + ended.out.partition("Worth knowing:\n")[2]
    )


def test_the_same_in_json(config, digest, home):
    answer = json.loads(digest("check", "--json").out)
    assert answer["newsletters"] == [
        {
            "slug": "weekly",
            "title": "The Harbour Weekly",
            "schedule": "every Monday at 07:30",
            "timezone": "Europe/Berlin",
            "next": [
                "2026-11-23T06:30:00+00:00",
                "2026-11-30T06:30:00+00:00",
                "2026-12-07T06:30:00+00:00",
            ],
            "topics": ["World", "Economy", "Science", "Culture", "Cities"],
            "readers": 0,
        }
    ]
    assert (answer["ok"], answer["transport"], answer["articles"]) == (True, "outbox", 0)
    assert answer["store"] == f"{home}/digest.db"


def test_the_newsletter_that_is_due_first_is_named(config, digest):
    config(
        (
            "[[newsletter]]",
            '[[newsletter]]\nslug = "daily"\napproval = "auto_after:2h"\nlate = "ask"\n'
            'topics = ["science"]\ntimezone = "Asia/Tokyo"\n'
            'schedule = { every = "day", at = "22:00" }\n[[newsletter]]',
        )
    )
    out = digest("check").out
    assert "Due next: daily, Sun 22 Nov 2026, 22:00, in 1 h.\n" in out
    assert "  approval    it waits as a draft for 2 h, then goes by itself\n" in out
    assert "  when late   it waits for you\n" in out
    assert "  topics      Science\n" in out


def test_the_outbox_and_links_that_work_only_here_are_worth_knowing(config, digest, home):
    outbox, web = notes(digest)[-2:]
    assert outbox.startswith('mail.transport is "outbox": nothing leaves this machine')
    assert web.startswith("web.url is http://127.0.0.1:8000: readers elsewhere can't open")


def test_a_send_without_https_address_or_domain_of_its_own_is_worth_knowing(config, digest):
    config(
        SENDS,
        ('url = "http://127.0.0.1:8000"', 'url = "http://news.harbour.example"'),
        ("<weekly@harbour.example>", "<weekly@gmail.com>"),
        ('"1 Quay Street, 20457 Hamburg"', '""'),
    )
    free, postal, https = notes(digest)[-3:]
    assert free.startswith("mail.from is at gmail.com: most mailboxes refuse")
    assert postal.startswith("publication.postal_address is empty")
    assert https == (
        "web.url is http://news.harbour.example: one-click unsubscribe in Gmail and others"
        " needs https"
    )


@pytest.mark.parametrize(
    ("language", "dates"), [("pt-BR", "dates are written in it"), ("xx", "and so are dates")]
)
def test_a_language_that_has_no_words_is_worth_knowing(config, digest, language, dates):
    config(('language = "en"', f'language = "{language}"'))
    (note,) = [note for note in notes(digest) if "publication.language" in note]
    assert note == (
        f'publication.language is "{language}": the words around your articles are in English, for'
        f" there is no catalogue of it (there are ar, de, en, es, fr); {dates}"
    )


def test_nothing_is_noted_where_all_is_well(config, digest, home):
    config(
        SENDS,
        ('url = "http://127.0.0.1:8000"', 'url = "https://news.harbour.example"'),
        ('language = "en"', 'language = "de-AT"'),
    )
    assert notes(digest) == [
        "there are no articles yet: `digest import FOLDER` takes them in",
        "weekly has no readers yet: `digest subscribers import FILE.csv` adds some",
    ]


def test_secrets_that_others_can_read_are_worth_knowing(config, digest, home):
    config(('password = { env = "DIGEST_SMTP_PASSWORD" }', 'password = "hunter2"'))
    (home / "config.toml").chmod(0o640)
    (home / "secret.key").chmod(0o644)
    inline, file = notes(digest)[-2:]
    assert inline == (
        "config.toml holds mail.smtp.password and other users of this machine can read it:"
        " chmod 600 config.toml, or keep secrets outside of it"
    )
    assert file.startswith(f"{home}/secret.key (web.secret) can be read by other users")

    (home / "config.toml").chmod(0o600)
    (home / "secret.key").chmod(0o600)
    assert not [note for note in notes(digest) if "chmod" in note]


def test_a_topic_that_nothing_falls_under_is_worth_knowing(config, digest):
    config(("[[newsletter]]", '[[topic]]\nslug = "misc"\n[[newsletter]]'))
    assert "topic misc has no keywords, authors or urls: nothing falls under it" in notes(digest)


def test_newsletters_that_share_topics_are_named_and_what_that_means(config, digest, home):
    end = (home / "config.toml").read_text()
    (home / "config.toml").write_text(end + '\n[[newsletter]]\nslug = "monthly"\n')
    note = " ".join(digest("check").out.split())

    assert "weekly and monthly take from the same topics (all topics)." in note
    assert "weekly and monthly leave it out for them" in note

    (home / "config.toml").write_text(end + '\n[[newsletter]]\nslug = "monthly"\nrepeats = true\n')
    assert "weekly leaves it out for them" in " ".join(digest("check").out.split())


def test_articles_without_a_link_are_counted(config, digest, home):
    text = "It stands still since Monday, and nobody knows why. The mayor asks."
    (home / "a.md").write_text(f"---\ntitle: The tram\nauthor: Mo Lind\n---\n\n{text}\n")
    digest("import", "a.md")

    note = " ".join(digest("check").out.split())

    assert "1 article of the last 30 days has no link" in note


def test_a_missing_store_is_wrong(config, digest, home):
    (home / "digest.db").unlink()
    (fault,) = wrong(digest)
    assert fault.startswith(f"{home}/digest.db: there is no store here.")
    out = digest("check").out
    assert f"  articles    not known in {home}/digest.db\n" in out
    assert "Wrong, and to be mended first:\n" in out


def test_a_missing_or_short_key_is_wrong(config, digest, home):
    (home / "secret.key").write_text("short")
    (fault,) = wrong(digest)
    assert ": web.secret: is too short to be safe" in fault
    (home / "secret.key").unlink()
    (fault,) = wrong(digest)
    assert fault.endswith("secret.key; `digest init` makes one")


def test_a_missing_password_is_wrong_only_where_it_is_used(config, digest, monkeypatch):
    config(('username = ""', 'username = "harbour"'))
    assert wrong(digest) == []
    config(SENDS)
    (fault,) = wrong(digest)
    assert "mail.smtp.password: the environment variable DIGEST_SMTP_PASSWORD is not set" in fault
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "hunter2")
    assert wrong(digest) == []
    assert "  emails      sent through localhost:587 (starttls) as harbour\n" in digest("check").out


def test_a_template_of_the_config_that_asks_for_what_is_not_there_is_wrong(config, digest):
    config(('subject = "{{ lead.title }}"', 'subject = "{{ leed.title }}"'))
    (fault,) = wrong(digest)
    assert "subject" in fault
    assert "leed" in fault


def test_an_invalid_config_is_the_only_message(config, digest):
    config(("port = 587", 'port = "587"'))
    ended = digest("check")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.endswith(": mail.smtp.port: must be a whole number, got '587'\n")
    assert len(ended.err.splitlines()) == 1


def test_what_a_setting_does_to_every_message_is_told(config, digest):
    config(
        (
            'subject = "{{ lead.title }}"',
            'subject = "{{ lead.title }}, and much more of it all' + " now" * 9 + '"',
        )
    )
    (said,) = [note for note in notes(digest) if "H3" in note]
    assert said.startswith("weekly: the subject has at most 70 characters [H3]; found: 78 ")


def test_a_setting_that_no_message_survives_is_wrong(config, digest):
    config(('subject = "{{ lead.title }}"', 'subject = "{{ lead.published.nonsense }}"'))
    assert any("subject" in one and "nonsense" in one for one in wrong(digest))


def test_the_pace_that_is_kept_is_shown(config, digest):
    assert "  pace " not in digest("check").out  # a folder has none
    config(
        SENDS,
        ('# rate = ""', 'rate = "600/minute"'),
        ('send_between = ""', 'send_between = "07:00-21:00"'),
    )
    out = digest("check").out
    assert "  pace        at most 600 a minute\n" in out
    assert "to each of these at most: Google 30 a second, Microsoft 30 a second," in out
    assert "  sent        only from 07:00 to 21:00\n" in out
    assert digest("check", "--json").answer["pace"][0] == "at most 600 a minute"
