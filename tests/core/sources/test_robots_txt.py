"""What a robots.txt allows, by the examples of RFC 9309 and by its rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.sources.robots_txt import allows, robots_site

RFC = """
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""


@pytest.mark.parametrize(
    ("agent", "path", "allowed"),
    [
        ("digest", "/publications/", True),
        ("digest", "/example/x", False),
        ("digest", "/publications/a.gif", True),  # the longer rule
        ("digest", "/a.gif", False),
        ("digest", "/a.gifs", True),
        ("digest", "/", True),
        ("FooBot", "/", False),
        ("foobot", "/example/page.html", True),
        ("foobot", "/example/page", False),
        ("barbot", "/example/page.html", False),
        ("bazbot", "/example/page.html?x", False),
        ("bazbot", "/example/", True),
        ("quxbot", "/example/", True),
    ],
)
def test_the_example_of_the_rfc_means_what_it_says(agent, path, allowed):
    assert allows(RFC, agent, f"https://harbour.example{path}") is allowed


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("", "/x", True),
        ("Disallow:", "/x", True),
        ("Disallow: /", "/", False),
        ("Disallow: /", "/robots.txt", True),
        ("disallow : /x # a remark", "/x/y", False),
        ("Disallow: /x\nAllow: /x", "/x", True),  # as long: the one that allows
        ("Allow: /\nDisallow: /private", "/private/x", False),
        ("Disallow: /private\nAllow: /", "/private/x", False),
        ("Disallow: /*?print=", "/tide?print=1", False),
        ("Disallow: /*?print=", "/tide", True),
        ("Disallow: /*.pdf$", "/a.pdf?x", True),
        ("Disallow: /a*b*c$", "/a-b-b-c", False),
        ("Disallow: /a*b*c$", "/a-c-b", True),
        ("Disallow: /fish$", "/fish", False),
        ("Disallow: /fish$", "/fishes", True),
        ("Disallow: /caf%C3%A9", "/café/x", False),
        ("Disallow: /café", "/caf%c3%a9", False),
        ("Disallow: /a%62c", "/abc", False),
        ("Crawl-delay: 10\nSitemap: https://x.example/s.xml\nDisallow: /x", "/x", False),
        ("Host: x\nnonsense\nDisallow /y\nDisallow: /x", "/y", True),
    ],
)
def test_rules_for_everybody(rules, path, allowed):
    assert (
        allows(f"\ufeffUser-agent: *\r\n{rules}", "digest", f"https://a.example{path}") is allowed
    )


def test_what_names_us_is_all_that_counts_for_us():
    text = (
        "User-agent: *\nDisallow: /\n\nUser-agent: Digest/2.0\nDisallow: /x\nUser-agent: digest\n"
    )
    assert allows(text + "Disallow: /y", "digest", "https://a.example/z")
    assert not allows(text + "Disallow: /y", "digest", "https://a.example/x")
    assert not allows(text + "Disallow: /y", "digest", "https://a.example/y")
    assert not allows(
        "User-agent: digestbot\nUser-agent: *\nDisallow: /", "digest", "https://a.example/z"
    )


def test_rules_before_any_name_are_nobodys():
    assert allows("Disallow: /", "digest", "https://a.example/z")


def test_many_stars_cost_no_time():
    assert allows(
        "User-agent: *\nDisallow: /" + "*a" * 5000 + "b$",
        "digest",
        "https://a.example/" + "a" * 9000,
    )


@given(st.text(max_size=300), st.text(max_size=60))
def test_anything_may_stand_in_it(text, path):
    assert allows(text, "digest", f"https://a.example/{path}") in {True, False}


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://harbour.example/a/b?c", "https://harbour.example"),
        ("http://u:p@Harbour.example:8080/", "http://harbour.example:8080"),
    ],
)
def test_it_holds_for_a_scheme_host_and_port(url, found):
    assert robots_site(url) == found
