"""Keys that sign: made, published, used."""

import json
import stat
import subprocess

from tests.cli.conftest import MONDAY, is_refused
from tests.dkim_verifier import signatures, valid
from tests.publications import write_config
from tests.smtp_server import serving

TABLE = '[mail.dkim]\ndomain = "harbour.example"\nselector = "s1"\nkey = { file = "dkim.pem" }'
SECOND = '\n[mail.dkim.second]\nselector = "s2"\nkey = { file = "dkim-s2.pem" }'


def records(answer) -> dict[str, str]:
    return {key["record"]["name"]: key["record"]["value"] for key in answer["keys"]}


def test_a_key_is_made_and_everything_is_said_to_use_it(publication, digest, home):
    publication()
    ended = digest("dkim", "keygen")
    assert (ended.code, ended.err) == (0, "")
    assert stat.S_IMODE((home / "dkim.pem").stat().st_mode) == 0o600
    first, *_, last = ended.out.splitlines()
    assert first == (
        f"Made {home}/dkim.pem: an RSA key of 2048 bits. Only you can read it; keep it so."
    )
    assert "  name   s1._domainkey.harbour.example\n" in ended.out
    assert last == '  key = { file = "dkim.pem" }'
    told = "\n".join(line.strip() for line in ended.out.splitlines()[-4:])
    assert told == TABLE

    write_config(home, more=TABLE)
    shown = digest("dkim", "show").out
    assert shown.strip() in ended.out
    (key,) = digest("dkim", "show", "--json").answer["keys"]
    assert "".join(key["record"]["strings"]) == key["record"]["value"]


def test_the_record_holds_the_public_half_of_the_file(publication, digest, home):
    publication()
    made = digest("dkim", "keygen", "--json").answer
    public = subprocess.run(
        ["openssl", "pkey", "-in", made["file"], "-pubout"],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = "".join(public.stdout.splitlines()[1:-1])
    assert made["record"]["value"] == f"v=DKIM1; k=rsa; p={lines}"


def test_without_a_key_it_says_how_to_get_one(publication, digest):
    publication()
    assert "`digest dkim keygen` makes a key" in digest("dkim", "show").out


def test_a_key_is_not_made_over_another(publication, digest):
    publication()
    assert digest("dkim", "keygen").code == 0
    assert is_refused(digest("dkim", "keygen"), "dkim.pem is there already", "--out")


def test_a_second_key_goes_where_the_config_wants_it(publication, digest, home):
    publication(more=TABLE)
    assert "[mail.dkim]" not in digest("dkim", "keygen").out  # it is there already
    told = digest("dkim", "keygen", "--selector", "s2", "--ed25519").out
    assert told.rstrip().endswith(SECOND.strip().replace("\n", "\n  "))
    write_config(home, more=TABLE + SECOND)
    algorithms = [key["algorithm"] for key in digest("dkim", "show", "--json").answer["keys"]]
    assert algorithms == ["rsa-sha256", "ed25519-sha256"]


def test_a_name_that_can_not_stand_in_the_dns_is_refused(publication, digest):
    publication()
    assert is_refused(digest("dkim", "keygen", "--selector", "s 1"), "--selector must be letters")


def test_a_key_that_is_not_in_a_file_is_left_alone(publication, digest):
    publication(more=TABLE.replace('{ file = "dkim.pem" }', '{ env = "DKIM" }'))
    assert is_refused(digest("dkim", "keygen"), "mail.dkim.key is not kept in a file")


def test_a_preview_is_signed_as_the_real_message_is(publication, digest, home):
    with serving() as server:
        publication(
            "ada@reader.example", more=TABLE + SECOND, transport="smtp", smtp_port=server.port
        )
        digest("dkim", "keygen")
        digest("dkim", "keygen", "--selector", "s2", "--ed25519")
        dns = records(digest("dkim", "show", "--json").answer)
        assert digest("preview", "weekly", "--at", MONDAY, "--out", "p").code == 0
        assert digest("send", "weekly", "--at", MONDAY, "--yes").code == 0

    (received,) = server.messages
    assert len(signatures(received.message)) == 2
    assert valid(received.message, dns)
    assert valid((home / "p" / "message.eml").read_bytes(), dns)


def test_check_says_what_signs_and_which_record_must_exist(publication, digest, home):
    publication(more=TABLE + SECOND)
    ended = digest("check", "--json")
    assert ended.code == 1
    (fault,) = json.loads(ended.out)["wrong"]
    assert "mail.dkim.key: there is no file" in fault

    digest("dkim", "keygen")
    digest("dkim", "keygen", "--selector", "s2", "--ed25519")
    assert digest("check", "--json").answer["signed"] == [
        {"algorithm": "rsa-sha256", "record": "s1._domainkey.harbour.example"},
        {"algorithm": "ed25519-sha256", "record": "s2._domainkey.harbour.example"},
    ]
    told = "  signed      rsa-sha256 with s1._domainkey.harbour.example, which must be in the DNS\n"
    assert told in digest("check").out


def test_a_key_that_everybody_can_read_stops_what_would_sign_with_it(publication, digest, home):
    publication("ada@reader.example", more=TABLE)
    digest("dkim", "keygen")
    (home / "dkim.pem").chmod(0o644)
    refusal = "every user of this machine can read or change"
    assert is_refused(digest("preview", "weekly", "--at", MONDAY, "--out", "p"), refusal)
    assert is_refused(digest("send", "weekly", "--at", MONDAY, "--yes"), refusal, "chmod 600")
    (home / "dkim.pem").chmod(0o640)
    noted = [note for note in digest("check", "--json").answer["notes"] if "dkim.pem" in note]
    assert noted == [
        f"{home}/dkim.pem (mail.dkim.key) can be read by other users of this machine:"
        f" chmod 600 {home}/dkim.pem"
    ]


def test_a_signature_of_another_domain_is_worth_knowing(publication, digest):
    publication(more=TABLE.replace('"harbour.example"', '"mail.example"'))
    digest("dkim", "keygen")
    notes = digest("check", "--json").answer["notes"]
    assert any(note.startswith("mail.dkim.domain is mail.example, and mail.from") for note in notes)
