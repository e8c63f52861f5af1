"""What html-validate and SpamAssassin say of a message."""

import json
import re
import shutil
import subprocess
from pathlib import Path

PROFILE = Path(__file__).with_name("htmlvalidate.json")


def faults_by_html_validate(html: Path, program: Path) -> list[str]:
    """What its recommended rules find, but for those that mail can't keep (htmlvalidate.json)."""
    done = subprocess.run(
        [program, "--config", PROFILE, "--formatter", "json", html],
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stdout.strip():
        raise RuntimeError(done.stderr.strip() or f"{program} said nothing")
    return [
        f"{message['ruleId']} in line {message['line']}: {message['message']}"
        for one in json.loads(done.stdout)
        for message in one["messages"]
    ]


def points_by_spamassassin(message: bytes) -> tuple[float, list[str]] | None:
    """Its points by local rules alone, and the rules that gave some; None where it isn't."""
    program = shutil.which("spamassassin")
    if program is None:
        return None
    done = subprocess.run(
        [program, "--local", "--test-mode"], input=message, capture_output=True, check=True
    )
    said = done.stdout.decode("utf-8", "replace")
    (points,) = re.findall(r"Content analysis details:\s+\((-?[\d.]+) points", said)
    rules = re.findall(r"(?m)^ *(-?\d+\.\d) ([A-Z][A-Z0-9_]+) ", said)
    return float(points), [f"{rule} {given}" for given, rule in rules if float(given)]
