"""What the mail server made of a message, and what follows for the delivery."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from digest.core.delivery.mailbox_full import says_full
from digest.core.delivery.state import DeliveryState
from digest.core.message.mime import clean_header
from digest.core.readers.reason import Reason


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
    of the message; in every earlier phase it was surely not sent. `stop` means that trying again
    is no use before a person has mended something, e.g. a certificate.
    """

    phase: Phase
    why: str
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Unusable:
    """The message can't be sent through the server at all, however often one asks: e.g. an address
    that needs SMTPUTF8 where the server lacks it.
    """

    why: str


Outcome = Accepted | Refused | Broken | Unusable


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to write on the delivery row.

    `due` is when to try again (state DEFERRED, and PENDING after host trouble). `suppress` asks
    that the address be never mailed again. `host` marks trouble of the server, not of this
    recipient: nobody's attempt is charged and the sender should slow down. `stop` ends the run
    (e.g. login refused) and comes with `host`: every row is kept for when a person has mended it.
    `pause` says the same of one edition: if others of it meet the same, it can't be sent as it is.
    `why` is for people; decisions go by `reason`.
    """

    state: DeliveryState
    why: str
    code: int = 0
    due: datetime | None = None
    suppress: bool = False
    host: bool = False
    free: bool = False
    stop: bool = False
    pause: bool = False
    reason: Reason = Reason.NONE


# ---------------------------------------------------------------- judging

RETRY_WAITS = (timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2))
MAX_RETRY_WAIT = timedelta(hours=4)
AFTER_A_CUT = timedelta(minutes=30)
"""Where the line is cut at a reader, it may be the reader or the line: no attempt is charged, so
the waits don't grow, and it ends when the reader is given up (store.delivery.give_up.give_up)."""
MOST_ATTEMPTS = 27
"""With these waits the last attempt is made on the fourth day (RFC 5321, 4.5.4.1)."""

# Enhanced status codes (RFC 3463) without their class, which the reply code tells already.
_DETAIL = re.compile(r"(?<![\d.])[245]\.(\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_DEAD = {"1.1", "1.2", "1.3", "1.10"}
"""No such mailbox, no such domain, no such syntax, a domain that takes no mail (RFC 7505)."""
_OURS = {"1.7", "1.8"}
"""The sender's address is what the server dislikes."""
_FULL_DISK, _TOO_BIG, _NOT_ASCII, _QUOTA = "3.1", "3.4", "6.7", "7.28"

_LOGIN = {530, 534, 535, 538}
_NOT_UNDERSTOOD = {500, 501, 502, 503, 504}
_ABOUT_THE_ADDRESS = {501, 504}
_NO_SUCH_ADDRESS = {551, 553, 556}
_PARAMETER = 555
"""Of MAIL and RCPT; ours have some only for an address beyond ASCII (RFC 6531, 3.4)."""

_UNKNOWN = re.compile(
    r"user unknown|unknown (user|recipient|mailbox|address)|recipient unknown"
    r"|no such (user|recipient|mailbox|address|person)|no mailbox (here )?by that name"
    r"|(user|mailbox|recipient|address|account) (does not|doesn't|not) (exist|found)"
    r"|(user|mailbox|recipient|account) (was )?not found|invalid (recipient|mailbox)",
    re.IGNORECASE,
)
_POLICY = re.compile(r"spam|block|policy|relay|spf|dkim|dmarc|reputation|denied", re.IGNORECASE)


def judge(outcome: Outcome, attempts: int, now: datetime) -> Verdict:
    """Decide what becomes of a delivery. `attempts` counts the one that was just made.

    What nobody can know is UNCERTAIN; trouble of the server is nobody's attempt; an address is
    suppressed only where it is dead beyond doubt, never for policy, login or content.
    """
    match outcome:
        case Accepted(reply):
            return Verdict(DeliveryState.SENT, clean_header(reply), code=250)
        case Unusable(why):
            return Verdict(DeliveryState.FAILED, clean_header(why), reason=Reason.UNSENDABLE)
        case Broken(Phase.DOT, why):
            return Verdict(DeliveryState.UNCERTAIN, clean_header(why), reason=Reason.NO_ANSWER)
        case Broken(Phase.CONNECT | Phase.MAIL, why, stop):
            return _host(clean_header(why), 0, None if stop else now + timedelta(minutes=1))
        case Broken(_, why):
            due = now + AFTER_A_CUT
            said = clean_header(why)
            return Verdict(
                DeliveryState.DEFERRED, said, reason=Reason.CONNECTION, due=due, free=True
            )
        case Refused(phase, code, reply):
            return _refused(phase, code, reply, attempts, now)


def _refused(phase: Phase, code: int, reply: str, attempts: int, now: datetime) -> Verdict:
    """The order matters: the server's own trouble first, then this reader's."""
    detail = _detail(reply)
    why = clean_header(f"{code} {reply}")
    if code >= 500 and detail == _TOO_BIG and phase is not Phase.CONNECT:
        return replace(_later(why, code, Reason.TOO_LARGE, attempts, now), pause=True)
    if _must_be_mended(phase, code, detail):
        return _host(why, code, None)
    if wait := _host_wait(phase, code, detail):
        over_quota = code == 421 and detail == _QUOTA
        return _host(why, code, now + wait, Reason.OVER_QUOTA if over_quota else Reason.SERVER)
    # 552 at RCPT is an old spelling of "too many recipients" (RFC 5321, 4.5.3.1.10).
    if code < 500 or (code, phase, detail in {"", "5.3"}) == (552, Phase.RCPT, True):
        return _later(why, code, _reason(code, detail, reply), attempts, now)
    suppress = _is_dead(phase, code, detail, reply)
    reason = Reason.DEAD_ADDRESS if suppress else _reason(code, detail, reply)
    return Verdict(DeliveryState.FAILED, why, reason=reason, code=code, suppress=suppress)


def _reason(code: int, detail: str, reply: str) -> Reason:
    """Why a message for one reader was refused."""
    if says_full(reply):
        return Reason.MAILBOX_FULL
    unnamed = detail in {"", "0.0"} and bool(_POLICY.search(reply))
    if code >= 500 and (detail.startswith("7.") or unnamed):
        return Reason.POLICY
    return Reason.REFUSED


def _detail(reply: str) -> str:
    return found[1] if (found := _DETAIL.search(reply)) else ""


def _must_be_mended(phase: Phase, code: int, detail: str) -> bool:
    """Whether every other reader would get the same answer until a person changes something."""
    if code in _LOGIN:
        return True
    if code < 500 or phase is Phase.CONNECT:
        return False
    if phase is Phase.MAIL:  # about the sender, who is the same for all, unless it's a parameter
        return detail != _NOT_ASCII and code != _PARAMETER
    if detail in _DEAD or (phase is Phase.RCPT and code in _ABOUT_THE_ADDRESS):
        return False
    return code in _NOT_UNDERSTOOD


def _host_wait(phase: Phase, code: int, detail: str) -> timedelta | None:
    """How long to leave the server in peace; None if it has nothing against us in general."""
    if code == 421 and detail == _QUOTA:
        return timedelta(minutes=10)
    if code == 421:
        return timedelta(minutes=1)
    about_the_reader = detail == _NOT_ASCII or (phase is Phase.MAIL and code == _PARAMETER)
    if phase in {Phase.CONNECT, Phase.MAIL} and not about_the_reader:
        return timedelta(minutes=5)
    full = code < 500 and detail == _FULL_DISK
    if code == 454 or full or (code == 452 and not detail and phase is not Phase.RCPT):
        return timedelta(minutes=5)
    return None


def _is_dead(phase: Phase, code: int, detail: str, reply: str) -> bool:
    """Whether the address itself is refused for good, going by what is said most exactly."""
    if detail in _DEAD:
        return phase is not Phase.MAIL  # nobody was named there
    if phase is not Phase.RCPT or detail in _OURS:
        return False
    if code in _NO_SUCH_ADDRESS:
        return not detail or detail.startswith("1.")
    unnamed = detail in {"", "0.0"} and not _POLICY.search(reply)
    return unnamed and bool(_UNKNOWN.search(reply))


def _host(why: str, code: int, due: datetime | None, reason: Reason = Reason.SERVER) -> Verdict:
    """Trouble of the server; without `due` the run ends."""
    state, stop = DeliveryState.PENDING, due is None
    return Verdict(state, why, reason=reason, code=code, due=due, host=True, stop=stop)


def _later(why: str, code: int, reason: Reason, attempts: int, now: datetime) -> Verdict:
    if attempts >= MOST_ATTEMPTS:
        given_up = f"given up after {attempts} attempts: {why}"
        return Verdict(DeliveryState.FAILED, given_up, reason=reason, code=code)
    wait = RETRY_WAITS[max(attempts, 1) - 1] if attempts <= len(RETRY_WAITS) else MAX_RETRY_WAIT
    return Verdict(DeliveryState.DEFERRED, why, reason=reason, code=code, due=now + wait)
