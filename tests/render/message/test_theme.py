"""A publication's own look: colours, fonts, logo, templates of its own."""

import re
from dataclasses import replace

import pytest

from digest.core.message.theme import DARK, LIGHT, STACKS, Theme, by_night
from digest.errors import TemplateError
from digest.render.message.edition import Renderer
from tests.builders import MARK, a_newsletter, a_publication
from tests.render.samples import RENDERER, TEMPLATES, WEB_URL, a_full_edition, printed

CRIMSON = replace(LIGHT, accent="#a3152a", tint="#fbf3ee")
NIGHT = replace(DARK, accent=by_night("#a3152a", DARK.paper, DARK.tint))
OURS = Theme(CRIMSON, NIGHT, STACKS["slab"], STACKS["grotesque"])


def themed(theme: Theme = OURS) -> Renderer:
    return Renderer([TEMPLATES], theme)


def drawn(renderer: Renderer) -> str:
    return renderer.render(a_full_edition(), a_publication(), MARK, WEB_URL).rendered.proof().html


def own(folder, name: str, source: str) -> Renderer:
    """A publication whose folder has one template."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source)
    return Renderer([folder, TEMPLATES])


def test_the_colours_of_the_theme_are_in_the_message_and_those_of_ours_are_not():
    html = drawn(themed())

    assert "color:#a3152a" in html
    assert "background-color:#fbf3ee" in html
    assert NIGHT.accent in html
    assert LIGHT.accent not in html
    assert DARK.accent not in html


def test_the_fonts_of_the_theme_are_on_titles_and_on_text():
    html = drawn(themed())

    titles = re.findall(r"<h[1-4][^>]*font-family:([^;\"]*)", html)
    assert "Rockwell,Roboto Slab,Cambria,Georgia,serif" in titles
    assert "font-family:Helvetica Neue,Helvetica,Arial,sans-serif" in html
    assert "td,p,li,a,span{font-family:Arial,sans-serif}" in html  # Outlook's Word, see Stack
    assert "h1,h2,h3,h4{font-family:Rockwell,Cambria,serif}" in html
    assert "Segoe UI" not in html


def test_the_web_pages_have_the_same_colours():
    html = themed().page("message.html", publication=a_publication(), title="Done", text=())

    assert "--accent: #a3152a" in html
    assert f"--accent: {NIGHT.accent}" in html


def test_a_template_replaces_one_block_of_ours(tmp_path):
    renderer = own(
        tmp_path,
        "email/edition/body.html",
        '{% extends "digest:email/edition/body.html" %}\n'
        "{% block footer %}<p class='note'>Ahoy, {{ newsletter.title }}!</p>{{ super() }}"
        "{% endblock %}",
    )

    renderer.check()
    html, ours = drawn(renderer), printed(a_full_edition()).html

    assert "Ahoy, The Harbour Weekly!" in html
    assert re.sub(r"<p[^>]*>Ahoy, The Harbour Weekly!</p>", "", html) == ours


def test_a_template_that_others_extend_can_be_extended_itself(tmp_path):
    renderer = own(
        tmp_path,
        "email/_base.html",
        '{% extends "digest:email/_base.html" %}\n'
        "{% block styles %}{{ super() }}.house { letter-spacing: 9px; }{% endblock %}",
    )

    renderer.check()

    assert "letter-spacing:9px" in drawn(renderer)


def test_a_template_that_was_changed_counts_for_the_config_that_is_read_next(tmp_path):
    def spaced(by: int) -> str:
        styles = f"{{{{ super() }}}}.house {{ letter-spacing: {by}px; }}"
        extends = '{% extends "digest:email/_base.html" %}\n'
        source = f"{extends}{{% block styles %}}{styles}{{% endblock %}}"
        return drawn(own(tmp_path, "email/_base.html", source))

    assert "letter-spacing:8px" in spaced(8)
    assert "letter-spacing:9px" in spaced(9)


def test_a_folder_that_replaces_nothing_changes_nothing(tmp_path):
    assert drawn(Renderer([tmp_path, TEMPLATES])) == printed(a_full_edition()).html


@pytest.mark.parametrize(
    ("name", "source", "fault"),
    [
        (
            "email/edition/body.html",
            '{% extends "digest:email/edition/body.html" %}\n{% block footer %}\n{{ leed }}'
            "{% endblock %}",
            r"body\.html:3: 'leed' is undefined",
        ),
        (
            "email/edition/body.html",
            '{% extends "digest:email/edition/boddy.html" %}',
            r"body\.html:1: 'email/edition/boddy\.html' not found",
        ),
        (
            "email/edition/body.html",
            '{% extends "digest:email/edition/body.html" %}\n{% block footer %}Bye{% endblock %}',
            r"email/edition/body\.html: has no unsubscribe link",
        ),
        (
            "email/edition/_parts.html",
            "{% macro banner(story, kicker, say) %}\n{{ story.sumary }}{% endmacro %}"
            "{% macro button() %}{% endmacro %}{% macro forms() %}{% endmacro %}"
            "{% macro sponsored() %}{% endmacro %}"
            "{% macro house(publication, url, more) %}{% endmacro %}",
            r"_parts\.html:2: .*sumary",
        ),
        (
            "email/_base.css",
            ".body { margin: 0; }\n.body { color: {{ theme.light.inc }}; }",
            r"_base\.css:2: .*inc",
        ),
    ],
)
def test_a_fault_in_it_is_named_when_it_is_loaded(tmp_path, name, source, fault):
    with pytest.raises(TemplateError, match=fault):
        own(tmp_path, name, source).check()


def test_texts_of_the_config_are_tried_on_a_rich_edition_and_on_a_poor_one():
    careless = a_newsletter(slug="friday", intro="{{ sections[0].name }}")
    misspelt = a_newsletter(slug="friday", subject="{{ lead.titel }}")

    with pytest.raises(TemplateError, match=r'newsletter "friday": intro:1: .*no element 0'):
        RENDERER.check(careless)
    with pytest.raises(TemplateError, match=r'newsletter "friday": subject:1: .*titel'):
        RENDERER.check(misspelt)
    RENDERER.check(a_newsletter(intro="{% if sections %}{{ sections[0].name }}{% endif %}"))
