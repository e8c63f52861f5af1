"""Which DNS records are good, and what is said of those that are not."""

import pytest

from digest.core.operations.dns_policy import Health, above, dmarc, judge_dkim

OURS = "v=DKIM1; k=rsa; p=MIIBIjANBgkq"


@pytest.mark.parametrize(
    ("texts", "health", "says"),
    [
        ([OURS], Health.GOOD, "it is ours"),
        (["k=rsa; t=s; p= MIIB IjANBgkq ;"], Health.GOOD, "it is ours"),
        ([], Health.WRONG, "it isn't there"),
        (["something else"], Health.WRONG, "it isn't there"),
        (["v=DKIM1; p="], Health.WRONG, "withdrawn"),
        (["v=DKIM1; p=AAAA"], Health.WRONG, "another key"),
        ([OURS, OURS], Health.WRONG, "several records"),
    ],
)
def test_dkim(texts, health, says):
    found = judge_dkim("s1._domainkey.harbour.example", OURS, texts)
    assert found.health == health
    assert says in found.says


@pytest.mark.parametrize(
    ("at_domain", "above_it", "health", "says"),
    [
        (
            ["v=DMARC1; p=reject; rua=mailto:d@h.example"],
            [],
            Health.GOOD,
            "p=reject at _dmarc.news",
        ),
        (["v=DMARC1"], [], Health.GOOD, "p=none at _dmarc.news.harbour.example; without rua="),
        ([], ["v=DMARC1; p=quarantine"], Health.GOOD, "p=quarantine at _dmarc.harbour.example"),
        ([], [], Health.WRONG, "there is none"),
        (["v=DMARC1; p=all"], [], Health.WRONG, "p=all"),
        (["v=DMARC1; p=none", "v=DMARC1; p=none"], [], Health.WRONG, "2 records"),
    ],
)
def test_dmarc(at_domain, above_it, health, says):
    names = [f"_dmarc.{one}" for one in above("news.harbour.example")]
    found = dmarc("news.harbour.example", list(zip(names, [at_domain, above_it], strict=True)))
    assert found.health == health
    assert says in found.says


def test_a_domain_is_looked_for_upwards_but_not_at_the_top():
    assert above("a.b.harbour.example") == [
        "a.b.harbour.example",
        "b.harbour.example",
        "harbour.example",
    ]
    assert above("harbour.example") == ["harbour.example"]
    assert above("localhost") == ["localhost"]
