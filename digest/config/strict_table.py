"""What every table of config.toml is: nothing is guessed, nothing unknown is let through."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class ConfigTable(BaseModel):
    """A table of the config. The line under a key is what editors show for it."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )


def default(raw: object, **more: Any) -> Any:
    """A default in the words of the file; it is read like a value that stands there."""
    return Field(default=raw, validate_default=True, **more)
