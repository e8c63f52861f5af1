"""Which policies receivers can work out, and what is said of those that they can't."""

from contextlib import suppress
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.operations.dns_policy import Health
from digest.core.operations.spf import MAX_LOOKUPS, UnsoundError, examine, parse_policy

HOME = "harbour.example"
DNS = {
    ("mail.example", "TXT"): ["v=spf1 ip4:198.51.100.0/24 ~all"],
    (HOME, "MX"): ["mx1.harbour.example", "mx2.harbour.example"],
    ("mx1.harbour.example", "A"): ["192.0.2.10"],
    ("mx2.harbour.example", "AAAA"): ["2001:db8::10"],
    (HOME, "A"): ["192.0.2.1"],
    **{(f"m{n}.example", "TXT"): [f"v=spf1 ip4:203.0.113.{n} -all"] for n in range(12)},
    **{(f"many{n}.example", "TXT"): ["v=spf1 a:a.example a:b.example -all"] for n in range(4)},
    ("a.example", "A"): ["192.0.2.30"],
    ("b.example", "A"): ["192.0.2.31"],
    ("two.example", "TXT"): ["v=spf1 -all", "v=spf1 a -all"],
    ("open.example", "TXT"): ["v=spf1 ?all"],
    ("world.example", "TXT"): ["v=spf1 +all"],
    ("wrong.example", "TXT"): ["v=spf1 ip4:192.0.2 -all"],
    ("outer.example", "TXT"): ["v=spf1 include:wrong.example -all"],
    ("loop.example", "TXT"): ["v=spf1 include:loop.example -all"],
    ("crowd.example", "MX"): [f"mx{n}.crowd.example" for n in range(11)],
}


def judged(*texts, addresses=(), more=None):
    """What is made of a policy, in a DNS of our own; and what was asked."""
    known = DNS | (more or {}) | {(HOME, "TXT"): list(texts)}
    walk = examine(HOME, [ip_address(one) for one in addresses])
    asked = [next(walk)]
    try:
        while True:
            asked.append(walk.send(known.get((asked[-1].name, asked[-1].kind), [])))
    except StopIteration as done:
        return done.value, asked


@pytest.mark.parametrize(
    ("texts", "health", "says"),
    [
        (["v=spf1 mx -all", "google-site-verification=x"], Health.GOOD, "v=spf1 mx -all"),
        (["V=SPF1 include:mail.example ~all"], Health.GOOD, "include:mail.example"),
        ([], Health.WRONG, "there is none"),
        (["v=spf10 -all"], Health.WRONG, "there is none"),
        (["v=spf1 mx -all", "v=spf1 a -all"], Health.WRONG, "there are 2"),
        (["v=spf1 +all"], Health.WRONG, "every server"),
        (["v=spf1 mx all"], Health.WRONG, "every server"),
        (["v=spf1 " + " ".join(f"include:m{n}.example" for n in range(11))], Health.WRONG, "11"),
        (["v=spf1 ip4:192.0.2.1 a mx/24 -exists:%{i}.x.example -all"], Health.GOOD, "ip4"),
    ],
)
def test_a_record_is_judged(texts, health, says):
    found, _ = judged(*texts)
    assert (found.what, found.health) == ("SPF of harbour.example", health)
    assert says in found.says


@pytest.mark.parametrize(
    ("record", "health", "says"),
    [
        ("include:m1.example include:mail.example -all", Health.GOOD, "; 2 of 10 looks"),
        ("include:none.example -all", Health.WRONG, '"include:none.example" leads nowhere'),
        ("include:two.example -all", Health.WRONG, "two.example has 2 SPF records"),
        ("include:world.example -all", Health.WRONG, "every server"),
        ("-include:world.example ~all", Health.GOOD, "1 of 10"),
        (
            "include:outer.example -all",
            Health.WRONG,
            'wrong.example has a record in which "ip4:192',
        ),
        ("include:loop.example -all", Health.WRONG, "may include itself"),
        ("redirect=mail.example", Health.GOOD, "redirect=mail.example; 1 of 10"),
        ("redirect=world.example", Health.WRONG, "every server"),
        ("redirect=none.example", Health.WRONG, '"redirect=none.example" leads nowhere'),
        ("redirect=none.example -all", Health.GOOD, "-all"),  # `all` comes first
        ("redirect=mail.example redirect=mail.example", Health.WRONG, "once only"),
        ("-all include:none.example", Health.GOOD, "-all"),  # nobody looks behind `all`
        # Eight here, and each of the four takes two more.
        (
            " ".join(f"include:many{n}.example a:a.example" for n in range(4)),
            Health.WRONG,
            "it takes 16 looks into the DNS, with all that it includes, and only 10 are made",
        ),
        (
            "a:x.example a:y.example -all",
            Health.GOOD,
            "nothing at x.example; there is nothing at y",
        ),
        ("a:x.example a:y.example mx:z.example -all", Health.WRONG, "give up after 2"),
        ("mx:crowd.example -all", Health.WRONG, "names 11 servers, and 10 are looked at"),
        ("ip4:2001:db8::1 -all", Health.WRONG, "an address of the other kind"),
        ("ip4:192.0.2.0/33 -all", Health.WRONG, "names no address"),
        ("ip:192.0.2.1 -all", Health.WRONG, '"ip:192.0.2.1" means nothing there'),
        ("include: mail.example -all", Health.WRONG, '"include:" means nothing there'),
        ("a/33 -all", Health.WRONG, '"a/33" has a prefix that is too long'),
        ("a//129 -all", Health.WRONG, "too long"),
        ("include -all", Health.WRONG, '"include" lacks a name'),
        ("mx", Health.GOOD, 'it says nothing of other servers: end it with "-all"'),
        ("include:%{d}.mail.example ~all", Health.GOOD, "1 of 10"),
        ("ptr exp=why.example x-new=1 -all", Health.GOOD, "1 of 10"),
    ],
)
def test_all_that_it_includes_counts(record, health, says):
    found, _ = judged(f"v=spf1 {record}")
    assert (found.health, says in found.says) == (health, True), found.says


@pytest.mark.parametrize(
    ("record", "address", "lets"),
    [
        ("ip4:192.0.2.0/24 -all", "192.0.2.77", True),
        ("ip4:192.0.2.0/24 -all", "198.51.100.1", False),
        ("-ip4:192.0.2.77 ip4:192.0.2.0/24 -all", "192.0.2.77", False),  # the first counts
        ("ip6:2001:db8::/32 -all", "2001:db8::5", True),
        ("mx -all", "192.0.2.10", True),
        ("mx -all", "2001:db8::10", True),
        ("mx -all", "192.0.2.11", False),
        ("mx/24 -all", "192.0.2.11", True),
        ("mx//64 -all", "2001:db8::11", True),
        ("mx/24//64 -all", "2001:db8::11", True),
        ("a -all", "192.0.2.1", True),
        ("a:b.example/32 -all", "192.0.2.31", True),
        ("include:mail.example -all", "198.51.100.9", True),
        ("?include:mail.example ip4:198.51.100.9 -all", "198.51.100.9", False),
        ("include:open.example ip4:192.0.2.7 -all", "192.0.2.7", True),
        ("ip4:192.0.2.7 redirect=mail.example", "192.0.2.7", True),
        ("redirect=mail.example", "198.51.100.9", True),
        ("redirect=mail.example", "192.0.2.7", False),
        ("~all", "192.0.2.7", False),
        ("mx", "192.0.2.7", False),
    ],
)
def test_it_is_said_whether_our_mail_server_may_send(record, address, lets):
    found, _ = judged(f"v=spf1 {record}", addresses=[address])
    assert found.health is Health.GOOD
    assert (f"it lets {address} send" in found.says) == lets
    assert (f"it doesn't let {address} send" in found.says) != lets


def test_what_depends_on_the_message_is_not_asked_and_nothing_is_claimed_of_it():
    found, asked = judged("v=spf1 exists:%{i}.x.example -all", addresses=["192.0.2.7"])
    assert found.health is Health.GOOD
    assert "192.0.2.7" not in found.says
    assert [one.name for one in asked] == [HOME]


TERMS = st.sampled_from(
    [
        *("all", "a", "a/24", "a/99", "a//200", "mx/8", "-mx///1", "ptr", "ip6::", "x=", "="),
        *("include:loop.example", "redirect=loop.example", "include:many1.example"),
        *("include:%{d}", "exists:a.example", "mx:crowd.example", "?ip4:1.2.3.4"),
    ]
)


@given(st.lists(TERMS, max_size=8), st.lists(TERMS, max_size=8))
def test_whatever_stands_there_it_comes_to_an_end_with_a_verdict(terms, looped):
    loop = {("loop.example", "TXT"): ["v=spf1 " + " ".join(looped)]}
    found, asked = judged(f"v=spf1 {' '.join(terms)}", addresses=["192.0.2.7"], more=loop)
    assert found.health in {Health.GOOD, Health.WRONG}
    assert len(asked) <= 1 + MAX_LOOKUPS * 21


@given(st.text(max_size=40))
def test_no_text_is_too_odd_to_read(text):
    with suppress(UnsoundError):
        assert all(term.said for term in parse_policy(f"v=spf1 {text}"))
