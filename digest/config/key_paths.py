"""Which keys the config has, and where: for messages, and for checking our own example."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from digest.config.settings import Settings
from digest.config.strict_table import ConfigTable
from digest.config.toml_lines import Loc


def keys(table: type[ConfigTable]) -> dict[str, FieldInfo]:
    """The keys of a table as they are written in the file."""
    return {field.alias or name: field for name, field in table.model_fields.items()}


def table_at(loc: Loc) -> type[ConfigTable] | None:
    """The table at a place of the file, or None where there is none by the rules."""
    table: type[ConfigTable] | None = Settings
    for part in loc:
        if isinstance(part, int):
            continue
        field = keys(table).get(part) if table else None
        table = _table_in(field.annotation) if field else None
    return table


def everything(table: type[ConfigTable] = Settings, above: Loc = ()) -> Iterator[Loc]:
    """Every key of the config with the way to it, tables after their own keys."""
    for key, field in keys(table).items():
        yield (*above, key)
        inside = _table_in(field.annotation)
        if inside:
            yield from everything(inside, (*above, key))


def written(loc: Loc) -> str:
    """The header of a table: `[mail.smtp]`, `[[newsletter]]`, `[[newsletter.sponsor]]`."""
    keyed = tuple(part for part in loc if isinstance(part, str))
    above = table_at(keyed[:-1])
    field = keys(above).get(keyed[-1]) if above else None
    listed = field is not None and _is_listed(field.annotation)
    name = ".".join(keyed)
    return f"[[{name}]]" if listed else f"[{name}]"


def _is_listed(annotation: Any) -> bool:
    inner = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    return get_origin(inner) is tuple


def _table_in(annotation: Any) -> type[ConfigTable] | None:
    """The table that a key holds, also one of several or an optional one."""
    if isinstance(annotation, type) and issubclass(annotation, ConfigTable):
        return annotation
    if get_origin(annotation) in {tuple, Annotated, Union, UnionType}:
        found = (_table_in(inner) for inner in get_args(annotation))
        return next((table for table in found if table), None)
    return None
