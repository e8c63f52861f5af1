"""The tests with the newest version of every package, in an environment of its own."""

import argparse
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PLACE = ROOT / ".newest"
ABOVE = frozenset({">=", ">", "!="})
"""Bounds that don't keep a newer version out."""
FAST = ("-n", "auto", "-m", "not browser and not slow")
_LOCKED = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)


def main() -> int:
    """Returns what pytest does: 0 if all tests pass."""
    asked = _asked()
    uv = (sys.executable, "-m", "uv")
    if not _runs(PLACE / "bin/python", asked.python):
        subprocess.run(
            [*uv, "venv", "--quiet", "--clear", "--seed", "--python", asked.python, PLACE],
            check=True,
        )
    pip = (*uv, "pip", "install", "--quiet", "--python", PLACE / "bin/python")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = requirements(project, beyond=asked.beyond)
    subprocess.run([*pip, "--upgrade", *wanted], check=True)
    subprocess.run([*pip, "--no-deps", "--editable", ROOT], check=True)
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    changed = differences(lock, installed())
    print("Other versions than in the lock:", *changed or ["none"], sep="\n  ")
    sys.stdout.flush()
    tests = [PLACE / "bin/python", "-m", "pytest", "-q", *(asked.pytest or FAST)]
    code = subprocess.run(tests, cwd=ROOT, check=False).returncode
    if code:
        print("Something broke. The versions that differ from the lock:", *changed, sep="\n  ")
        print("To try one of them alone: .venv/bin/python -m pip install NAME==VERSION")
    return code


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/newest", description=__doc__)
    parser.add_argument(
        "--beyond", action="store_true", help="also versions that pyproject.toml doesn't allow"
    )
    parser.add_argument("--python", default=sys.executable, help=argparse.SUPPRESS)
    parser.add_argument("pytest", nargs="*", help="what pytest is to run; default: the fast tests")
    return parser.parse_args()


def requirements(project: dict[str, Any], *, beyond: bool) -> list[str]:
    """What pyproject.toml asks for, with all extras; `beyond` leaves the upper bounds out."""
    named = (project["dependencies"], *project["optional-dependencies"].values())
    asked = [Requirement(line) for lines in named for line in lines]
    ours = [one for one in asked if one.name != project["name"]]
    for one in ours if beyond else ():
        one.specifier = SpecifierSet([bound for bound in one.specifier if bound.operator in ABOVE])
    return sorted({str(one) for one in ours})


def differences(lock: str, versions: dict[str, str]) -> list[str]:
    """A line for each package that isn't in the lock, or in another version."""
    locked = dict(_LOCKED.findall(lock))
    return [
        f"{name} {locked.get(name, 'not there')} → {version}"
        for name, version in sorted(versions.items())
        if locked.get(name) != version
    ]


def installed() -> dict[str, str]:
    """The version of each package in the environment but ours, by its name in the lock."""
    listed = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "list", "--format", "json", "--python", PLACE],
        check=True,
        capture_output=True,
        text=True,
    )
    apart = {"digest", "pip", "setuptools", "wheel"}
    found = {one["name"]: one["version"] for one in json.loads(listed.stdout)}
    return {name: version for name, version in found.items() if name not in apart}


def _runs(python: Path, like: str) -> bool:
    """Whether this environment is there and of the same Python as that one."""
    words = ["-c", "import sys; print(sys.version, sys.base_prefix)"]
    if not python.exists():
        return False
    said = [
        subprocess.run([one, *words], check=True, capture_output=True).stdout
        for one in (python, like)
    ]
    return said[0] == said[1]


if __name__ == "__main__":
    sys.exit(main())
