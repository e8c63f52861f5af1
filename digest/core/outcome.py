"""What the mail server made of a message, and what follows for the delivery."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.core.delivery import DeliveryState


class Phase(StrEnum):
    """How far a transfer got before something happened (RFC 5321, 3.1 to 3.3)."""

    CONNECT = "connect"
    """DNS, TCP, greeting, EHLO, TLS, AUTH: nothing about this recipient was said."""
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    """DATA was said; the dot was not."""
    DOT = "dot"
    """The bytes that complete the message may have gone out."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server said 250 after the dot: it has the message."""

    reply: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The server gave a reply that is not success. `code` is 400 to 599."""

    phase: Phase
    code: int
    reply: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The connection failed, timed out or talked nonsense. In phase DOT nobody knows what became
    of the message; in every earlier phase it was surely not sent.
    """

    phase: Phase
    why: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """This message can't be sent through this server at all, whoever asks: e.g. an address that
    needs SMTPUTF8 where the server lacks it.
    """

    why: str


Outcome = Accepted | Refused | Broken | Unusable


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to write on the delivery row.

    `due` is when to try again (state DEFERRED, and PENDING after host trouble). `suppress` asks
    that the address be never mailed again. `host` marks trouble of the server, not of this
    recipient: nobody's attempt is charged and the sender should slow down. `stop` ends the run
    (e.g. login refused).
    """

    state: DeliveryState
    why: str
    code: int = 0
    due: datetime | None = None
    suppress: bool = False
    host: bool = False
    stop: bool = False
