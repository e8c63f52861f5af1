"""The JSON Schema of config.toml, for editors: python -m digest.config.schema > FILE."""

import json
import sys

from digest.config.settings import Settings


def schema() -> str:
    """The schema as text, always the same for the same models."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Settings.model_json_schema(),
        "title": "digest: config.toml",
        "required": ["publication", "mail", "newsletter"],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
