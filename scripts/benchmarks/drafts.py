"""Drafts: an edit of one with forty stories, and a plan, among many articles and among few.

`python -m scripts.benchmarks.drafts COUNT` measures among so many, and prints it as JSON.
"""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from digest.actions.editions.drafts import changes_since
from digest.actions.editions.edit import edit_draft, undo
from digest.actions.editions.plan import plan
from digest.actions.editions.publish import next_draft
from digest.core.editions.draft_edit import DraftEdit, EditKind
from scripts.benchmarks.measuring import Row, measure, seconds
from scripts.benchmarks.message import ROOT
from scripts.benchmarks.site import NOW, publication

STORIES = 40
FEW = 1000
ROUNDS = 5


def drafts_rows(count: int = 100_000) -> list[Row]:
    """What an edit takes, and a plan, among so many articles against a thousand."""
    many, few = apart(count), apart(min(FEW, count))
    slowest = max(many["edits"], key=lambda kind: many["edits"][kind])
    return [
        Row(
            f"an edit of a draft of {STORIES} stories, among {count:,} articles",
            f"median {median(many['edits'].values()) * 1e3:.0f} ms; the slowest, {slowest},"
            f" {many['edits'][slowest] * 1e3:.0f} ms; as a command of its own"
            f" {many['command']:.2f} s, of which {many['start']:.2f} s are Python's and its"
            " libraries' start",
            "0.3 s",
            many["edits"][slowest] / 0.3,
            "goal: at most 1",
        ),
        Row(
            f"a plan of that draft, and what changed since, among {count:,} articles",
            f"{many['plan'] * 1e3:.0f} ms",
            f"among {min(FEW, count):,}: {few['plan'] * 1e3:.0f} ms",
            many["plan"] / few["plan"],
            "goal: at most 1.3",
        ),
    ]


def apart(count: int) -> dict[str, Any]:
    """What a process of its own measured."""
    words = [sys.executable, "-m", "scripts.benchmarks.drafts", str(count)]
    ran = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def measured(folder: Path, count: int) -> dict[str, object]:
    """Draw a draft up, and edit it in every way."""
    app = publication(folder, count)
    weekly = app.newsletter("weekly")
    wide = replace(weekly.rules, max_articles=STORIES, max_per_topic=99, max_per_author=99)
    # As many articles in the window, however many there are.
    weekly = replace(weekly, rules=replace(wide, lookback=timedelta(minutes=15 * 200)), topics=())
    now = NOW + timedelta(minutes=1)
    _, kept = next_draft(app.db, app.factory, weekly, now, now)
    drawn = plan(app.db, weekly, now)
    assert drawn.draft is not None
    stories = [article.id for article in drawn.draft.edited.edition.articles]
    out = next(left.article.id for left in drawn.selection.leftouts)
    texts = {EditKind.FORM: "short"}
    edits: dict[str, float] = {}
    for place, kind in enumerate(EditKind, 1):
        number = out if kind is EditKind.BRING else stories[place]
        edit = DraftEdit(kind, number, text=texts.get(kind, f"Other words for {place}"), place=1)
        took = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            done = edit_draft(app.db, app.factory, weekly, kept, [edit], "bench", now)
            took.append(time.perf_counter() - began)
            kept = undo(app.db, app.factory, done.kept, done.made[0].number, "bench", now).kept
        edits[kind] = median(took)

    def look() -> None:
        plan(app.db, weekly, now)
        changes_since(app.db, app.factory, weekly, kept)

    looked = measure(look, ROUNDS)
    app.db.close()
    return {"edits": edits, "plan": looked} | commands(folder)


def commands(folder: Path) -> dict[str, float]:
    """Seconds of `digest edit` as a process, and of one that only loads what it needs."""
    ours = [sys.executable, "-m", "digest", "--config", str(folder / "config.toml")]
    edit = [*ours, "edit", "weekly", "--at", f"{NOW + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"]
    load = [sys.executable, "-c", "import sqlmodel, premailer, jinja2, pydantic, click"]

    def run(words: list[str]) -> None:
        subprocess.run(words, cwd=ROOT, check=True, capture_output=True)

    intro = [*edit, "--intro", "Good morning."]
    return {"command": seconds(lambda: run(intro)), "start": seconds(lambda: run(load))}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        print(json.dumps(measured(Path(name), int(sys.argv[1]))))
