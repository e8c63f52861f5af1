"""How good a message is: five editions before judges who didn't write it."""

import argparse
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser  # noqa: E402 - the folder has to be found first

from digest.render.lint.lint import CHECKS, lint_message  # noqa: E402
from scripts.judges import browser as chrome  # noqa: E402
from scripts.judges.compatibility import score  # noqa: E402
from scripts.judges.editions import ABOUT, Judged, editions  # noqa: E402
from scripts.judges.programs import (  # noqa: E402
    faults_by_html_validate,
    points_by_spamassassin,
)

TOOLS = ROOT / ".venv" / "judges" / "node_modules"
PAGE = ROOT / "docs" / "reference" / "quality.md"
JUDGES = {
    "inlining": "elements that look different after inlining, in 5 views: 0",
    "axe": "faults by WCAG 2.2 A and AA on desktop, phone and in the dark: 0 / 0 / 0",
    "html-validate": "faults in the markup: 0",
    "lint": "our own checks that hold: all",
    "size": "bytes of HTML: 90,000 or less",
    "mailpit": "points by Mailpit's formula: 89 or more",
    "spamassassin": "points by SpamAssassin's local rules: -0.5 or less",
    "sideways": "pixels to scroll sideways on a phone of 320, without styles too: 0",
    "images": "images that collapse where they are blocked: 0",
}
"""Each judge, what it counts, and the goal."""


class Verdict(NamedTuple):
    """What a judge says, whether the goal is met (None: no judge here), and why not."""

    judge: str
    figure: str
    good: bool | None
    why: tuple[str, ...] = ()


def main() -> int:
    """Print the figures; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="scripts/quality", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="EDITION", help=", ".join(ABOUT))
    parser.add_argument("--only", action="append", choices=JUDGES, help="ask this judge only")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    options = parser.parse_args()
    if unknown := set(options.names) - set(ABOUT):
        parser.error(f"there is no edition {', '.join(unknown)}; there are {', '.join(ABOUT)}")
    asked = options.only or list(JUDGES)
    verdicts: dict[str, list[Verdict]] = {}
    with chrome.chromium() as browser:
        for edition in editions(options.names or list(ABOUT)):
            print(f"\n{edition.name}: {edition.about}")
            verdicts[edition.name] = []
            for verdict in judged(edition, browser, asked):
                verdicts[edition.name].append(verdict)
                tell(verdict)
        version = browser.version if browser else "no Chromium"
    if options.write:
        PAGE.write_text(page(verdicts, version), encoding="utf-8")
        print(f"\n{PAGE.relative_to(ROOT)} is written.")
    return 1 if any(one.good is False for each in verdicts.values() for one in each) else 0


def tell(verdict: Verdict) -> None:
    """One line for a figure, and what stands behind one that isn't good."""
    mark = {True: "good", False: "MISSED", None: "missing"}[verdict.good]
    print(f"  {mark:8}{verdict.judge:15}{verdict.figure}", flush=True)
    for line in verdict.why if not verdict.good else ():
        print(f"{'':25}{line}")


def judged(edition: Judged, browser: Browser | None, asked: list[str]) -> Iterator[Verdict]:
    """Every judge's verdict."""
    found = lint_message(edition.message)
    total, size = len(CHECKS), len(edition.html.encode())
    failed = {finding.id for finding in found}
    if "lint" in asked:
        figure = f"{total - len(failed)} of {total}"
        yield Verdict("lint", figure, not failed, tuple(map(str, found)))
    if "size" in asked:
        yield Verdict("size", f"{size:,}", size <= 90_000)
    for judge, answer in (*by_programs(edition, asked), *by_browser(edition, browser, asked)):
        yield answer or Verdict(judge, "this judge isn't installed here", None)


def by_programs(edition: Judged, asked: list[str]) -> Iterator[tuple[str, Verdict | None]]:
    """The verdicts of other programs; None where there is none."""
    validator, data = TOOLS / ".bin" / "html-validate", TOOLS / "caniemail/data/caniemail.json"
    if "html-validate" in asked:
        answer = None
        if validator.exists():
            with TemporaryDirectory() as folder:
                file = Path(folder) / "message.html"
                file.write_text(edition.html, encoding="utf-8")
                faults = faults_by_html_validate(file, validator)
            answer = Verdict("html-validate", f"{len(faults)}", not faults, tuple(faults[:5]))
        yield "html-validate", answer
    if "mailpit" in asked:
        answer = None
        if data.exists():
            points, partly, never = score(edition.html, data)
            why = (f"only partly supported: {partly}", f"not supported: {never}")
            answer = Verdict("mailpit", f"{points}", points >= 89, why)
        yield "mailpit", answer
    if "spamassassin" in asked:
        spam = points_by_spamassassin(edition.message)
        yield (
            "spamassassin",
            Verdict("spamassassin", f"{spam[0]}", spam[0] <= -0.5, tuple(spam[1]))
            if spam
            else None,
        )


def by_browser(
    edition: Judged, browser: Browser | None, asked: list[str]
) -> Iterator[tuple[str, Verdict | None]]:
    """The verdicts of Chromium; None where there is none."""
    for judge in ("inlining", "axe", "sideways", "images"):
        if judge not in asked:
            continue
        if browser is None:
            yield judge, None
        elif judge == "inlining":
            total, changed = chrome.changed_by_inlining(browser, edition.draft, edition.inlined)
            figure = f"{' / '.join(map(str, changed))} of {total:,}"
            yield judge, Verdict(judge, figure, not any(changed))
        elif judge == "axe":
            faults = chrome.faults_by_axe(browser, edition.html)
            figure = " / ".join(str(len(each)) for each in faults)
            yield (
                judge,
                Verdict(
                    judge,
                    figure,
                    not any(faults),
                    tuple(one for each in faults for one in each)[:5],
                ),
            )
        else:
            count = chrome.sideways if judge == "sideways" else chrome.collapsed_images
            number = count(browser, edition.html)
            yield judge, Verdict(judge, f"{number}", number == 0)


def page(verdicts: dict[str, list[Verdict]], version: str) -> str:
    """The figures as a page of the reference."""
    names = list(verdicts)
    figures = {(name, one.judge): one for name, each in verdicts.items() for one in each}
    rows = [
        f"| {judge}: {goal} | "
        + " | ".join(shown(figures.get((name, judge))) for name in names)
        + " |"
        for judge, goal in JUDGES.items()
    ]
    lines = (
        "<!-- Written by scripts/quality --write. -->",
        "# How good a message is",
        "",
        "Five editions, before judges who didn't write them. `scripts/quality` asks them all, says",
        "what is behind a figure that misses its goal, and ends with 1 then.",
        "",
        *(f"- **{name}**: {ABOUT[name]}" for name in names),
        "",
        f"| judge, and its goal | {' | '.join(names)} |",
        f"|---|{'---|' * len(names)}",
        *rows,
        "",
        "The five views are 800 light, 375, 320, 800 dark and print. A figure of theirs is how",
        "many elements have another computed style after inlining than on the page as the template",
        "prints it. html-validate holds to its recommended rules but for those that mail can't",
        "keep (`scripts/judges/htmlvalidate.json`); Mailpit's formula is told in",
        "`scripts/judges/compatibility.py`.",
        "",
        f"Measured with Chromium {version}, html-validate 10.17.0, caniemail 1.0.5, SpamAssassin 4",
        f"and Python {platform.python_version()} on {platform.system()}; how fast the machine is",
        "makes no difference.",
        "",
    )
    return "\n".join(lines)


def shown(verdict: Verdict | None) -> str:
    """A figure in the table."""
    if verdict is None or verdict.good is None:
        return "not asked"
    return verdict.figure if verdict.good else f"**{verdict.figure}**"


if __name__ == "__main__":
    sys.exit(main())
