"""The command line as a whole: help, versions, wrong words, and how commands end."""

import subprocess
import sys
from importlib.util import find_spec
from types import ModuleType

import click
import pytest

from digest.cli import verbs
from digest.cli.root import digest as group
from digest.cli.root import run_command
from digest.cli.verbs import VERBS, Verb
from digest.errors import ConfigError, StoreError


def test_help_shows_every_verb_with_what_it_does(digest):
    ended = digest("--help")
    assert ended.code == 0
    for name, verb in VERBS.items():
        assert f"\n  {name} " in ended.out
        assert verb.help in ended.out
    assert digest("-h").out == ended.out


def test_help_imports_nothing_heavy():
    # Help must come at once: a person types it while thinking.
    script = (
        "import sys; from digest.__main__ import main; sys.argv[1:] = ['--help']; main();"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    heavy = {"pydantic", "sqlmodel", "sqlalchemy", "jinja2", "rich", "structlog", "asyncio"}
    heavy |= {"starlette", "lxml", "aiosmtplib", "apscheduler", "zoneinfo", "tomllib", "json"}
    assert not heavy & set(ended.stderr.split())


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_help_of_its_own(name, digest):
    if find_spec(f"digest.cli.{VERBS[name].module}") is None:
        pytest.skip("this verb isn't there yet")
    ended = digest(name, "--help")
    assert ended.code == 0
    assert ended.out.startswith(f"Usage: digest {name} ")


def test_the_version_is_that_of_the_package(digest):
    from importlib.metadata import version

    assert digest("--version").out == f"digest {version('digest')}\n"


def test_the_module_runs_as_the_command_does():
    ended = subprocess.run(
        [sys.executable, "-m", "digest", "chekc"], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "There is no verb 'chekc'; did you mean 'check'?\nTry: digest --help\n"


def test_an_unknown_verb_is_answered_with_the_verbs_there_are(digest):
    ended = digest("xyzzy")
    assert ended.code == 2
    assert ended.err.startswith("There is no verb 'xyzzy'; there are init, check, key, dkim, ")


def test_an_unknown_option_is_wrong_usage(digest):
    ended = digest("check", "--jsno")
    assert ended.code == 2
    assert "--json" in ended.err
    assert ended.err.endswith("\nTry: digest check --help\n")


def test_the_config_after_the_verb_is_told_its_place(digest):
    ended = digest("check", "--config", "x.toml")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "--config goes before the verb: digest --config FILE check\n"


def test_without_a_config_one_message_says_where_we_looked(digest, home):
    ended = digest("check")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"there is no config.toml in {home};")
    assert len(ended.err.splitlines()) == 1


@pytest.fixture
def verb(monkeypatch):
    """A function that makes a verb `probe` of a function."""

    def make(body):
        module = ModuleType("digest.cli.probe")
        vars(module)["probe"] = click.command(body)
        monkeypatch.setitem(sys.modules, "digest.cli.probe", module)
        monkeypatch.setitem(verbs.VERBS, "probe", Verb("probe", "probe", "A probe."))

    return make


@pytest.mark.parametrize(
    ("error", "code"),
    [(ConfigError("a:1: b", "a:2: c"), 2), (StoreError("the disk is full"), 1)],
)
def test_what_a_person_can_mend_is_a_message_without_a_traceback(error, code, verb, digest):
    def fail():
        raise error

    verb(fail)
    ended = digest("probe")
    assert (ended.code, ended.out, ended.err) == (code, "", f"{error}\n")


def test_a_command_may_say_how_it_ended(verb, digest):
    verb(lambda: 1)
    assert digest("probe").code == 1


def test_an_interrupt_ends_with_130_and_no_traceback(verb, digest):
    def interrupted():
        raise KeyboardInterrupt

    verb(interrupted)
    ended = digest("probe")
    assert (ended.code, ended.err.strip()) == (130, "")


def test_a_mistake_of_ours_is_not_hidden(verb):
    verb(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_command(["probe"])


def test_a_reader_that_stops_reading_ends_the_command_quietly(tmp_path):
    script = (
        "import click, sys\n"
        "from digest.cli import verbs, root\n"
        "module = type(sys)('digest.cli.probe')\n"
        "def probe():\n"
        "    for _ in range(999):\n"
        "        click.echo('x' * 999)\n"
        "module.probe = click.command(probe)\n"
        "sys.modules['digest.cli.probe'] = module\n"
        "verbs.VERBS['probe'] = verbs.Verb('probe', 'probe', 'A probe.')\n"
        "sys.exit(root.run_command(['probe']))\n"
    )
    (tmp_path / "probe.py").write_text(script)
    ended = subprocess.run(
        f"{sys.executable} {tmp_path}/probe.py | head -1 | wc -c",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ended.stdout.strip(), ended.stderr) == ("1000", "")


def test_the_group_offers_its_verbs_to_shells():
    assert group.list_commands(click.Context(group)) == list(VERBS)
