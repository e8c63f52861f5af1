"""The table [trial] of config.toml."""

import re
from datetime import timedelta
from typing import Annotated

from digest.config import fields, time_values
from digest.config.strict_table import ConfigTable, default
from digest.config.value_types import Read
from digest.core.readers.trial_expiry import MAX_REMINDER_LEAD, Reminder

_NAME = re.compile(r"\{\{\s*(.*?)\s*\}\}")


def days_before(value: object) -> timedelta | None:
    """How many days before, or nothing for not at all."""
    if value == "":
        return None
    length = time_values.duration(value)
    if length % timedelta(days=1) or length > MAX_REMINDER_LEAD:
        most = MAX_REMINDER_LEAD.days
        raise ValueError(
            f'must be whole days such as "7d", at most {most} of them, '
            f"got {fields.shown_value(value)}"
        )
    return length


def date_template(value: object) -> str:
    """Text in which {{ date }} is a day, and nothing else is a name."""
    given = fields.any_text(value)
    other = next((name for name in _NAME.findall(given) if name != "date"), None)
    if other is not None:
        raise ValueError(f"has {{{{ {other} }}}}, and there is only {{{{ date }}}}")
    return given.strip()


def date_template_line(value: object) -> str:
    """The same on one line."""
    return date_template(fields.one_line_text(value))


class TrialTable(ConfigTable):
    """[trial]: a letter to readers whose tier ends soon (`tier_until`)."""

    remind: Annotated[
        timedelta | None, Read(days_before, {"type": "string", "pattern": "^([0-9]+ ?[dwhms])?$"})
    ] = default("")
    """How long before the last day of a tier its reader is told, once: "7d". Empty: not at all."""
    subject: Annotated[str, Read(date_template_line)] = ""
    """What the letter is called; `{{ date }}` is the last day. Empty: words of ours."""
    text: Annotated[str, Read(date_template)] = ""
    """What it says; an empty line begins a paragraph. Empty: words of ours."""

    def value(self) -> Reminder | None:
        """The reminder that it means; None if nobody is to be told."""
        return Reminder(self.remind, self.subject, self.text) if self.remind else None
