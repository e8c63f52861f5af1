"""The archive as files: whether ten times as many articles take more than ten times as long.

`python -m scripts.benchmarks.site COUNT` exports so many and prints files, seconds of CPU time, MB.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.app import App
from digest.config.load import load_config
from digest.core.articles.article import Topic
from digest.core.articles.identity import identify
from digest.store.articles import intake
from digest.store.articles.intake import Filed
from digest.store.database.database import Tx, create
from digest.web.static_site.export import export_site
from scripts.benchmarks import prose
from scripts.benchmarks.measuring import Row
from scripts.benchmarks.message import ROOT
from tests.builders import an_item

NOW = datetime(2026, 11, 26, tzinfo=UTC)
BATCH = 2000
TOPICS = ("world", "economy", "science", "culture", "cities")


def site_rows(count: int = 100_000) -> list[Row]:
    """The export of an archive, a file, against one with a tenth of its articles."""
    many, few = (apart(size) for size in (count, count // 10))
    return [
        Row(
            f"the archive of {count:,} articles as files",
            f"{many['files']:,} files in {many['seconds']:.0f} s of CPU time, {many['mb']:.0f} MB",
            f"{count // 10:,} articles: {few['files']:,} files in {few['seconds']:.1f} s,"
            f" {few['mb']:.0f} MB",
            many["seconds"] / many["files"] * few["files"] / few["seconds"],
            "goal: a file takes at most 1.5 of the time",
        )
    ]


def apart(count: int) -> dict[str, float]:
    """What a process of its own measured."""
    words = [sys.executable, "-m", "scripts.benchmarks.site", str(count)]
    ran = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


def publication(folder: Path, count: int) -> App:
    """A publication with so many articles, a fifth of them under each topic, by many writers."""
    (folder / "config.toml").write_text((ROOT / "config.toml").read_text("utf-8"), "utf-8")
    (folder / "secret.key").write_text("0123456789abcdef" * 4, "utf-8")
    create(folder / "digest.db")
    app = App(load_config(folder / "config.toml"), clock=lambda: NOW)
    for start in range(0, count, BATCH):
        app.db.write(save, range(start, min(count, start + BATCH)), max(1, count // 250))
    return app


def save(tx: Tx, numbers: range, people: int) -> None:
    """Keep the articles of these numbers."""
    filed = []
    for number in numbers:
        item = an_item(
            prose.title(number),
            body_text=prose.text(number),
            authors=(f"{prose.author(number)} {number % people}",),
            published=NOW - timedelta(minutes=15 * number),
            url=f"https://harbour.example/{number}",
        )
        topic = Topic(TOPICS[number % len(TOPICS)], 1.0, "a benchmark")
        filed.append(Filed(identify(item), (topic,)))
    intake.save_all(tx, filed, "", NOW)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        app = publication(Path(name), int(sys.argv[1]))
        begun = time.process_time()
        files = export_site(app, Path(name) / "site").files
        spent = time.process_time() - begun
        app.db.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"files": files, "seconds": spent, "mb": peak}))
