"""Lists of readers as other systems write them: which system it is, and what its columns mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from digest.core.readers.list_states import EMAIL_NAMES, ListState, plain

FIELDS = (
    "email", "name", "first_name", "last_name", "topics", "authors", "tier", "tier_until", "status",
    "complimentary", "tags", "language", "joined", "consent_time", "consent_confirmed",
    "consent_ip", "consent_source",
)  # fmt: skip
"""What a column of theirs may be for us."""

_SPELLINGS = {
    "first_name": "firstname fname givenname forename vorname prenom primernombre الاسمالأول",
    "last_name": "lastname lname surname familyname nachname familienname nomdefamille apellido"
    " apellidos اسمالعائلة",
    "name": "name fullname displayname nom nombre الاسم",
    "tags": "tags tag labels label",
    "tier": "tier tiers",
    "tier_until": "tieruntil expiry expires expiresat accessexpiration",
    "complimentary": "complimentaryplan complimentary",
    "language": "language lang locale preferredlanguage sprache langue idioma اللغة",
    "joined": (
        "createdat created creationdate createddate datecreated addedtime dateadded addedat joined"
        " joinedat datejoined signupdate signedupat subscribedat subscribeddate datesubscribed"
        " entered registrationdate patronagesincedate startdate angemeldetam"
    ),
    "consent_time": "optintime optindate optedinat optedintime consenttime consentat optints",
    "consent_confirmed": "confirmtime confirmedat confirmationtime confirmdate doubleoptindate"
    " verifiedat confirmts",
    "consent_ip": "optinip confirmip consentip signupip ipaddress ip subscribeip optinipaddress",
    "consent_source": "signupsource optinsource consentsource source signupform form addedvia"
    " signupmethod referrer utmsource",
}  # fmt: skip
_FIELD_OF = {plain(word): name for name, words in _SPELLINGS.items() for word in words.split()}
_FIELD_OF |= {plain(name): name for name in FIELDS} | dict.fromkeys(EMAIL_NAMES, "email")


def _words(**states: str) -> Mapping[str, ListState]:
    """Words by the name of their state in lower case."""
    return MappingProxyType(
        {word: ListState[name.upper()] for name, words in states.items() for word in words.split()}
    )


@dataclass(frozen=True, slots=True)
class Preset:
    """How one system writes its list. All names and words are `plain`.

    It is known by any of these sets of columns (`known_by`; that of addresses is "email"). `words`
    are states that it names in its own way, in columns that are known or in `state_column`. A
    reader pays if a column has one of the words of `paid`; "*": anything but those of `free`.
    """

    name: str
    known_by: tuple[frozenset[str], ...] = ()
    words: Mapping[str, ListState] = field(default_factory=dict)
    state_column: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    paid: Mapping[str, str] = field(default_factory=dict)
    free: frozenset[str] = frozenset({"", "free", "none", "null", "0"})
    files_say_it: bool = False
    """The names of its files say what their people are."""
    says_too_little: str = ""
    """Why a person must say what the people of a file are; "" if its columns do."""

    def field_of(self, column: str) -> str:
        """What a column is for us, "" if nothing."""
        short = plain(column)
        return self.fields.get(short, _FIELD_OF.get(short, ""))

    def pays(self, row: Mapping[str, str]) -> bool:
        """Whether a row, by `plain` names, is of a reader who pays or is let in for nothing."""
        for column, words in self.paid.items():
            said = plain(row.get(column, ""))
            if said in words.split() or (words == "*" and said not in self.free):
                return True
        return False


def _sets(*headers: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(one.split()) for one in headers)


YES = "true yes y 1 t"
PLAIN_LIST = Preset("a list")
"""For what is of no system that is known: usual names of columns, and words of states."""
PRESETS = {
    "mailchimp": Preset(
        "Mailchimp",
        _sets("email leid euid", "email memberrating", "email unsubtime",
              "email cleantime", "email optintime"),
        fields={"notes": "", "region": "", "cc": ""},
        files_say_it=True,
    ),
    "substack": Preset(
        "Substack",
        _sets("email activesubscription expiry", "email activesubscription emaildisabled"),
        paid={"activesubscription": YES},
        fields={"plan": "", "createdat": "joined"},
    ),
    "ghost": Preset(
        "Ghost",
        _sets("email subscribedtoemails complimentaryplan", "email subscribedtoemails labels"),
        paid={"complimentaryplan": YES, "tiers": "*"},
    ),
    "buttondown": Preset(
        "Buttondown",
        _sets("email creationdate type"),
        words=_words(
            active="regular premium gifted trialed pastdue churning churned unpaid",
            unconfirmed="unactivated upcoming", gone="unsubscribed removed blocked paused",
            dead="undeliverable", complained="complained",
        ),
        paid={"type": "premium gifted trialed pastdue churning"},
    ),
    "beehiiv": Preset(
        "beehiiv",
        _sets("email status tier createdat unsubscribedat", "email status tier stripecustomerid"),
        words=_words(gone="inactive", unconfirmed="validating needsattention", dead="invalid"),
        paid={"tier": "*"},
    ),
    "kit": Preset(
        "Kit",
        _sets("firstname email state", "firstname email createdat status tags",
              "firstname email createdat status"),
        words=_words(unconfirmed="inactive", gone="cancelled"),
    ),
    "brevo": Preset("Brevo", _sets("email emailblacklisted", "email smsblacklisted addedtime")),
    "listmonk": Preset(
        "listmonk",
        _sets("uuid email attributes status"),
        words=_words(gone="disabled blocklisted"),
        says_too_little=(
            "its export doesn't say who left a list or never confirmed. Filter it there by the"
            " status of the subscription, and say of each file what its people are"
        ),
    ),
    "mailerlite": Preset(
        "MailerLite",
        _sets("email status subscribedat optinip", "email opens clicks subscribed",
              "email status openscount clickscount", "email subscribed optinip"),
        words=_words(complained="junk"),
        fields={"subscribed": "joined"},
    ),
    "keila": Preset("Keila", _sets("email firstname lastname data status")),
    "sendy": Preset(
        "Sendy", _sets("name email status lastactivity", "name email lastactivity joined"),
    ),
    "mailtrain": Preset(
        "Mailtrain",
        _sets("cid email status", "cid hashemail status"),
        words=_words(active="1", gone="2", dead="3", complained="4"),
    ),
    "activecampaign": Preset(
        "ActiveCampaign",
        _sets("contactid email status", "email firstname lastname phone contactid",
              "email listid status sdate"),
        words=_words(unconfirmed="0", active="1", gone="2", dead="3"),
        fields={"cdate": "joined", "sdate": "consent_time"},
    ),
    "patreon": Preset(
        "Patreon",
        _sets("name email patronstatus tier"),
        words=_words(active="activepatron declinedpatron", soft="formerpatron"),
        state_column="patronstatus",
        fields={"state": "", "lastchargestatus": "", "tier": "", "subscriptionsource": "",
                "freemember": "", "freetrial": "", "followsyou": ""},
        paid={"patronstatus": "activepatron"},
    ),
    "mailman": Preset(
        "Mailman 3",
        _sets("email deliverystatus", "email displayname deliverymode"),
        words=_words(active="enabled", gone="byuser bymoderator", dead="bybounces", soft="unknown"),
        state_column="deliverystatus",
    ),
    "phplist": Preset(
        "phpList",
        _sets("email confirmed blacklisted", "email confirmed htmlemail"),
        fields={"entered": "joined"},
    ),
}  # fmt: skip
"""Systems by the word that names them on the command line; the first that fits counts."""


def preset_of(names: Iterable[str]) -> str:
    """The system whose list has these columns, "" if none is known for them."""
    shorts = {plain(name) for name in names}
    if shorts & EMAIL_NAMES:
        shorts.add("email")
    for word, preset in PRESETS.items():
        if any(shorts >= needed for needed in preset.known_by):
            return word
    return ""


@dataclass(frozen=True, slots=True)
class ListLayout:
    """How one file is read: whose it is, and which column is what; `fields` by column of theirs.

    A column that no name of ours fits is in `unknown`; several may be one field, and then the
    first that says something counts.
    """

    preset: Preset
    fields: Mapping[str, str]
    unknown: tuple[str, ...] = field(default=())
