"""What went wrong with a mail server, in words for the person who runs this."""

import errno
import socket
import ssl

import aiosmtplib

from digest.core.delivery.smtp_outcome import Broken, Outcome, Phase, Refused

FAILURES = (aiosmtplib.SMTPException, OSError, ValueError)
"""All that talking to a server can raise: TLS errors are OSError, and bad names ValueError."""


def outcome_of_failure(error: Exception, phase: Phase, place: str, seconds: float) -> Outcome:
    """Turn a failure in some phase into an outcome. `place` is host:port; `seconds` the timeout."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return outcome_of_reply(error.code, str(error.message), phase, place)
    cause = error.__cause__ if isinstance(error, aiosmtplib.SMTPException) else error
    if phase is Phase.CONNECT and (known := _at_connecting(cause or error, place)):
        return known
    if isinstance(error, TimeoutError):
        return Broken(phase, f"{place} gave no answer within {seconds:g} seconds")
    if isinstance(error, ConnectionError):
        return Broken(phase, f"{place} closed the connection")
    return Broken(phase, f"{place}: {error}")


def outcome_of_reply(code: int, reply: str, phase: Phase, place: str) -> Outcome:
    """What an answer means that isn't the yes we waited for.

    Only a clear 4xx or 5xx is a refusal. Whatever else a server says instead is nonsense, and
    nobody can know what it meant.
    """
    if 400 <= code <= 599:
        return Refused(phase, code, reply)
    return Broken(phase, f"{place} answered out of turn, with {code}: {reply}")


def _at_connecting(cause: BaseException, place: str) -> Broken | None:
    """The faults of a configuration, or of a network, that we can say something useful about."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _stop(f"the certificate of {place} can't be trusted: {cause.verify_message}")
    if isinstance(cause, ssl.SSLError) and cause.reason == "WRONG_VERSION_NUMBER":
        return _stop(
            f"{place} doesn't begin with TLS:"
            ' if it wants STARTTLS, set mail.smtp.security to "starttls"'
        )
    if isinstance(cause, ValueError):
        return _stop(f"{place} can't be asked: {cause}")
    if isinstance(cause, OSError) and (why := _unreachable(cause, place)):
        return Broken(Phase.CONNECT, why)
    return None


def _unreachable(cause: OSError, place: str) -> str:
    if isinstance(cause, socket.gaierror):
        return f"the mail server {place.rpartition(':')[0]} can't be found: {cause.strerror}"
    # Where a name has several addresses, asyncio tells only the texts of their errors.
    if f"[Errno {errno.ECONNREFUSED}]" in str(cause):
        return f"no mail server answers at {place}"
    return f"{place} can't be reached: {cause}" if type(cause) is OSError else ""


def _stop(why: str) -> Broken:
    return Broken(Phase.CONNECT, why, stop=True)
