"""Finding and reading config.toml."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from digest.config.cross_checks import relations
from digest.config.faults import ConfigFault, fault_lines, from_pydantic
from digest.config.origin import Source
from digest.config.settings import Settings
from digest.config.toml_lines import line_numbers
from digest.errors import ConfigError

CONFIG_NAME = "config.toml"
VARIABLE = "DIGEST_CONFIG"


def find_config(explicit: str | None = None) -> Path:
    """Where the config is: `explicit` (--config), else $DIGEST_CONFIG, else ./config.toml.

    Raises ConfigError saying where it looked.
    """
    named = explicit or os.environ.get(VARIABLE)
    path = Path(named or CONFIG_NAME)
    if path.is_file():
        return path
    asked = "--config" if explicit else f"${VARIABLE}" if named else ""
    if path.is_dir():
        raise ConfigError(f"{path} is a folder; name the file in it, {path / CONFIG_NAME}")
    if asked:
        raise ConfigError(f"there is no config at {path} (from {asked}); `digest init` makes one")
    raise ConfigError(
        f"there is no {CONFIG_NAME} in {Path.cwd()}; go to its folder, name it with --config FILE"
        f" or in ${VARIABLE}, or make a new one with `digest init`"
    )


def load_config(path: Path) -> Settings:
    """Read and check a config. Raises ConfigError with every fault, one line each."""
    text = _read(path)
    raw = _parse(path, text)
    source = Source(path, line_numbers(text))
    faults: list[ConfigFault] = []
    try:
        settings = Settings.model_validate(raw, context=source)
    except ValidationError as error:
        faults += from_pydantic(error)
    if faults := [*faults, *relations(raw)]:
        raise ConfigError(*fault_lines(faults, source, raw))
    return settings


def _read(path: Path) -> str:
    try:
        # utf-8-sig: editors on Windows put a mark in front.
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: is not UTF-8 text; save the file as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from None


_PLACE = re.compile(
    r"(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)", re.DOTALL
)
_HINTS = {
    "Invalid value": "the value is missing or isn't valid TOML; text goes in quotes",
    "Invalid initial character for a key": "there must be a key; an odd one goes in quotes",
    "Expected ']'": "a [table] isn't closed; ] is missing",
    "Expected ']]'": "a [[table]] isn't closed; ]] is missing",
    "Cannot overwrite a value": "this key is there already",
    "Cannot declare": "this table is there already; merge the two",
    "Expected '=' after a key": "there must be = after the key",
    "Invalid statement": "this is neither a [table] nor key = value",
    "Expected newline or end of document": "there is something after the value",
    "Unclosed array": "a list isn't closed; ] is missing",
    "Unclosed inline table": "a { isn't closed; } is missing on the same line",
    "Unterminated string": "a string isn't closed; a quote is missing",
    "Illegal character '\\n'": "a string isn't closed; a quote is missing",
}


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _PLACE.fullmatch(str(error))
        what = match["what"] if match else str(error)
        # Where a file ends too early, its last line is the best place to begin looking.
        line = match["line"] if match and match["line"] else text.rstrip().count("\n") + 1
        hint = next((_HINTS[start] for start in _HINTS if what.startswith(start)), what)
        raise ConfigError(f"{path}:{line}: {hint}") from None
    except RecursionError:
        raise ConfigError(f"{path}: is nested too deeply") from None
