"""`digest check --network`, against servers on loopback."""

import json
import socket
import threading
from contextlib import contextmanager

import dns.message
import dns.rcode
import dns.resolver
import pytest

from tests.publications import write_config
from tests.smtp_server import serving


@pytest.fixture
def nobody_knows(monkeypatch):
    """A name server that knows no name, asked instead of those of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]

        def answer():
            while True:
                question, asker = listening.recvfrom(512)
                if not question:
                    return
                reply = dns.message.make_response(dns.message.from_wire(question))
                reply.set_rcode(dns.rcode.NXDOMAIN)
                listening.sendto(reply.to_wire(), asker)

        thread = threading.Thread(target=answer)
        thread.start()

        def ours(resolver, *_):
            resolver.nameservers, resolver.port = ["127.0.0.1"], port

        monkeypatch.setattr(dns.resolver.BaseResolver, "read_resolv_conf", ours)
        yield
        listening.sendto(b"", ("127.0.0.1", port))
        thread.join()


@contextmanager
def a_publication(digest, home):
    digest("init")
    with serving() as server:
        (home / "config.toml").unlink()
        write_config(home, transport="smtp", smtp_port=server.port)
        yield server


@pytest.mark.usefixtures("nobody_knows")
def test_it_says_in_words_what_it_found_and_mails_nobody(digest, home):
    with a_publication(digest, home) as server:
        ended = digest("check", "--network")
        assert server.verbs == ["EHLO", "QUIT"]

    assert ended.code == 1
    assert "nobody is mailed" in ended.err
    words = " ".join(ended.out.partition("Over the network:")[2].split())
    assert f"- mail server 127.0.0.1:{server.port}: it lets us in; one round trip" in words
    assert "- SPF of harbour.example: WRONG: there is none" in words
    assert "- DMARC of harbour.example: WRONG: there is none" in words


@pytest.mark.usefixtures("nobody_knows")
def test_the_answer_in_json_has_the_same(digest, home):
    with a_publication(digest, home):
        ended = digest("check", "--network", "--json")
        without = digest("check", "--json").answer

    answer = json.loads(ended.out)
    assert answer["ok"] is False
    assert answer["wrong"] == []
    assert [one["health"] for one in answer["network"]] == ["good", "wrong", "wrong"]
    assert set(answer["network"][0]) == {"what", "health", "says"}
    assert (without["ok"], without["network"]) == (True, None)
