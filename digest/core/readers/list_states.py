"""What lists of other systems say of whether somebody may be mailed: columns, words and file names.

No state is guessed. What looks like one and isn't understood is for a person to explain.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple


class ListState(StrEnum):
    """Whether somebody may be mailed, the strictest last."""

    ACTIVE = "active"
    SOFT = "soft_bounced"
    """Mail to them had trouble that may pass: like the next."""
    UNCONFIRMED = "unconfirmed"
    """They never confirmed: not mailed, and not kept out."""
    GONE = "unsubscribed"
    DEAD = "bounced"
    COMPLAINED = "complained"


STRICTNESS = tuple(ListState)


class ColumnKind(StrEnum):
    """How a column says it."""

    WORD = "word"
    IF_YES = "yes"
    IF_NO = "no"
    IF_SET = "set"
    """A time: since then they are so."""


class StateColumn(NamedTuple):
    """A column that says it; `state` is what a yes, a no or a time means there."""

    kind: ColumnKind
    state: ListState = ListState.GONE


WORD_COLUMN = StateColumn(ColumnKind.WORD)


_WORDS = {
    ListState.ACTIVE: (
        "active subscribed enabled confirmed ok sendable premium gifted trialed regular"
        " aktiv angemeldet abonniert bestatigt actif active abonne inscrit confirme activo suscrito"
        " confirmado نشط مشترك مؤكد"
    ),
    ListState.SOFT: (
        "soft softbounced softbounce deferred mailboxfull dormant unengaged sleeping"
        " postfachvoll vorubergehendunzustellbar rebotesuave"
        " rebotadosuave rebondtemporaire erreurtemporaire ارتدادمؤقت"
    ),
    ListState.UNCONFIRMED: (
        "unconfirmed pending unactivated notconfirmed waiting optinpending"
        " awaitingconfirmation unverified notverified nonsubscriber"
        " unbestatigt ausstehend nichtbestatigt enattente nonconfirme aconfirmer"
        " pendiente sinconfirmar noconfirmado porconfirmar قيدالانتظار غيرمؤكد معلق"
    ),
    ListState.GONE: (
        "unsubscribed unsubscribe cancelled canceled deactivated optedout optout left blocked"
        " blocklisted blacklisted blacklist suppressed inactive disabled removed deleted archived"
        " nonsubscribed notsubscribed former expired paused unsub unsubbed signedoff quit"
        " donotmail donotemail donotcontact donotsend nomail"
        " abgemeldet abbestellt ausgetragen gekundigt gesperrt inaktiv geloscht storniert"
        " deaktiviert widerrufen widersprochen"
        " desabonne desinscrit resilie bloque inactif supprime annule desactive"
        " baja dadodebaja cancelado desuscrito desinscrito bloqueado inactivo eliminado anulado"
        " desactivado ملغى ملغي غيرمشترك محذوف محظور غيرنشط ألغىالاشتراك ملغىالاشتراك معطل"
    ),
    ListState.DEAD: (
        "bounced bounce hardbounced hardbounce cleaned undeliverable unreachable invalid dead"
        " nonexistent hardbounces permanentfailure"
        " unzustellbar nichterreichbar nichtzustellbar unerreichbar ungultig tot"
        " rejete rebondi nondistribuable injoignable invalide nonremis"
        " rebotado reboteduro noentregable inalcanzable invalido"
        " مرتد ارتداد ارتدادقوي تعذرالتسليم تعذرالوصول غيرصالح"
    ),
    ListState.COMPLAINED: (
        "complained complaint spam spamcomplaint spamreport reportedspam markedasspam junk abuse"
        " abusereport spamreported reportedasspam markedspam complainer"
        " beschwerde beschwert alsspamgemeldet spambeschwerde missbrauch plainte plaint"
        " signalecommespam indesirable abus queja quejado marcadocomospam spammarcado"
        " correonodeseado abuso شكوى اشتكى بريدمزعج مزعج سبام إساءة"
    ),
}
_YES = {"true", "yes", "y", "1", "t", "x", "ja", "oui", "si", "نعم"}
_NO = {"false", "no", "n", "0", "f", "nein", "non", "لا"}

_WORD_COLUMNS = {
    "status", "state", "subscriptionstate", "subscriptionstatus", "subscriberstatus",
    "emailstatus", "memberstatus",
    "contactstatus", "type", "subscribertype", "deliverability", "zustand", "statut", "etat",
    "estado", "الحالة",
}  # fmt: skip
_LEAVING = {
    ListState.COMPLAINED: "complain|spam|abuse|beschwerde|plainte|queja",
    ListState.SOFT: "softbounce",
    ListState.DEAD: "bounce|clean|undeliver|unreachable|unzustellbar|rebot",
    ListState.UNCONFIRMED: "unconfirm|notconfirm|unverified|pending|unbestatigt",
    ListState.GONE: (
        "unsub|inactiv|inaktiv|inactif|optout|optedout|cancel|deactivat|disabled|blacklist|blocklist|blocked|suppress"
        "|deleted|archived|removedat|removedon|leftat|lefton|donot"
        "|abgemeldet|abmeld|abbestellt|gesperrt|desabon|desinscr|baja|desuscri"
    ),
}
_LEFT = {state: re.compile(words) for state, words in _LEAVING.items()}
_TIME = re.compile(r"^(?:date|time|datum|fecha)|(?:at|on|time|date|datum|am|fecha|le)$")
_STAYS = re.compile(
    r"^(?:is|double)?(?:subscribed|optin|optedin|active|enabled|confirmed|verified|angemeldet|bestatigt"
    r"|abonne|inscrit|suscrito|confirmado)"
)
_CONFIRMS = re.compile(r"confirm|verified|bestatigt|double")
_SINCE = re.compile(r"(?:at|on|time|date|datum|am|fecha|le|ip|since|from|source|form)$")
_DETAIL = re.compile(
    r"campaign|reason|count|ip$|title|comment|note|active_?subscription|url$|link$|token|uuid|plan"
)
_STATUS = re.compile(r"status(?!code|message|text)|statut(?:$|abonn|contact)|optinstate|mailstate")
_OTHER_STATUS = re.compile(
    r"sms|phone|push|whatsapp|payment|charge|order|invoice|billing|marital|job|employ|tracking|ticket"
)
"""A status of something else than mail."""
_OTHER_CHANNEL = re.compile(r"sms|phone|push|whatsapp|telefon")
"""What is about these says nothing of mail."""
_DAY = re.compile(r"\s*\d{1,4}[-/.]\d\d?[-/.]\d{1,4}\b")
_FREE_TEXT = re.compile(
    r"name|tag|label|note|comment|title|city|company|source|address|plan|tier|group|segment"
    r"|campaign|reason|topic|author|interest|text|utm|referr"
)
"""Names of columns in which any word may stand."""
_FILE = re.compile(
    r"unsub|cleaned|bounce|complain|spam|suppress|blocklist|blacklist|optout|opted.?out|inactive"
    r"|cancell?ed|undeliver|unreachable|unconfirmed|pending|deactivated|do.?not.?(?:mail|contact)"
    r"|abgemeldet|abmeldung|abbestell|gekundigt|gesperrt|unzustellbar|unbestatigt"
    r"|desabonn|desinscr|rebond|plaintes|bajas?(?![a-z])|cancelad|rebotad|rebotes|quejas"
    r"|ملغ|محظور|مرتد|شكاوى|غير.?مشترك"
)
_DOUBT = re.compile(r"[^\w\s.'’/-]")
"""What words of states don't have: "active?" is no answer."""


_NEVER = {"null", "none", "never", "nil", "na"}
"""What stands for no time at all, beside zeros."""
_MOMENT = re.compile(
    r"(\d{4})[-/.](\d\d?)[-/.](\d\d?)(?:[T ]+(\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?"
    r"\s*(?:Z|UTC|GMT|([+-]\d\d):?(\d\d)?)?"
)


def plain(text: str) -> str:
    """Letters and digits without case, accents and what stands between them."""
    if text.isascii():
        return "".join(filter(str.isalnum, text.lower()))
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if one.isalnum())


EMAIL_NAMES = {
    "email", "emailaddress", "mail", "mailaddress", "subscriber", "subscriberemail", "contactemail",
    "memberemail", "emailadresse", "mailadresse", "adresseemail", "adressemail", "courriel",
    "adressedecourriel", "correo", "correoelectronico", "direcciondecorreo",
    "direcciondecorreoelectronico", plain("البريد الإلكتروني"),
}  # fmt: skip
_STATE_OF = {plain(word): state for state, words in _WORDS.items() for word in words.split()}


def list_moment(text: str) -> datetime | None:
    """A time as lists write it, year first, in UTC where it names no offset; None for others.

    Days such as 03/04/2026 may be of March or of April, and nobody guesses.
    """
    found = _MOMENT.fullmatch(text.strip())
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    sign, rest = found.groups()[6:]
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        offset = datetime.strptime(f"{sign}{rest or '00'}", "%z").tzinfo if sign else UTC
        return at.replace(tzinfo=offset).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def email_column(names: Iterable[str]) -> str:
    """The name of the one column that holds addresses, "" if none or several might."""
    found = [name for name in names if plain(name) in EMAIL_NAMES]
    return found[0] if len(found) == 1 else ""


def state_columns(names: Iterable[str]) -> dict[str, StateColumn]:
    """The columns that say whether somebody may be mailed, and how; by name alone."""
    found = {name: _state_column(name) for name in names}
    return {name: column for name, column in found.items() if column}


def _state_column(name: str) -> StateColumn | None:
    short = plain(name)
    apart = name.casefold()
    if short in _WORD_COLUMNS or (_STATUS.search(short) and not _OTHER_STATUS.search(apart)):
        return WORD_COLUMN
    if not short or _DETAIL.search(apart) or _OTHER_CHANNEL.search(apart):
        return None
    for state, words in _LEFT.items():
        if words.search(short):
            timed = _TIME.search(short)
            return StateColumn(ColumnKind.IF_SET if timed else ColumnKind.IF_YES, state)
    if _STAYS.search(short) and not _SINCE.search(short):
        waits = ListState.UNCONFIRMED if _CONFIRMS.search(short) else ListState.GONE
        return StateColumn(ColumnKind.IF_NO, waits)
    return None


def may_hold_states(name: str) -> bool:
    """Whether words in a column of this name might be states: not where any word may stand."""
    return not _FREE_TEXT.search(name.casefold())


def state_of(text: str) -> ListState | None:
    """What a word says; None for one that isn't known. Nothing said is active."""
    if not text.strip():
        return ListState.ACTIVE
    return None if _DOUBT.search(text) else _STATE_OF.get(plain(text))


def state_in(column: StateColumn, cell: str) -> ListState | None:
    """What a cell of such a column says; None if that isn't known."""
    word, kind = plain(cell), column.kind
    if kind is ColumnKind.WORD:
        return state_of(cell)
    if not word:
        return ListState.ACTIVE if not cell.strip(" \t-–—.") else None
    if kind is ColumnKind.IF_SET:
        unset = word in _NO | _NEVER or not word.strip("0")
        return ListState.ACTIVE if unset else column.state
    if kind is ColumnKind.IF_YES and _DAY.match(cell):
        return column.state
    if word not in _YES | _NO or _DOUBT.search(cell):
        said = state_of(cell)
        return None if said is ListState.ACTIVE else said
    so = (word in _YES) is (kind is ColumnKind.IF_YES)
    return column.state if so else ListState.ACTIVE


def excluded_since(columns: Mapping[str, StateColumn], row: Mapping[str, str]) -> datetime | None:
    """Since when somebody isn't to be mailed, where a row says so; the latest of several."""
    kinds = (ColumnKind.IF_SET, ColumnKind.IF_YES)
    timed = [name for name, column in columns.items() if column.kind in kinds]
    found = [at for name in timed if (at := list_moment(row.get(name, "")))]
    return max(found, default=None)


def strictest(states: Iterable[ListState]) -> ListState:
    """The one that counts where several are said; ACTIVE where none is."""
    return max(states, key=STRICTNESS.index, default=ListState.ACTIVE)


def state_of_row(columns: Mapping[str, StateColumn], row: Mapping[str, str]) -> ListState | None:
    """What a row says in all of these columns; None if one of them isn't understood."""
    said = [state_in(column, row.get(name, "")) for name, column in columns.items()]
    known = [one for one in said if one is not None]
    return strictest(known) if len(known) == len(said) else None


_SAID_BY_FILES = (
    (re.compile("non.?subscribed|unconfirmed|pending|unbestatigt"), ListState.UNCONFIRMED),
    (re.compile("complain|spam|abuse"), ListState.COMPLAINED),
    (re.compile("cleaned|bounce|undeliver|unreachable"), ListState.DEAD),
)


def file_state(file_name: str) -> ListState:
    """What the name of a file says of everybody in it; ACTIVE where it says nothing."""
    for words, state in _SAID_BY_FILES:
        if words.search(file_name.casefold()):
            return state
    return ListState.GONE if says_who_is_gone(file_name) else ListState.ACTIVE


def says_who_is_gone(file_name: str) -> bool:
    """Whether the name of a file says that its people must not be mailed."""
    apart = unicodedata.normalize("NFKD", file_name.casefold())
    return bool(_FILE.search("".join(one for one in apart if not unicodedata.combining(one))))
