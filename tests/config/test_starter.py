"""The commented config.toml is the documentation: it runs, and nothing is missing in it."""

import re
import shutil
import sys
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.key_paths import everything, keys, table_at
from digest.config.load import load_config
from digest.config.packaged import packaged
from digest.core.newsletters.timetable import describe
from digest.errors import ConfigError

STARTER = packaged("config.toml")
SCHEMA = STARTER.parent / "docs" / "config.schema.json"


def switched_on(text: str) -> str:
    """The starter with its commented-out settings: lines that begin with `# key =` or `# [`."""
    return re.sub(r"^# (?=\[|[a-z_]+ = )", "", text, flags=re.MULTILINE)


def test_the_starter_runs_as_it_is_and_mails_nobody(tmp_path):
    shutil.copy(STARTER, tmp_path)
    settings = load_config(tmp_path / "config.toml")

    assert settings.mail.transport == "outbox"
    (weekly,) = settings.newsletter_values()
    assert (weekly.slug, describe(weekly.schedule)) == ("weekly", "every Monday at 07:30")
    assert [rule.slug for rule in weekly.topics] == [
        "world",
        "economy",
        "science",
        "culture",
        "cities",
    ]


def test_no_keyword_belongs_to_two_topics():
    words = [word.lower() for rule in load_config(STARTER).topic_rules() for word in rule.keywords]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("loc", [loc for loc in everything() if not table_at(loc)], ids=str)
def test_every_key_stands_in_the_starter_under_its_table(loc):
    text = switched_on(STARTER.read_text(encoding="utf-8"))
    table, key = loc[:-1], loc[-1]
    if table[-1] == "schedule":  # an inline table, all of its keys in one example or another
        assert re.search(rf"\b{key} = ", text)
        return
    name = re.escape(".".join(table))
    (part,) = re.findall(rf"^\[+{name}\]+\n(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)[:1]
    assert re.search(rf"^{key} = ", part, re.MULTILINE)


def test_what_the_starter_leaves_in_is_the_default(tmp_path):
    """Nobody who deletes a line that they don't understand is surprised."""
    shutil.copy(STARTER, tmp_path)
    text = (
        '[publication]\nname = "x"\n[mail]\nfrom = "a@b.example"\n[[newsletter]]\nslug = "weekly"'
    )
    (tmp_path / "bare.toml").write_text(text)
    full, bare = load_config(tmp_path / "config.toml"), load_config(tmp_path / "bare.toml")

    for table in ("store", "web"):
        ours, theirs = getattr(full, table), getattr(bare, table)
        assert [
            k for k in keys(type(ours)) if str(getattr(ours, k)) != str(getattr(theirs, k))
        ] == []
    (ours,), (theirs,) = full.newsletters, bare.newsletters
    assert ours == theirs.model_copy(update={"title": "The Harbour Weekly"})
    assert full.mail.smtp.model_dump(exclude={"password"}) == bare.mail.smtp.model_dump(
        exclude={"password"}
    )


def test_switching_everything_on_is_valid(tmp_path):
    text = switched_on(STARTER.read_text(encoding="utf-8"))
    text = text.replace('schedule = { every = "week", on = ["monday"], at = "07:30" }\n', "")
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    assert load_config(file).mail.dkim is not None


LINES = [
    line.partition(" = ")[0]
    for line in switched_on(STARTER.read_text(encoding="utf-8")).splitlines()
    if re.match("[a-z_]+ = ", line)
]
VALUES = r"""
-1 | 0 | 1.5 | nan | true | "" | "x" | "\u0000" | "a\nb" | [] | [[1]] | ["a"] | {} | [{}]
1979-05-27 | { env = 1 } | { file = "x" } | 07:30:00 | "0s" | "9w" | "{{" | "{{ x }}" | "sqlite:///"
"http://[" | "a@b" | "* * * * *" | 999999999999999999999999
"""


def attempt(file: Path):
    """The settings, or else the faults."""
    try:
        return load_config(file), ()
    except ConfigError as error:
        return None, error.faults


@given(
    st.dictionaries(
        st.integers(0, len(LINES) - 1),
        st.sampled_from(re.split(r" \| |\n", VALUES.strip())),
        min_size=1,
        max_size=3,
    )
)
def test_whatever_is_written_the_answer_is_settings_or_a_message(changes):
    count = iter(range(len(LINES)))

    def changed(match: re.Match[str]) -> str:
        value = changes.get(next(count))
        return f"{match[1]} = {value}" if value else match[0]

    text = switched_on(STARTER.read_text(encoding="utf-8")).replace("cron = ", "# cron = ")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        file.write_text(re.sub(r"^([a-z_]+) = .*", changed, text, flags=re.MULTILINE))
        settings, faults = attempt(file)
    assert all(re.match(rf"{file}(:\d+)?: ", fault) for fault in faults)
    if settings:
        assert settings.newsletter_values()
        assert settings.sender().domain


def test_the_json_schema_is_current():
    made = run([sys.executable, "-m", "digest.config.schema"], capture_output=True, check=True)
    assert SCHEMA.read_bytes() == made.stdout, (
        "run: python -m digest.config.schema > docs/config.schema.json"
    )
