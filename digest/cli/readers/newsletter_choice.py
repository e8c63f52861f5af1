"""The newsletters that a command is about."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from digest.app import App


def newsletters_of(app: "App", named: tuple[str, ...]) -> list[str]:
    """The newsletters that were named, or all of the config."""
    return [app.newsletter(slug).slug for slug in named] or [
        one.slug for one in app.settings.newsletter_values()
    ]


newsletter_option = click.option(
    "--newsletter",
    "named",
    metavar="SLUG",
    multiple=True,
    help="Of this newsletter (may be repeated). Default: of every one in the config.",
)
