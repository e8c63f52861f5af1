"""The table [archive] of config.toml."""

from digest.config.strict_table import ConfigTable
from digest.core.editions.web_access import Articles


class ArchiveTable(ConfigTable):
    """[archive]: what everybody sees on the website."""

    articles: Articles = "sent"
    """Which articles are public: "sent" (what a public edition has carried), or "all" (each from
    its own date on, unless only newsletters with a closed archive had it)."""
