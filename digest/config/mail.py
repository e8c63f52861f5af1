"""The tables under [mail] of config.toml: how emails leave."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, Strict

from digest.config import value_types
from digest.config.rate_values import rate_of
from digest.config.relay import RelayTable
from digest.config.secrets import Secret
from digest.config.strict_table import ConfigTable, default
from digest.core.delivery.rate_limit import USUAL_PROVIDER_RATES, Mailboxes, Rate


class SmtpTable(ConfigTable):
    """[mail.smtp]: the server that takes the mail."""

    host: value_types.Name = "localhost"
    """The name of the mail server."""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    """587 for "starttls", 465 for "tls"."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted; "none" only to this same machine."""
    username: value_types.Line = ""
    """Empty: no login."""
    password: Annotated[Secret, value_types.SecretOf("mail.smtp.password")] = default(
        {"env": "DIGEST_SMTP_PASSWORD"}
    )
    """The password of the login."""
    connections: Annotated[int, Field(ge=1, le=100)] = 8
    """How many connections are open at once, at most."""
    weight: Annotated[int, Field(ge=0, le=100)] = 1
    """The share of the connections that goes here if there is a [[mail.smtp.relay]] as well."""
    messages_per_connection: Annotated[int, Field(ge=1, le=10_000)] = 100
    """After so many a connection is made anew; some servers cut it then without a word."""
    pipelining: Literal["auto", "off"] = "auto"
    """Several commands in one go where the server offers it; "off" if it gets that wrong."""
    rate: value_types.RateValue = ""
    """At most so many messages through this one: "600/minute". Empty: as fast as it takes them."""
    relays: Annotated[tuple[RelayTable, ...], Strict(strict=False)] = Field(
        default=(), alias="relay"
    )

    @property
    def servers(self) -> "tuple[SmtpTable | RelayTable, ...]":
        """All servers, this one first."""
        return (self, *self.relays)

    def limit(self) -> Rate | None:
        """How much all servers are sent together; None as soon as one has no limit."""
        rates = [rate for server in self.servers if (rate := rate_of(server.rate))]
        if len(rates) < len(self.servers):
            return None
        hour = timedelta(hours=1)
        return rates[0] if len(rates) == 1 else Rate(sum(map(_an_hour, rates)), hour)


def _an_hour(rate: Rate) -> int:
    return max(1, round(rate.per_second * 3600))


class SecondKeyTable(ConfigTable):
    """[mail.dkim.second]: a second signature, say with Ed25519 or a key that is being replaced."""

    selector: value_types.Selector = Field(examples=["s2"])
    """The name of the second key in the domain's DNS."""
    key: Annotated[Secret, value_types.SecretOf("mail.dkim.second.key")] = Field(
        examples=[{"file": "dkim-s2.pem"}]
    )
    """The second private key (PEM)."""


class DkimTable(ConfigTable):
    """[mail.dkim]: sign every message. Left out: the mail server signs, or nobody does."""

    domain: value_types.Domain = Field(examples=["harbour.example"])
    """The domain that signs: that of `from`, or one above it."""
    selector: value_types.Selector = Field(examples=["s1"])
    """The name of the key in the domain's DNS."""
    key: Annotated[Secret, value_types.SecretOf("mail.dkim.key")] = Field(
        examples=[{"file": "dkim.pem"}]
    )
    """The private key (PEM); `digest dkim keygen` makes one."""
    second: SecondKeyTable | None = None

    @property
    def keys(self) -> tuple[tuple[str, Secret], ...]:
        """Every selector with its key."""
        first = (self.selector, self.key)
        return (first, (self.second.selector, self.second.key)) if self.second else (first,)


class PaceTable(ConfigTable):
    """[mail.pace]: how fast emails may go."""

    warm_up: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """For a new sender: so many emails on the first day, and twice as many on each further day
    with mail. 0: as many as there are."""
    usual: bool = True
    """Keep to what the large mailboxes bear."""


class MailboxesTable(ConfigTable):
    """[[mail.mailboxes]]: a limit for readers at some domains, instead of the usual one."""

    domains: value_types.MailboxDomains = Field(examples=["club.example"])
    """Their domains. "yahoo.*" is any that begins so."""
    rate: value_types.RateValue = ""
    """At most so many emails: "20/second". Empty: no limit."""

    def value(self) -> Mailboxes:
        """The limit that it means."""
        return Mailboxes(self.domains[0] if self.domains else "", self.domains, rate_of(self.rate))


class MailTable(ConfigTable):
    """[mail]: how emails leave."""

    transport: Literal["outbox", "smtp"] = "outbox"
    """"outbox" writes files and mails nobody; "smtp" sends."""
    outbox: value_types.Name = "outbox"
    """The folder that the transport "outbox" writes into."""
    from_: value_types.Mailbox = Field(
        alias="from", examples=["The Harbour Review <weekly@harbour.example>"]
    )
    """The sender that readers see: one name and address."""
    reply_to: value_types.EmailOrEmpty = ""
    """Where answers go. Empty: to `from`."""
    bounce_address: value_types.EmailOrEmpty = ""
    """Where the mail system returns what it can't deliver. Empty: to `from`."""
    uncertain: Literal["hold", "resend_once"] = "hold"
    """A message that was never answered for: "hold" names it, "resend_once" sends it once more."""
    notices: value_types.Emails = ()
    """Addresses that are told when an edition is held, paused or done, or anything is uncertain."""
    smtp: SmtpTable = default({})
    dkim: DkimTable | None = None
    pace: PaceTable = default({})
    mailboxes: Annotated[tuple[MailboxesTable, ...], Strict(strict=False)] = ()

    def limits(self) -> tuple[Rate | None, tuple[Mailboxes, ...]]:
        """How much the server, and the readers' mailboxes, are sent at most."""
        if self.transport == "outbox":
            return None, ()
        own = tuple(table.value() for table in self.mailboxes)
        return self.smtp.limit(), own + (USUAL_PROVIDER_RATES if self.pace.usual else ())
