"""A move from another system to the first edition, and after a plain list of the same people."""

import zipfile

from tests.cli.conftest import MONDAY
from tests.publications import write_article
from tests.smtp_server import serving

HEADER = '"Email Address","First Name","Last Name",{},LEID,EUID,TAGS\n'
KINDS = {
    "subscribed": (40, "OPTIN_TIME", "2024-02-03 10:00:00"),
    "unsubscribed": (10, "UNSUB_TIME", "2025-05-06 07:08:09"),
    "cleaned": (5, "CLEAN_TIME", "2025-06-07 08:09:10"),
}


def people(kind):
    return [f"{kind}{n}@reader.example" for n in range(KINDS[kind][0])]


def write_export(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for kind, (_, column, at) in KINDS.items():
            rows = "".join(f'{who},Ada,Quay,"{at}",1,a,\n' for who in people(kind))
            name = f"{kind}_email_audience_export_9f.csv"
            packed.writestr(name, HEADER.format(column) + rows)


def mailed(server):
    return sorted(one for message in server.messages for one in message.rcpt_tos)


def test_only_who_is_subscribed_there_is_mailed_also_after_a_plain_list_of_all(
    publication, digest, home
):
    write_export(home / "export.zip")
    everybody = [who for kind in KINDS for who in people(kind)]
    (home / "all.csv").write_text("email\n" + "".join(f"{who}\n" for who in everybody))
    with serving() as server:
        publication(transport="smtp", smtp_port=server.port)
        moved = digest("migrate", "readers", "mailchimp", "export.zip", "--yes")
        first = digest("send", "weekly", "--at", MONDAY, "--yes", "--json").answer
        got = mailed(server)
        listed = digest("subscribers", "import", "all.csv")
        write_article(home / "articles", "Ferries")
        digest("import", "articles")
        later = digest("send", "weekly", "--at", "2026-03-16T07:30", "--yes", "--json").answer

    assert moved.code == 0, moved.err
    assert (first["audience"], first["sent"]) == (40, 40)
    assert got == sorted(people("subscribed"))
    assert "0 added, 0 updated, 40 unchanged" in listed.out
    assert "15 left earlier and stay unsubscribed" in listed.out
    assert (later["audience"], later["sent"]) == (40, 40)
    assert mailed(server) == sorted(people("subscribed") * 2)
