"""The templates in the config: plain text, from a sandbox, with the key in every fault."""

import pytest

from digest.errors import TemplateError
from digest.render.template import subject_templates
from tests.builders import a_newsletter, an_article, an_edition
from tests.render.samples import printed


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("{{ leed.title }}", "'leed' is undefined"),
        ("{{ lead.titel }}", "no attribute 'titel'"),
        ("{{ lead.title", "unexpected"),
        ("{% for s in sections %}", "end of"),
        ("{{ lead.__class__ }}", "unsafe"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ 'x' * 1000000000 }}", "numbers only"),
        ("{{ 9 ** 999999999 }}", "numbers only"),
        ("{{ '%999999999d' % 1 }}", "numbers only"),
        ("{{ 'x'.ljust(999999999) }}", "unsafe"),
        ("{{ 'x' | center(999999999) }}", "center"),
        ("{% for i in range(99999) %}x{% endfor %}", "'range' is undefined"),
        ("{% include 'email/_base.css' %}", "loader"),
        ("{% for a in lead.title %}" * 3 + "x" + "{% endfor %}" * 3, "more than 4000 characters"),
    ],
)
@pytest.mark.parametrize("key", ["subject", "preheader", "intro"])
def test_a_fault_names_newsletter_and_key(key, template, fault):
    newsletter = a_newsletter(**{key: f"{template}"})

    with pytest.raises(TemplateError) as raised:
        printed(an_edition(an_article("T" * 30), newsletter=newsletter))

    assert str(raised.value).startswith(f'newsletter "weekly": {key}')
    assert fault in str(raised.value)


def test_check_needs_no_edition_to_find_unknown_names():
    with pytest.raises(TemplateError, match=r"subject: there is no leed; there are lead, edition"):
        subject_templates.check_subject_templates(a_newsletter(subject="{{ leed }}"))


def test_check_finds_what_can_not_be_read():
    with pytest.raises(TemplateError, match=r'newsletter "weekly": intro:2: '):
        subject_templates.check_subject_templates(a_newsletter(intro="\n{{ "))


def test_text_is_not_escaped_and_has_no_line_breaks_in_a_subject():
    newsletter = a_newsletter(subject="{{ lead.title }}\r\nBcc: x@y.example")

    subject = printed(an_edition(an_article("Salt & <ink>"), newsletter=newsletter)).subject

    assert subject == "Salt & <ink> Bcc: x@y.example"
