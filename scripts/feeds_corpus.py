"""What `digest import` makes of a folder of saved feeds: every dialect, whole and broken."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.feeds.dialects import BREAKS, DIALECTS, write


def main() -> int:
    """Import the folder and print what came of it; 1 if a file is neither accepted nor refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=5_000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        run(home, "init", ".")
        write(home / "feeds", count)
        started = time.perf_counter()
        answer = run(home, "import", "--json", "feeds")
        seconds = time.perf_counter() - started
        files = {path.name for path in (home / "feeds").iterdir()}
    refused = {Path(one["path"]).name: one["reason"] for one in answer["rejected"]}
    accepted = files - refused.keys()
    told = {Path(row["source"]).name for row in answer["articles"]}
    print(
        f"{count:,} files in {seconds:.0f} s: {len(accepted):,} accepted with"
        f" {len(answer['articles']):,} articles, {len(refused):,} refused\n"
    )
    print(f"{'':15}" + "".join(f"{name:>11}" for name in BREAKS))
    for kind in DIALECTS:
        print(
            f"{kind:15}" + "".join(f"{shares(files, accepted, kind, name):>11}" for name in BREAKS)
        )
    print("\nrefused because it is")
    for reason, times in Counter(refused.values()).most_common():
        print(f"  {times:6,}  {reason}")
    lost = accepted - told
    print(f"\nneither accepted nor refused: {len(lost)}", *sorted(lost)[:20], sep="\n  ")
    return int(bool(lost))


def shares(files: Iterable[str], accepted: set[str], kind: str, name: str) -> str:
    """How many of these were accepted, of how many."""
    these = {one for one in files if f"-{kind}-{name}-" in one}
    return f"{len(these & accepted)}/{len(these)}"


def run(home: Path, *words: str) -> Any:
    """Run the command; its answer, if it gives one. A traceback ends us."""
    command = [sys.executable, "-m", "digest", *words]
    ended = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    if "Traceback" in ended.stderr or ended.returncode > 1:
        sys.exit(ended.stderr)
    return json.loads(ended.stdout) if "--json" in words else None


if __name__ == "__main__":
    sys.exit(main())
