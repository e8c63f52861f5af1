"""Ask the DNS."""

from collections.abc import Sequence
from typing import Literal

from digest.errors import MailError


class Lookup:
    """Asks these name servers (address and port), or those of this machine. Each question takes
    `seconds` at most.
    """

    def __init__(self, servers: Sequence[tuple[str, int]] = (), seconds: float = 5.0) -> None:
        from dns.asyncresolver import Resolver  # it takes a while to import, and is seldom needed
        from dns.exception import DNSException
        from dns.nameserver import Do53Nameserver

        try:
            self._resolver = Resolver(configure=not servers)
        except DNSException as error:
            raise MailError(f"this machine knows no name server: {error}") from error
        if servers:
            self._resolver.nameservers = [Do53Nameserver(*server) for server in servers]
        self._resolver.lifetime = seconds

    async def texts(self, name: str) -> list[str]:
        """The TXT records of a name, each with its strings joined; none if there are none.

        Raises MailError if nobody answers.
        """
        return await self.ask(name, "TXT")

    async def ask(self, name: str, kind: Literal["TXT", "A", "AAAA", "MX"]) -> list[str]:
        """The records of one kind: texts, addresses, or the names of servers without the last dot.

        None if there are none. Raises MailError if nobody answers.
        """
        from dns.exception import DNSException
        from dns.resolver import NXDOMAIN, NoAnswer

        try:
            answer = await self._resolver.resolve(name, kind, search=False)
        except (NXDOMAIN, NoAnswer):
            return []
        except (DNSException, OSError, UnicodeError) as error:
            raise MailError(f"the DNS gives no answer about {name}: {error}") from error
        if kind == "TXT":
            return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
        if kind == "MX":
            names = (record.exchange.to_text(omit_final_dot=True) for record in answer)
            return [host for host in names if host not in {"", "."}]
        return [record.address for record in answer]
