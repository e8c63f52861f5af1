"""The kinds of value in config.toml: how each is read, and what its JSON Schema says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, Strict, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from digest.config import (
    fields,
    file_values,
    host_values,
    rate_values,
    secrets,
    theme_values,
    time_values,
)
from digest.config.origin import Source
from digest.config.secrets import Secret
from digest.core.message.theme import ThemePart
from digest.core.newsletters.newsletter import Approval
from digest.core.newsletters.timetable import Late

JsonSchema = dict[str, Any]


@dataclass(frozen=True)
class Read:
    """Reads a value with one of the functions in `fields`."""

    reader: Callable[[object], object]
    schema: JsonSchema = field(default_factory=lambda: {"type": "string"}, hash=False)

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.reader)

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> JsonSchema:
        return dict(self.schema)


@dataclass(frozen=True)
class SecretOf:
    """Reads a secret: text, `{ env = "NAME" }` or `{ file = "path" }`. `key` is its full name."""

    key: str

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: object, info: ValidationInfo) -> Secret:
            return secrets.read_secret(self.key, value, info.context or Source())

        # Without this a dump would show the text, for it looks into dataclasses.
        said = core_schema.plain_serializer_function_ser_schema(str)
        return core_schema.with_info_plain_validator_function(read, serialization=said)

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> JsonSchema:
        return {"anyOf": [{"type": "string"}, _one_key("env"), _one_key("file")]}


def _one_key(key: str) -> JsonSchema:
    return {
        "type": "object",
        "properties": {key: {"type": "string"}},
        "required": [key],
        "additionalProperties": False,
    }


@dataclass(frozen=True)
class Located:
    """Reads what names a file with a function in `files`, relative to the config's own folder."""

    reader: Callable[[object, Path], object]
    schema: JsonSchema = field(default_factory=lambda: {"type": "string"}, hash=False)

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: object, info: ValidationInfo) -> object:
            return self.reader(value, (info.context or Source()).folder)

        return core_schema.with_info_plain_validator_function(read)

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> JsonSchema:
        return dict(self.schema)


def _pattern(pattern: str) -> JsonSchema:
    return {"type": "string", "pattern": pattern}


Text = Annotated[str, Read(fields.any_text)]
Line = Annotated[str, Read(fields.one_line_text)]
Name = Annotated[str, Read(fields.required_line, {"type": "string", "minLength": 1})]
Slug = Annotated[str, Read(fields.slug_text, _pattern("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"))]
LanguageValue = Annotated[str, Read(fields.language)]
Zone = Annotated[str, Read(time_values.timezone)]
ZoneOrEmpty = Annotated[str, Read(time_values.timezone_or_empty)]
Duration = Annotated[timedelta, Read(time_values.duration, _pattern("^[0-9]+ ?[smhdw]$"))]
DurationOrNone = Annotated[
    timedelta | None, Read(time_values.duration_or_none, _pattern("^([0-9]+ ?[smhdw])?$"))
]
ClockValue = Annotated[time, Read(time_values.clock, _pattern("^[0-9]{1,2}:[0-9]{2}$"))]
DateOrNone = Annotated[
    date | None, Read(time_values.date_or_none, {"type": "string", "format": "date"})
]
CronValue = Annotated[str, Read(time_values.cron)]
Days = Annotated[
    tuple[str | int, ...],
    Read(time_values.weekdays_or_days, {"type": "array", "items": {"type": ["string", "integer"]}}),
]
LatePolicy = Annotated[Late, Read(time_values.late, _pattern("^(send|skip|ask|send_until:.+)$"))]
ApprovalPolicy = Annotated[
    Approval, Read(time_values.approval, _pattern("^(auto|required|auto_after:.+)$"))
]
Url = Annotated[str, Read(fields.web_url)]
Private = Annotated[
    bool | tuple[str, ...],
    Read(
        host_values.private,
        {"anyOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "string"}}]},
    ),
]
UrlOrEmpty = Annotated[str, Read(fields.web_address_or_empty)]
BaseUrl = Annotated[str, Read(fields.web_base)]
Listen = Annotated[str, Read(host_values.listen_address)]
StoreUrl = Annotated[str, Read(fields.store_url, _pattern("^sqlite:///.+$"))]
Mailbox = Annotated[tuple[str, str], Read(fields.mailbox_value)]
EmailOrEmpty = Annotated[str, Read(fields.email_or_empty)]
Domain = Annotated[str, Read(fields.domain, {"type": "string", "minLength": 1})]
Selector = Annotated[str, Read(fields.selector, _pattern("^[A-Za-z0-9][A-Za-z0-9.-]*$"))]
Emails = Annotated[tuple[Annotated[str, Read(fields.email)], ...], Strict(strict=False)]
RateValue = Annotated[str, Read(fields.rate)]
HoursValue = Annotated[
    tuple[time, time] | None,
    Read(rate_values.hours, _pattern("^([0-9]{1,2}:[0-9]{2} ?- ?[0-9:]{4,5})?$")),
]
MailboxDomain = Annotated[str, Read(rate_values.mailboxes)]
Template = Annotated[str, Read(fields.template)]
Colour = Annotated[str, Read(theme_values.colour, _pattern("^#[0-9A-Fa-f]{6}$"))]
ColourOrEmpty = Annotated[str, Read(theme_values.colour_or_empty, _pattern("^(#[0-9A-Fa-f]{6})?$"))]
PartsValue = Annotated[
    tuple[ThemePart, ...],
    Read(
        theme_values.message_parts, {"type": "array", "items": {"enum": list(get_args(ThemePart))}}
    ),
]
Picture = Annotated[file_values.PictureFile, Located(file_values.picture)]
FolderOrEmpty = Annotated[str, Located(file_values.folder_or_empty)]
MailboxDomains = Annotated[tuple[MailboxDomain, ...], Strict(strict=False)]
Names = Annotated[tuple[Name, ...], Strict(strict=False)]
Urls = Annotated[tuple[Url, ...], Strict(strict=False)]
Slugs = Annotated[tuple[Slug, ...], Strict(strict=False)]
Count = Annotated[int, Field(ge=1)]
