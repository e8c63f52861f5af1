"""Files that come with the product: the templates and the starter config."""

from pathlib import Path

from digest.errors import DigestError

_PACKAGE = Path(__file__).parent.parent
_WHEEL = _PACKAGE / "_templates"
_CHECKOUT = _PACKAGE.parent


def packaged(name: str) -> Path:
    """Where "templates" or "config.toml" is.

    A wheel holds both in `digest/_templates`; a source checkout beside the package.
    """
    places = (_WHEEL if name == "templates" else _WHEEL / name, _CHECKOUT / name)
    found = next((place for place in places if place.exists()), None)
    if found is None:
        raise DigestError(f"{places[0]} is missing; install digest again")
    return found
