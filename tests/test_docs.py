"""The documents tell the truth: their examples are run, and their lists are compared."""

import ast
import re
import shlex
import shutil
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import time_machine

from digest.cli.root import digest
from tests.smtp_server import SmtpServer, serving
from tests.transcripts import Terminal

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
MONDAY = datetime(2026, 3, 16, 6, 30, tzinfo=UTC)
PASSWORD = "correct-horse"


@pytest.fixture
def terminal(tmp_path, monkeypatch):
    """A person in an empty folder, on the Saturday before the tutorial's Monday."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "")
    monkeypatch.delenv("DIGEST_CONFIG", raising=False)
    monkeypatch.setenv("LOGNAME", "mara")
    with time_machine.travel("2026-03-14T10:00:00+00:00") as clock:
        person = Terminal(tmp_path, monkeypatch.setenv)
        person.acts["wait until Monday, 07:30"] = lambda _: clock.move_to(MONDAY)
        yield person
        person.close()


def press_the_button(terminal):
    """Open the link of the only message in the outbox, and press what is there to press."""
    (message,) = Path("outbox").glob("*.eml")
    header = next(line for line in message.read_text().split("\n") if "List-Unsubscribe:" in line)
    link = header.partition("<")[2].partition(">")[0]

    def asked(data=None):
        with urllib.request.urlopen(link, data) as answer:
            return answer.read().decode()

    page = asked()
    assert "a•••@reader.example" in page
    assert '<form method="post">' in page
    assert "weekly: active" in terminal.digest("subscribers", "show", "ada@reader.example")
    assert "You are unsubscribed" in asked(b"")


@pytest.fixture
def update(request):
    return request.config.getoption("--update-golden")


@pytest.mark.slow
def test_the_tutorial_leads_to_what_it_says(terminal, update):
    with serving(login=("weekly", PASSWORD)) as server:
        terminal.server = f"127.0.0.1:{server.port}"
        terminal.acts["press the button"] = press_the_button
        terminal.follow(DOCS / "tutorial.md", update=update)

    (message,) = server.messages
    assert message.rcpt_tos == ("you@harbour.example",)


EXAMPLES = sorted(
    page.name for page in (DOCS / "how-to").glob("*.md") if "```console" in page.read_text("utf-8")
)


@pytest.fixture
def begun(terminal):
    """The same person, with what the tutorial has made by the time it adds a reader."""
    terminal.digest("init")
    terminal.save_files(DOCS / "tutorial.md")
    terminal.digest("import", "articles")
    terminal.digest("subscribers", "add", "ada@reader.example", "--name", "Ada Hollis")
    return terminal


class Unlucky(SmtpServer):
    """Cuts the line after the first message to Ada, and knows no Bo."""

    cut = False

    async def _fault(self, session, phase, address):
        if (phase, address) == ("rcpt", "bo@reader.example"):
            await self._say(session, "550 5.1.1 no such user")
            return True
        if (phase, address, self.cut) == ("dot", "ada@reader.example", False):
            self.cut = True
            return await super()._fault(session, "dot", "dot-drop@reader.example")
        return False


def unlucky(terminal):
    """Send through the mail server that stands in for the documents' own."""
    terminal.set('[mail]\ntransport = "smtp"')
    terminal.set('[mail.smtp]\nhost = "mail.harbour.example"\nport = 25\nsecurity = "none"')


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_a_how_to_do_what_it_says(name, begun, update):
    page = DOCS / "how-to" / name
    if "$ sqlite3 " in page.read_text("utf-8") and not shutil.which("sqlite3"):
        pytest.skip("there is no sqlite3 here")
    kind = Unlucky if name == "after-a-crash.md" else SmtpServer
    with serving(kind, login=("weekly@harbour.example", PASSWORD)) as server:
        begun.server = f"127.0.0.1:{server.port}"
        begun.acts["have a mail server that cuts the line"] = unlucky
        begun.follow(page, update=update)


# ---------------------------------------------------------------- what is said in passing


def paragraphs(page):
    """A page without its blocks of code."""
    return re.sub(r"(?ms)^```.*?^```$", "", page.read_text("utf-8"))


def test_the_map_names_every_page():
    told = set(re.findall(r"\]\(([^)#]+)\)", (DOCS / "README.md").read_text("utf-8")))
    pages = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}
    assert {page for page in pages - {"README.md"} if "decisions/0" not in page} <= told


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    for link in re.findall(r"(?<!`)\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", paragraphs(page)):
        target = "".join(link)
        if re.match(r"https?:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file), target


def anchors(page):
    """The names that headings get."""
    headings = re.findall(r"(?m)^#+ (.+)$", paragraphs(page))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_speaks_of_our_machines_or_of_work_to_do(page):
    text = page.read_text("utf-8")
    assert not re.findall(
        r"(?<!\w)/(?:work|tmp|root|Users)/|/home/(?!you/)\w+|\b(?:TODO|FIXME|XXX)\b", text
    )
    for address in re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)*)", text):
        assert address.removesuffix(".eml").endswith((".example", ".test")), address


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_passing_is_one_of_ours(page):
    """Verbs and options, wherever a page says `digest …`."""
    told = re.findall(r"`(digest [^`\n]+)`", paragraphs(page))
    for block in re.findall(r"(?ms)^```(?:sh|console)$(.*?)^```$", page.read_text("utf-8")):
        told += re.findall(r"(?m)^(?:\$ )?(digest .+?)(?: {2,}#.*)?$", block)
    for command in told:
        words = shlex.split(command.replace("…", "").replace("'", ""))[1:]
        found: click.Command | None = digest
        while isinstance(found, click.Group) and words and re.fullmatch("[a-z][a-z-]*", words[0]):
            found = found.get_command(click.Context(found), words.pop(0))
        assert found, command
        known = {name for one in found.params for name in one.opts} | {"--help"}
        assert {word for word in words if word.startswith("-")} <= known, command


def test_every_message_that_is_explained_is_one_of_ours():
    """Tables that begin with "it says" quote the code."""
    ours = "\n".join(_texts())
    for page in (DOCS / "how-to").glob("*.md"):
        for table in re.findall(
            r"(?m)^\| it says \|.*\n\|[-|]+\|\n((?:^\|.*\n)+)", page.read_text()
        ):
            for said in re.findall(r"(?m)^\| (.*?) \|", table):
                assert said in ours, f"{page.name}: {said}"


def _texts():
    """Every text in our code; what is put into it is "…"."""
    for file in (ROOT / "digest").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                parts = (one.value if isinstance(one, ast.Constant) else "…" for one in node.values)
                yield "".join(map(str, parts))


def test_the_events_of_the_log_are_ours():
    page = (DOCS / "how-to" / "run-it-for-good.md").read_text("utf-8")
    table = page.partition("| event |")[2].partition("\n\n")[0]
    told = {
        name for row in re.findall(r"(?m)^\| (`.*?) \|", table) for name in row.split("`")[1::2]
    }
    ours = set(_texts())
    assert {name for name in told if name not in ours} == set()
    assert len(told) > 5


@pytest.mark.parametrize(
    "page",
    [ROOT / "ARCHITECTURE.md", *sorted((DOCS / "reference").glob("*.md"))],
    ids=lambda page: page.name,
)
def test_every_test_that_a_page_names_is_there(page):
    missing = []
    for name in re.findall(r"`(tests/[\w./]+(?:::\w+)*)`", page.read_text("utf-8")):
        path, *inside = name.split("::")
        text = (ROOT / path).read_text("utf-8") if (ROOT / path).is_file() else ""
        made = r"(?m)^\s*(?:(?:async )?(?:def|class) {0}\b|{0} = )"
        if not (ROOT / path).exists() or not all(
            re.search(made.format(test), text) for test in inside
        ):
            missing.append(name)
    assert missing == []
