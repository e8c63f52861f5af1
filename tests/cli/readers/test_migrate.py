"""`digest migrate readers`: other systems' lists as they write them, and what becomes of whom."""

import zipfile
from pathlib import Path

import pytest

from tests.publications import found

LISTS = Path(__file__).parent / "lists"
PAYS = "subscriber"
ADA, BO, CY, DEE = (f"{name}@reader.example" for name in ("ada", "bo", "cy", "dee"))
ELI, FAY, GIL = (f"{name}@reader.example" for name in ("eli", "fay", "gil"))

OUTCOMES = {
    "substack": {ADA: "active subscriber", BO: "active free", CY: "left"},
    "ghost": {ADA: "active subscriber", BO: "active subscriber", CY: "left", DEE: "left",
              ELI: "active free"},
    "buttondown": {ADA: "active subscriber", BO: "active free", CY: "left", DEE: "dead",
                   ELI: "complained", FAY: "nobody"},
    "beehiiv": {ADA: "active subscriber", BO: "active free", CY: "left", DEE: "left",
                ELI: "nobody"},
    "kit": {ADA: "active", CY: "left", DEE: "dead", ELI: "complained", FAY: "nobody"},
    "brevo": {ADA: "active", CY: "left"},
    "mailerlite": {ADA: "active", CY: "left", DEE: "dead", ELI: "complained", FAY: "nobody"},
    "keila": {ADA: "active", CY: "left", DEE: "dead"},
    "sendy": {ADA: "active", CY: "left", DEE: "dead", ELI: "complained", FAY: "nobody",
              GIL: "nobody"},
    "mailtrain": {ADA: "active", CY: "left", DEE: "dead", ELI: "complained"},
    "activecampaign": {ADA: "active", CY: "left", DEE: "dead", FAY: "nobody"},
    "patreon": {ADA: "active subscriber", BO: "active free", GIL: "nobody"},
    "mailman": {ADA: "active", CY: "left", DEE: "dead"},
    "phplist": {ADA: "active", CY: "left", FAY: "nobody"},
}  # fmt: skip
NAMES = {
    "substack": "Substack", "ghost": "Ghost", "buttondown": "Buttondown", "beehiiv": "beehiiv",
    "kit": "Kit", "brevo": "Brevo", "mailerlite": "MailerLite", "keila": "Keila", "sendy": "Sendy",
    "mailtrain": "Mailtrain", "activecampaign": "ActiveCampaign", "patreon": "Patreon",
    "mailman": "Mailman 3", "phplist": "phpList",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _place(home):
    found(home)


@pytest.fixture
def became(digest):
    def look(address: str) -> str:
        shown = digest("subscribers", "show", address, "--json")
        if shown.code:
            return "nobody"
        row = shown.answer
        if row["suppressions"]:
            return str(row["suppressions"][0]["reason"])
        (one,) = row["subscriptions"]
        return f"{one['status']} {row['tier']}".strip()

    return look


@pytest.fixture
def mailchimp(home):
    path = home / "export.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for kind in ("subscribed", "unsubscribed", "cleaned"):
            name = f"{kind}_email_audience_export_1a2b.csv"
            packed.write(LISTS / f"mailchimp_{kind}.csv", name)
    return path


@pytest.mark.parametrize("system", OUTCOMES)
def test_what_becomes_of_whom(digest, became, system):
    ended = digest("migrate", "readers", LISTS / f"{system}.csv", "--yes")

    assert ended.code == 0, ended.err
    assert f"this looks like a list of {NAMES[system]}" in ended.out
    assert {who: became(who) for who in OUTCOMES[system]} == OUTCOMES[system]


@pytest.mark.parametrize("system", OUTCOMES)
def test_a_plain_list_of_the_same_people_later_brings_back_nobody_who_is_gone(
    digest, home, became, system
):
    digest("migrate", "readers", system, LISTS / f"{system}.csv", "--yes")
    (home / "plain.csv").write_text("email\n" + "".join(f"{who}\n" for who in OUTCOMES[system]))

    digest("subscribers", "import", "plain.csv")

    for who, before in OUTCOMES[system].items():
        assert became(who) == ("active" if before == "nobody" else before)


def test_three_files_in_a_zip_say_by_their_names_what_their_people_are(digest, became, mailchimp):
    ended = digest("migrate", "readers", "mailchimp", mailchimp, "--yes")

    assert ended.code == 0, ended.err
    assert {who: became(who) for who in (ADA, BO, CY, DEE)} == {
        ADA: "active", BO: "active", CY: "left", DEE: "dead",
    }  # fmt: skip
    assert "everybody in it is dead address" in ended.out


def test_names_dates_and_proofs_come_over(digest, home, mailchimp):
    config = home / "config.toml"
    config.write_text(f'{config.read_text()}\n[[topic]]\nslug = "world"\nkeywords = ["sea"]\n')
    digest("migrate", "readers", mailchimp, "--yes", "--topic", "culture=world")

    ada = digest("subscribers", "show", ADA, "--json").answer
    assert (ada["name"], ada["topics"]) == ("Ada Quay", ["world"])
    (proof,) = ada["held"]["consent"]
    assert proof["text"] == (
        "asked: 2024-02-03 10:00:00 UTC; confirmed: 2024-02-03 10:05:00 UTC; IP address: 192.0.2.7"
    )
    assert (proof["asked"][:16], proof["confirmed"][:16]) == (
        "2024-02-03T10:00",
        "2024-02-03T10:05",
    )
    cy = digest("subscribers", "show", CY, "--json").answer
    assert cy["suppressions"][0]["at"] == "2025-05-06T07:08:09+00:00"
    assert cy["held"]["consent"] == []


def test_when_they_joined_and_until_when_they_pay_come_over(digest):
    digest("migrate", "readers", LISTS / "substack.csv", "--yes")
    ada = digest("subscribers", "show", ADA, "--json").answer
    assert (ada["added"][:10], ada["tier_until"]) == ("2024-02-03", "2027-01-31")


def test_again_changes_nothing(digest, mailchimp):
    digest("migrate", "readers", mailchimp, "--yes")
    before = digest("subscribers", "show", ADA, "--json").out
    again = digest("migrate", "readers", mailchimp, "--yes", "--json").answer
    assert (again["added"], again["updated"]) == (0, 0)
    assert digest("subscribers", "show", ADA, "--json").out == before


def test_a_dry_run_says_the_same_and_changes_nothing(digest, home, mailchimp):
    before = (home / "digest.db").read_bytes()
    ended = digest("migrate", "readers", mailchimp, "--dry-run")
    assert (ended.code, (home / "digest.db").read_bytes()) == (0, before)
    assert (
        ended.out.splitlines()[-8:]
        == [
            "What would become of whom",
            "  active                2   2 added",
            "  unsubscribed          1   1 kept out",
            "  dead address          1   1 kept out",
            "  2 with a proof of consent, which is kept as it was",
            "For example:",
            f"  {ADA} (Ada Quay): active",
            f"  {CY} (Cy): unsubscribed",
        ]
        or ended.out.splitlines()[-10] == "What would become of whom"
    )
    dry = digest("migrate", "readers", mailchimp, "--dry-run", "--json").answer
    really = digest("migrate", "readers", mailchimp, "--yes", "--json").answer
    assert {**dry, "dry_run": False} == really


def test_without_a_terminal_one_says_yes(digest, home, mailchimp):
    ended = digest("migrate", "readers", mailchimp)
    assert (ended.code, "--yes takes them in" in ended.err) == (2, True)
    assert "What would become of whom" in ended.out
    assert digest("subscribers", "export").out.count("@") == 0


def test_of_one_person_in_two_files_the_stricter_counts_and_is_said(digest, home, became):
    (home / "a.csv").write_text(f"email,name,status\n{ADA},Ada Quay,active\n")
    (home / "b.csv").write_text(f"email,status\n{ADA.upper()},complained\n")

    ended = digest("migrate", "readers", "a.csv", "b.csv", "--yes")

    assert became(ADA) == "complained"
    assert "complained (b.csv:2), and not active (a.csv:2)" in ended.out


def test_a_list_that_says_too_little_waits_for_a_word(digest, became):
    ended = digest("migrate", "readers", LISTS / "listmonk.csv", "--yes")
    assert (ended.code, "who left a list" in ended.err) == (2, True)
    digest("migrate", "readers", LISTS / "listmonk.csv", "--yes", "--as", "active")
    assert [became(who) for who in (ADA, CY, DEE)] == ["active", "left", "left"]


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("email,state\nada@reader.example,perhaps\n", (), '"perhaps" (1)'),
        ("email,kind\nada@reader.example,spam\nbo@reader.example,ok\n", (), "kind of list.csv"),
        ("email,tier\nada@reader.example,x\n", ("--topic", "Culture=no"), "topic of the config"),
        ("who,what\na,b\n", (), "list.csv:1: the first line must name the columns"),
        ("email,name\nada@reader.example,x\n", ("--map", "Namen=name"), 'no column "Namen"'),
        ("email,name\nada@reader.example,x\n", ("--map", "name=nonsense"), "--map"),
        ("email,status,status\nada@reader.example,active,spam\n", (), "status more than once"),
        ("<!DOCTYPE html><html><body>Log in</body></html>", (), "a web page"),
    ],
)  # fmt: skip
def test_what_is_not_clear_or_no_list_takes_in_nobody(digest, home, text, options, told):
    (home / "list.csv").write_text(text)
    ended = digest("migrate", "readers", "list.csv", "--yes", *options)
    assert (ended.code, told in ended.err) == (2, True), ended.err
    assert digest("subscribers", "export").out.count("@") == 0


def test_columns_may_be_named_by_hand(digest, home, became):
    (home / "list.csv").write_text(
        f"Kontakt;Vorname;Nachname;Type\n{ADA};Ada;Quay;person\n", encoding="utf-8"
    )
    ended = digest(
        "migrate", "readers", "list.csv", "--yes", "--map", "kontakt=email", "--map", "Type="
    )
    assert ended.code == 0, ended.err
    assert digest("subscribers", "show", ADA, "--json").answer["name"] == "Ada Quay"


def test_a_list_of_another_system_than_was_said_is_named(digest):
    ended = digest("migrate", "readers", "substack", LISTS / "ghost.csv", "--yes")
    assert (ended.code, "looks like a list of Ghost, and not of Substack" in ended.err) == (2, True)


def test_addresses_with_names_are_read_and_it_is_said(digest, home):
    (home / "members.txt").write_text(f"Ada Quay <{ADA}>\n{BO}.\n{CY}\n")
    ended = digest("migrate", "readers", "mailman", "members.txt", "--yes")
    assert ended.code == 0, ended.err
    assert digest("subscribers", "show", ADA, "--json").answer["name"] == "Ada Quay"
    assert digest("subscribers", "show", CY, "--json").answer["email"] == CY
    assert f'members.txt:1: "Ada Quay <{ADA}>" is read as {ADA}' in ended.err
    assert f'members.txt:2: "{BO}." is read as {BO}' in ended.err


def test_who_is_gone_is_kept_out_though_their_row_is_bad(digest, home, became):
    (home / "list.csv").write_text(f"email,tier_until,tier,status\n{ADA},soon,free,spam\n")
    ended = digest("migrate", "readers", "list.csv", "--yes")
    assert became(ADA) == "complained"
    assert "list.csv:2: " in ended.err
    assert "kept out all the same" in ended.err
