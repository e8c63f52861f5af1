"""A name server on loopback that knows what it is told, and may be deaf."""

import asyncio

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class NameServer(asyncio.DatagramProtocol):
    """Answers while the `async with` lasts. `texts` are by name, without a last dot; `others` are
    records of other kinds, by name and kind.

    It says nothing at all about the names in `deaf_to`.
    """

    def __init__(self, texts=(), deaf_to=(), others=()) -> None:
        self.texts, self.deaf_to, self.others = dict(texts), set(deaf_to), dict(others)
        self.asked: list[str] = []
        self.port = 0

    async def __aenter__(self) -> "NameServer":
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._transport.close()

    def datagram_received(self, data, addr) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text().rstrip(".")
        self.asked.append(name)
        if name in self.deaf_to:
            return
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        kind = dns.rdatatype.to_text(question.rdtype)
        if found := self.others.get((name, kind)):
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        elif kind == "TXT" and (found := self.texts.get(name)):
            quoted = (
                " ".join(f'"{one[at : at + 200]}"' for at in range(0, len(one), 200))
                for one in found
            )
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "TXT", *quoted))
        else:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(reply.to_wire(), addr)


def _quoted(text: str) -> str:
    """As a zone file has it, in strings of 200."""
    return " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))
