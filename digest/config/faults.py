"""What is wrong with a config, said in the words of the one who wrote it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from digest.config.fields import near, shown_value
from digest.config.key_paths import everything, keys, table_at, written
from digest.config.origin import Source
from digest.config.toml_lines import Loc

Raw = Mapping[str, Any]
"""The config as TOML gives it, not checked yet."""


@dataclass(frozen=True, slots=True)
class ConfigFault:
    """One thing that is wrong, and at which key."""

    loc: Loc
    message: str


def fault_lines(faults: Iterable[ConfigFault], source: Source, raw: Raw) -> list[str]:
    """One line for each, in the order of the file: `config.toml:14: mail.smtp.port: …`."""
    ordered = sorted(faults, key=lambda fault: source.line(fault.loc))
    lines = (
        f"{source.path}:{n}" if (n := source.line(f.loc)) else f"{source.path}" for f in ordered
    )
    return [
        f"{place}: {named(fault.loc, raw)}: {fault.message}"
        for place, fault in zip(lines, ordered, strict=True)
    ]


def named(loc: Loc, raw: Raw) -> str:
    """A key as people call it: `mail.smtp.port`, `newsletter[weekly].late`."""
    name = ""
    value: Any = raw
    for part in loc:
        value = _inside(value, part)
        if isinstance(part, str):
            name += f".{part}" if name else part
            continue
        slug = value.get("slug") if isinstance(value, dict) else None
        name += f"[{slug}]" if isinstance(slug, str) and slug else f"[{part + 1}]"
    return name


def _inside(value: Any, part: str | int) -> Any:
    if isinstance(value, Mapping):
        return value.get(str(part))
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part]
    return None


def from_pydantic(error: ValidationError) -> list[ConfigFault]:
    """The faults that the models found."""
    return [_fault(detail) for detail in error.errors(include_url=False)]


def _fault(detail: ErrorDetails) -> ConfigFault:
    loc: Loc = detail["loc"]
    if detail["type"] == "extra_forbidden":
        return ConfigFault(loc, _unknown(loc))
    if detail["type"] == "missing":
        return ConfigFault(loc, _missing(loc))
    return ConfigFault(loc, _wrong(detail))


def _unknown(loc: Loc) -> str:
    """The nearest key at that place, else where this one belongs, else the keys there are."""
    *above, key = loc
    table = table_at(tuple(above))
    known = list(keys(table)) if table else []
    hint = near(key, known)
    if hint:
        return f"unknown key{hint}"
    home = next((place for place in everything() if place[-1] == key and len(place) > 1), None)
    if home:
        return f"unknown key; it belongs in {written(home[:-1])}"
    return f"unknown key; there are {', '.join(known)}"


def _missing(loc: Loc) -> str:
    table = table_at(loc[:-1])
    field = keys(table).get(str(loc[-1])) if table else None
    example = field.examples[0] if field and field.examples else None
    if example is None:
        return "is required"
    return f"is required, for example {loc[-1]} = {_toml(example)}"


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    return f'"{value}"'


def _wrong(detail: ErrorDetails) -> str:
    value, context = detail["input"], detail.get("ctx", {})
    got = f"got {shown_value(value)}"
    match detail["type"]:
        case "value_error":
            message = str(context["error"])
        case "int_type":
            message = f"must be a whole number, {got}"
        case "bool_type":
            message = f"must be true or false, without quotes, {got}"
        case "greater_than_equal":
            message = f"must be at least {context['ge']}, {got}"
        case "less_than_equal":
            message = f"must be at most {context['le']}, {got}"
        case "literal_error":
            choices = context["expected"].replace("'", '"')
            message = f"must be {choices}, {got}{near(value, choices.split(chr(34))[1::2])}"
        case "tuple_type":
            message = _no_list(detail["loc"], value)
        case "model_type":
            message = _no_table(detail["loc"], value)
        case _:
            message = f"{detail['msg']}, {got}"
    return message


def _no_list(loc: Loc, value: object) -> str:
    if table_at(loc):
        return f"write {written(loc)}, with two brackets on each side"
    return f'must be a list in brackets, ["one", "two"], got {shown_value(value)}'


def _no_table(loc: Loc, value: object) -> str:
    if loc[-1] == "schedule":
        return (
            'must be { every = "week", on = ["monday"], at = "07:30" }'
            f' or {{ cron = "30 7 * * mon" }}, got {shown_value(value)}'
        )
    if isinstance(loc[-1], int):
        return f"must be a table {written(loc[:-1])}, got {shown_value(value)}"
    if isinstance(value, list):
        return f"write {written(loc)} once, with one bracket on each side"
    return f"must be a table {written(loc)}, got {shown_value(value)}"
