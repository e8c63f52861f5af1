"""What lists of other systems say of whether somebody may be mailed: columns, words and file names.

No state is guessed. What looks like one and isn't understood is for a person to explain.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum


class ListState(StrEnum):
    """Whether somebody may be mailed, the strictest last."""

    ACTIVE = "active"
    UNCONFIRMED = "unconfirmed"
    """They never confirmed: not mailed, and not kept out."""
    GONE = "unsubscribed"
    DEAD = "bounced"
    COMPLAINED = "complained"


STRICTNESS = tuple(ListState)


class StateColumn(StrEnum):
    """How a column says it."""

    WORD = "word"
    GONE_IF_YES = "yes"
    GONE_IF_NO = "no"
    GONE_IF_SET = "set"
    """A time: whoever has one left then."""


_WORDS = {
    ListState.ACTIVE: (
        "active subscribed enabled confirmed ok sendable premium gifted trialed regular"
        " aktiv angemeldet abonniert bestatigt actif active abonne inscrit confirme activo suscrito"
        " confirmado نشط مشترك مؤكد"
    ),
    ListState.UNCONFIRMED: (
        "unconfirmed pending unactivated notconfirmed waiting optinpending"
        " awaitingconfirmation unbestatigt ausstehend nichtbestatigt enattente nonconfirme"
        " pendiente sinconfirmar noconfirmado قيدالانتظار غيرمؤكد"
    ),
    ListState.GONE: (
        "unsubscribed unsubscribe cancelled canceled deactivated optedout optout left blocked"
        " blocklisted blacklisted blacklist suppressed inactive disabled removed deleted archived"
        " nonsubscribed notsubscribed former expired paused"
        " abgemeldet abbestellt ausgetragen gekundigt gesperrt inaktiv geloscht"
        " desabonne desinscrit resilie bloque inactif supprime"
        " baja dadodebaja cancelado desuscrito bloqueado inactivo eliminado ملغى غيرمشترك محذوف"
    ),
    ListState.DEAD: (
        "bounced bounce hardbounced hardbounce cleaned undeliverable unreachable invalid dead"
        " unzustellbar nichterreichbar ungultig rejete nondistribuable injoignable invalide"
        " rebotado noentregable inalcanzable invalido مرتد"
    ),
    ListState.COMPLAINED: (
        "complained complaint spam spamcomplaint spamreport reportedspam markedasspam junk abuse"
        " abusereport beschwerde plainte queja شكوى"
    ),
}
_STATE_OF = {word: state for state, words in _WORDS.items() for word in words.split()}
_YES = {"true", "yes", "y", "1", "t", "x", "ja", "oui", "si", "نعم"}
_NO = {"false", "no", "n", "0", "f", "nein", "non", "لا"}

_WORD_COLUMNS = {
    "status", "state", "subscriptionstatus", "subscriberstatus", "emailstatus", "memberstatus",
    "contactstatus", "type", "subscribertype", "deliverability", "zustand", "statut", "etat",
    "estado", "الحالة",
}  # fmt: skip
_LEAVING = (
    "unsub|optout|optedout|cancel|deactivat|disabled|blacklist|blocklist|blocked|suppress|deleted"
    "|archived|bounce|clean|undeliver|complain|spam|abuse|abgemeldet|abbestellt|gesperrt|desabon"
    "|desinscr|baja|desuscri"
)
_TIME = re.compile(rf"(?:{_LEAVING}).*(?:at|on|time|date|datum|fecha|le)$")
_LEFT = re.compile(_LEAVING)
_STAYS = re.compile(r"^(?:is)?(?:subscribed|optin|optedin|active|enabled|confirmed|verified)")
_DETAIL = re.compile(r"campaign|reason|count|ip$|title|comment|note|active_?subscription")
_FILE = re.compile(
    r"unsub|cleaned|bounce|complain|spam|suppress|blocklist|blacklist|optout|opted.?out|inactive"
    r"|abgemeldet|abbestellt|desabonn|desinscr|bajas?(?![a-z])"
)
_DOUBT = re.compile(r"[^\w\s.'’/-]")
"""What words of states don't have: "active?" is no answer."""
_EMAIL = {
    "email", "emailaddress", "mail", "mailaddress", "subscriber", "subscriberemail", "contactemail",
    "emailadresse", "mailadresse", "adresseemail", "adressemail", "courriel", "correo",
    "correoelectronico", "direcciondecorreo", "البريدالإلكتروني",
}  # fmt: skip


def plain(text: str) -> str:
    """Letters and digits without case, accents and what stands between them."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if one.isalnum())


def email_column(names: Iterable[str]) -> str:
    """The name of the one column that holds addresses, "" if none or several might."""
    found = [name for name in names if plain(name) in _EMAIL]
    return found[0] if len(found) == 1 else ""


def state_columns(names: Iterable[str]) -> dict[str, StateColumn]:
    """The columns that say whether somebody may be mailed, and how; by name alone."""
    found: dict[str, StateColumn] = {}
    for name in names:
        short = plain(name)
        if short in _WORD_COLUMNS:
            found[name] = StateColumn.WORD
        elif not short or _DETAIL.search(name.casefold()):
            continue
        elif _TIME.search(short):
            found[name] = StateColumn.GONE_IF_SET
        elif _LEFT.search(short):
            found[name] = StateColumn.GONE_IF_YES
        elif _STAYS.search(short):
            found[name] = StateColumn.GONE_IF_NO
    return found


def state_of(text: str) -> ListState | None:
    """What a word says; None for one that isn't known. Nothing said is active."""
    if not text.strip():
        return ListState.ACTIVE
    return None if _DOUBT.search(text) else _STATE_OF.get(plain(text))


def state_in(column: StateColumn, cell: str) -> ListState | None:
    """What a cell of such a column says; None if that isn't known."""
    word = plain(cell)
    if column is StateColumn.WORD:
        return state_of(cell)
    if not word:
        return ListState.ACTIVE
    if column is StateColumn.GONE_IF_SET:
        return ListState.ACTIVE if word in _NO or word == "null" else ListState.GONE
    if word not in _YES | _NO:
        return state_of(cell) if column is StateColumn.GONE_IF_YES else None
    leaves = (word in _YES) is (column is StateColumn.GONE_IF_YES)
    return ListState.GONE if leaves else ListState.ACTIVE


def strictest(states: Iterable[ListState]) -> ListState:
    """The one that counts where several are said; ACTIVE where none is."""
    return max(states, key=STRICTNESS.index, default=ListState.ACTIVE)


def state_of_row(columns: Mapping[str, StateColumn], row: Mapping[str, str]) -> ListState | None:
    """What a row says in all of these columns; None if one of them isn't understood."""
    said = [state_in(column, row.get(name, "")) for name, column in columns.items()]
    known = [one for one in said if one is not None]
    return strictest(known) if len(known) == len(said) else None


def says_who_is_gone(file_name: str) -> bool:
    """Whether the name of a file says that its people must not be mailed."""
    apart = unicodedata.normalize("NFKD", file_name.casefold())
    return bool(_FILE.search("".join(one for one in apart if not unicodedata.combining(one))))
