"""What signs messages here, and the keys that it takes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from digest.config.settings import Settings
from digest.errors import UsageError
from digest.mail import keys
from digest.mail.dkim import Signer
from digest.mail.keys import SigningKey

DEFAULT_SELECTOR = "s1"
"""The name of a key where the config has none."""


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key, where it is kept, and the config that uses it."""

    key: SigningKey
    path: Path
    table: str
    """The lines for the config; empty if it names this key already."""


def signing_keys(settings: Settings) -> tuple[SigningKey, ...]:
    """The keys of [mail.dkim]; none where it is left out. Raises ConfigError for an unfit one."""
    dkim = settings.mail.dkim
    if dkim is None:
        return ()
    return tuple(keys.load_key(dkim.domain, selector, secret) for selector, secret in dkim.keys)


def signer(settings: Settings) -> Signer | None:
    """What signs; None where the mail server does. Raises ConfigError for a key that is unfit."""
    found = signing_keys(settings)
    return Signer(found) if found else None


def make_key(
    settings: Settings,
    kind: Literal["rsa", "ed25519"],
    bits: int = keys.GOOD_BITS,
    selector: str = "",
    out: Path | None = None,
) -> MadeKey:
    """Make a key where the config wants it, else in `dkim.pem` or `dkim-SELECTOR.pem` beside it.

    Raises UsageError if the file is there already, or if the config has this key elsewhere.
    """
    dkim = settings.mail.dkim
    wanted = dict(dkim.keys) if dkim else {}
    selector = selector or (dkim.selector if dkim else DEFAULT_SELECTOR)
    domain = dkim.domain if dkim else settings.sender().domain
    named = wanted.get(selector)
    if named and named.file is None:
        raise UsageError(
            f"{named.place}: {named.key} is not kept in a file; choose another --selector,"
            f' or write {{ file = "dkim.pem" }} there'
        )
    ours = settings.source.folder / (
        "dkim.pem" if selector == DEFAULT_SELECTOR else f"dkim-{selector}.pem"
    )
    path = out or (named.file if named and named.file else ours)
    made = keys.generate(domain, selector, kind, bits)
    keys.write_key(made, path)
    known = named is not None and named.file == path
    return MadeKey(made, path, "" if known else _table(made, path, settings, second=bool(dkim)))


def _table(key: SigningKey, path: Path, settings: Settings, *, second: bool) -> str:
    folder = settings.source.folder
    file = path.relative_to(folder) if path.is_relative_to(folder) else path.absolute()
    above = [] if second else [f'domain = "{key.domain}"']
    lines = [
        "[mail.dkim.second]" if second else "[mail.dkim]",
        *above,
        f'selector = "{key.selector}"',
        f'key = {{ file = "{file}" }}',
    ]
    return "\n".join(lines)
