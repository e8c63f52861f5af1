"""Reading hosts and ports of the config.

Every function raises ValueError with a sentence that can follow the key's name.
"""

import re

from digest.config.fields import any_text, shown_value

_PLACE = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s/:@\[\]]+)(?::[1-9][0-9]{0,4})?")


def private(value: object) -> tuple[str, ...] | bool:
    """Read true, false, or a list of hosts with or without their ports."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise ValueError('must be true, false or a list such as ["127.0.0.1:8080"]')
    for place in value:
        if not _PLACE.fullmatch(place):
            raise ValueError(f'must be hosts such as "127.0.0.1:8080", got {shown_value(place)}')
    return tuple(place.lower() for place in value)


def listen_address(value: object) -> str:
    """Host and port that the web pages are served on."""
    place = any_text(value)
    host, colon, port = place.rpartition(":")
    ipv6 = host.startswith("[") and host.endswith("]")
    good_host = bool(host) and not host.isspace() and (ipv6 or ":" not in host)
    if not colon or not good_host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(
            f'must be a host and a port such as "127.0.0.1:8000", got {shown_value(place)}'
        )
    return place
