"""Further mail servers beside the one in [mail.smtp]."""

from typing import Annotated, Literal

from pydantic import Field

from digest.config import value_types
from digest.config.secrets import Secret
from digest.config.strict_table import ConfigTable, default


class RelayTable(ConfigTable):
    """[[mail.smtp.relay]]: one more mail server. Each takes its share; the others step in for one
    that is in trouble.
    """

    host: value_types.Name = Field(examples=["mail2.harbour.example"])
    """The name of the mail server."""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    """587 for "starttls", 465 for "tls"."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted; "none" only to this same machine."""
    username: value_types.Line = ""
    """Empty: no login."""
    password: Annotated[Secret, value_types.SecretOf("mail.smtp.relay.password")] = default(
        {"env": "DIGEST_SMTP_PASSWORD"}
    )
    """The password of the login."""
    weight: Annotated[int, Field(ge=0, le=100)] = 1
    """Its share of the connections. 0: only when all others are in trouble."""
    rate: value_types.RateValue = ""
    """At most so many messages through this one: "600/minute". Empty: as fast as it takes them."""
