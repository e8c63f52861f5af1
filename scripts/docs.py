"""Generates pages of the reference: what the code knows, put into scripts/reference."""

import argparse
import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import UnionType
from typing import Literal, Union, get_args, get_origin

import click
from annotated_types import Ge, Le
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic.fields import FieldInfo

from digest.cli.root import digest
from digest.config import (
    fields,
    file_values,
    host_values,
    rate_values,
    theme_values,
    time_values,
    trial,
    value_types,
)
from digest.config.key_paths import keys, written
from digest.config.settings import Settings
from digest.config.strict_table import ConfigTable
from digest.render.lint.lint import CHECKS, ELSEWHERE

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "scripts" / "reference"
PAGES = {
    "config.md": ROOT / "docs" / "reference" / "config.md",
    "commands.md": ROOT / "docs" / "reference" / "commands.md",
    "lint.md": ROOT / "docs" / "reference" / "lint.md",
    "modules.md": ROOT / "docs" / "reference" / "modules.md",
}


def main() -> int:
    """Write the pages, or say which are stale."""
    parser = argparse.ArgumentParser(prog="scripts/docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if a page is stale")
    options = parser.parse_args()
    stale = [
        (path, text)
        for name, path in PAGES.items()
        if (text := page(name)) != (path.read_text("utf-8") if path.exists() else "")
    ]
    for path, text in stale:
        if options.check:
            print(f"{path.relative_to(ROOT)} is stale: run scripts/docs", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
    return 1 if stale and options.check else 0


def page(name: str) -> str:
    """A page of the reference, whole."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    told: set[str] = set()

    def verb(path: str) -> str:
        told.add(path)
        return command(path)

    text = environment.get_template(f"{name}.j2").render(
        verb=verb,
        table=table,
        cell=lambda text: cell(text).replace("<", "&lt;"),
        checks=CHECKS,
        elsewhere=ELSEWHERE,
        folders=modules(),
        mark="<!-- Written by scripts/docs; edit scripts/reference. -->",
    )
    if name == "commands.md" and (missing := {path for path, _ in commands()} - told):
        raise SystemExit(f"scripts/reference/commands.md.j2 leaves out {', '.join(missing)}")
    return re.sub(r"\n{3,}", "\n\n", text)


# ---------------------------------------------------------------- modules


def modules() -> list[tuple[str, list[tuple[str, str]]]]:
    """Each folder of the product, with its modules and what each says of itself first."""
    folders: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((ROOT / "digest").rglob("*.py")):
        if path.name == "__init__.py" or "migrations" in path.parts:
            continue
        said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        first = " ".join(said.split("\n\n")[0].split())
        folders.setdefault(str(path.parent.relative_to(ROOT)), []).append((path.name, first))
    return sorted(folders.items())


# ---------------------------------------------------------------- commands


def commands(group: click.Group = digest, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with the words that lead to it."""
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        found = group.get_command(ctx, name)
        assert found
        path = f"{above} {name}".strip()
        if isinstance(found, click.Group):
            if found.invoke_without_command:
                yield path, found
            yield from commands(found, path)
        else:
            yield path, found


def command(path: str) -> str:
    """A command's heading, usage, help and options."""
    found = dict(commands())[path]
    ctx = click.Context(found)
    usage = " ".join(["digest", path, *found.collect_usage_pieces(ctx)])
    paragraphs = [" ".join(part.split()) for part in (found.help or "").split("\n\n")]
    rows = [option(one, ctx) for one in found.params if isinstance(one, click.Option)]
    listed = ["| option | |", "|---|---|", *rows] if rows else []
    body = "\n\n".join(filter(None, [f"`{usage}`", *paragraphs, "\n".join(listed)]))
    return f"### `digest {path}`\n\n{body}"


def option(one: click.Option, ctx: click.Context) -> str:
    """A row of the table of options."""
    value = "" if one.is_flag else f" {one.make_metavar(ctx)}"
    return f"| `{', '.join(one.opts)}{value}` | {cell(one.help or '')} |"


# ---------------------------------------------------------------- config


KINDS: dict[Callable[..., object], str] = {
    fields.any_text: "text",
    fields.one_line_text: "text, one line",
    fields.required_line: "text, one line, not empty",
    fields.slug_text: "[slug](#slug)",
    fields.language: "[language](#language)",
    time_values.timezone: "[time zone](#time-zone)",
    time_values.timezone_or_empty: "[time zone](#time-zone) or empty",
    time_values.duration: "[duration](#duration)",
    time_values.duration_or_none: "[duration](#duration), or empty",
    trial.days_before: 'days, `"7d"`, or empty',
    trial.date_template: "text",
    trial.date_template_line: "text, one line",
    time_values.date_or_none: "day, `2026-03-16`",
    time_values.clock: 'time of day, `"07:30"`',
    time_values.cron: "[cron line](#cron-line)",
    time_values.weekdays_or_days: "list of weekdays by name, or of days by number",
    time_values.late: "[lateness](#lateness)",
    time_values.approval: "[approval](#approval)",
    fields.web_url: "web address",
    fields.web_address_or_empty: "web address or empty",
    fields.web_base: "web address without `?` and `#`",
    host_values.listen_address: '`"host:port"`',
    host_values.private: "true, false or a list of hosts",
    fields.store_url: '`"sqlite:///file"`',
    fields.mailbox_value: '`"Name <address>"`',
    fields.email_or_empty: "address or empty",
    fields.domain: "domain",
    rate_values.hours: '`"07:00-21:00"` or empty',
    fields.selector: "letters, digits, `-`",
    fields.rate: "[rate](#rate) or empty",
    fields.template: "[template](#template)",
    theme_values.colour: "[colour](#colour)",
    theme_values.colour_or_empty: "[colour](#colour) or empty",
    theme_values.message_parts: "list of parts",
    file_values.picture: "web address or file",
    file_values.folder_or_empty: "folder or empty",
}
IDLE = {"web.admin_password": "there are no admin pages"}
"""What is read and not acted on so far."""


def table(path: str) -> str:
    """The heading, the purpose and the keys of a table of the config: "mail.smtp"."""
    found, docs = _table(path.split("."))
    idle = IDLE
    rows = [
        f"| `{key}` | {kind(field)} | {default(field)} | {meaning(f'{path}.{key}', field, idle)} |"
        for key, field in keys(found).items()
        if not _inner(field)
    ]
    heading = written(tuple(path.split(".")))
    purpose = docs.partition(":")[2].strip() if docs.startswith("[") else docs
    title = f"## `{heading}`" + ("" if path not in idle else "\n\n" + _no_effect(idle[path]))
    lines = ["| key | kind | default | meaning |", "|---|---|---|---|", *rows]
    return f"{title}\n\n{purpose[0].upper()}{purpose[1:]}\n\n" + "\n".join(lines)


def _table(path: list[str], above: type[ConfigTable] = Settings) -> tuple[type[ConfigTable], str]:
    field = keys(above)[path[0]]
    found = _inner(field)
    assert found
    if path[1:]:
        return _table(path[1:], found)
    return found, " ".join((found.__doc__ or "").split())


def _inner(field: FieldInfo) -> type[ConfigTable] | None:
    """The table that a key holds, if it holds one."""
    candidates = [field.annotation, *get_args(field.annotation)]
    return next((c for c in candidates if isinstance(c, type) and issubclass(c, ConfigTable)), None)


def kind(field: FieldInfo) -> str:
    """What may stand there, in words."""
    annotation, metadata = field.annotation, list(field.metadata)
    if get_origin(annotation) in {Union, UnionType}:
        annotation = next(part for part in get_args(annotation) if part is not type(None))
        metadata += get_args(annotation)[1:]
    for mark in metadata:
        if isinstance(mark, value_types.Read | value_types.Located):
            return KINDS[mark.reader]
        if isinstance(mark, value_types.SecretOf):
            return "[secret](#secret)"
    if get_origin(annotation) is Literal:
        return " or ".join(f'`"{value}"`' for value in get_args(annotation))
    if annotation is bool:
        return "`true` or `false`"
    if annotation is int:
        low = next(mark.ge for mark in metadata if isinstance(mark, Ge))
        high = [mark.le for mark in metadata if isinstance(mark, Le)]
        return f"number, {low} to {high[0]}" if high else f"number, {low} or more"
    if get_origin(annotation) is tuple:
        inner = get_args(get_args(annotation)[0])[1]
        return "list of " + ("slugs" if inner.reader is fields.slug_text else "text")
    raise SystemExit(f"scripts/docs.py has no words for {annotation}")


def default(field: FieldInfo) -> str:
    """The default as it would be written, or that there is none."""
    if field.is_required():
        return f"**required**, like `{toml((field.examples or [''])[0])}`"
    return "" if field.default in ("", None) else f"`{toml(field.default)}`"


def toml(value: object) -> str:
    """A value as TOML writes it on one line."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case dict():
            return "{ " + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(map(toml, value)) + "]"
    return str(value)


def meaning(path: str, field: FieldInfo, idle: dict[str, str]) -> str:
    """What a key is for, and whether it does that yet."""
    said = cell(field.description or "")
    return f"{said} {_no_effect(idle[path])}" if path in idle else said


def _no_effect(instead: str) -> str:
    return f"*No effect in this version: {instead}.*"


def cell(text: str) -> str:
    """Text in a table: one line, no bars, values in quotes as code."""
    text = " ".join(text.split()).replace("|", "\\|")
    return re.sub(r'(?<![\w`=])"([^"]+)"(?!`)', r'`"\1"`', text)


if __name__ == "__main__":
    sys.exit(main())
