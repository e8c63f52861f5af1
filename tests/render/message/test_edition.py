"""What an edition says and shows, read from its two parts."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import html5lib
import pytest

from digest.errors import TemplateError
from digest.render.message.edition import Renderer
from tests.builders import (
    MARK,
    MONDAY,
    a_newsletter,
    a_publication,
    an_article,
    an_edition,
    related,
)
from tests.locale_words import full_day, in_a_row, long_day
from tests.render.samples import RENDERER, TEMPLATES, WEB_URL, a_full_edition, printed, printed_with


def page(message):
    return html5lib.parse(message.html, namespaceHTMLElements=False)


def texts(root, path):
    return [" ".join("".join(e.itertext()).split()) for e in root.findall(path)]


def test_a_title_links_to_its_article_in_both_parts():
    message = printed(an_edition(an_article("Low water", url="https://harbour.example/low")))

    assert '<a href="https://harbour.example/low"' in message.html
    assert "\nhttps://harbour.example/low\n" in message.text


def test_an_article_without_an_address_has_a_title_but_no_link():
    alone = an_edition(an_article("Low water", url="", related=related("High water", url="")))

    message = printed(alone)

    links = [a.get("href") for a in page(message).iter("a") if a.get("href")]
    assert "Low water" in texts(page(message), ".//h2")
    assert "High water" in texts(page(message), ".//li")
    assert set(links) == {
        f"{WEB_URL}/archive/weekly/2026-03-09T0630Z",
        "https://harbour.example",
        f"{WEB_URL}/preferences/{MARK}PREFERENCESZ",
        f"{WEB_URL}/unsubscribe/{MARK}UNSUBSCRIBEZ",
    }


def test_a_writer_of_two_pieces_stands_above_them_and_others_on_their_own():
    lead, *pieces = (
        an_article("Lead", topic="world"),
        an_article("One", topic="world", authors=("Ada Ferrer",)),
        an_article("Two", topic="world", authors=("Bo Lin", "Cy Okafor")),
        an_article("Three", topic="world", authors=("Ada Ferrer",)),
    )

    root = page(printed(an_edition(lead, *pieces)))

    assert texts(root, ".//h3") == ["Ada Ferrer", "Two"]
    assert texts(root, ".//h4") == ["One", "Three"]
    bylines = [t for t in texts(root, ".//span") if t.startswith("By ")]
    assert bylines == ["By Mara Lind", f"By {in_a_row(('Bo Lin', 'Cy Okafor'))}"]


def test_unsigned_pieces_get_no_heading_however_many():
    pieces = [an_article(f"Letter {n}", authors=()) for n in range(4)]

    root = page(printed(an_edition(*pieces)))

    assert sorted(texts(root, ".//h3")) == ["Letter 1", "Letter 2", "Letter 3"]
    assert texts(root, ".//h4") == []


def test_stories_without_a_topic_come_under_more_stories():
    message = printed(an_edition(an_article("One", topic="world"), an_article("Two")))

    assert texts(page(message), ".//h2")[-1] == "More stories"
    assert "MORE STORIES\n============" in message.text


def test_contents_are_listed_from_three_sections_on():
    topics = ("world", "world", "science", "economy")
    three = an_edition(*(an_article(f"N{n}", topic=t) for n, t in enumerate(topics)))
    two = an_edition(*(an_article(f"N{n}", topic=t) for n, t in enumerate(topics[:3])))

    assert "In this issue" in printed(three).html
    assert "In this issue" not in printed(two).html


def test_dates_are_those_of_the_newsletters_own_time_zone():
    late = datetime(2026, 3, 8, 22, 30, tzinfo=UTC)
    article = an_article(published=late)
    abroad = a_newsletter(timezone="Pacific/Auckland")

    eighth, ninth = long_day(date(2026, 3, 8)), long_day(date(2026, 3, 9))
    assert eighth in printed(an_edition(article, at=late)).text
    assert ninth in printed(an_edition(article, newsletter=abroad, at=late)).text


def test_an_article_without_a_date_shows_none():
    day = long_day(date(2026, 3, 7))
    assert day in printed(an_edition(an_article())).text
    message = printed(an_edition(an_article(dated=False)))

    assert day not in message.html + message.text


@pytest.mark.parametrize(
    ("language", "locale"),
    [("en", "en_GB"), ("en-US", "en_US"), ("de", "de"), ("pt_BR", "pt_BR"), ("xx", "en_GB")],
)
def test_dates_are_written_as_the_publications_language_does(language, locale):
    message = printed(an_edition(), a_publication(language=language))
    assert full_day(MONDAY.date(), locale) in message.text


def test_a_language_from_right_to_left_turns_the_page():
    html = printed(an_edition(), a_publication(language="he")).html

    assert '<html lang="he" dir="rtl"' in html
    assert "text-align:right" in html


def test_the_lead_has_up_to_six_related_pieces_and_a_card_three():
    many = related(*(f"More {n}" for n in range(9)))
    edition = an_edition(
        an_article("Lead", topic="world", related=many),
        an_article("Card", topic="world", related=many),
    )

    assert len(texts(page(printed(edition)), ".//li")) == 6 + 3


def test_a_piece_without_an_address_says_more_since_nobody_can_read_on():
    body = " ".join(f"Sentence {n} of the tide is here." for n in range(200))
    summary = "Sentence 0 of the tide is here. Sentence 1 of the tide is here."
    linked = an_article("Linked", body_text=body, summary=summary)
    unlinked = an_article("Unlinked", body_text=body, summary=summary, url="")

    short = printed(an_edition(an_article("The lead"), linked)).text
    long = printed(an_edition(an_article("The lead"), unlinked)).text

    assert "Sentence 2 of" not in " ".join(short.split())
    assert "Sentence 12 of" in " ".join(long.split())
    assert "Sentence 40 of" not in " ".join(long.split())


def test_a_summary_of_its_own_stands_also_without_an_address():
    article = an_article("Unlinked", summary="The editor's own words.", url="")

    assert "The editor's own words." in printed(an_edition(article)).text


def test_without_a_summary_the_first_words_of_the_body_stand_in():
    message = printed(
        an_edition(an_article(summary="", body_text="It began with a leak.\n\nThen."))
    )

    assert "It began with a leak." in message.html


def test_an_empty_preheader_is_made_from_the_next_stories():
    edition = an_edition(*(an_article(f"Story {n} of the week", topic="world") for n in range(6)))

    preheader = printed(edition).preheader

    assert preheader.startswith("Also: Story 1 of the week · Story 2 of the week")
    assert 40 <= len(preheader) <= 130


@pytest.mark.parametrize("title", ["A", "Water " * 30])
@pytest.mark.parametrize("summary", ["", "Short.", "Long words. " * 30])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_made_preheader_has_40_to_130_characters(title, summary, count):
    pieces = [an_article(f"{title}{n}", summary=summary, body_text="") for n in range(count)]

    assert 40 <= len(printed(an_edition(*pieces)).preheader) <= 130


def test_subject_preheader_and_intro_come_from_the_config():
    newsletter = a_newsletter(
        subject="{{ newsletter.title }}: {{ lead.title }} & {{ count - 1 }} more",
        preheader="{{ sections[0].name }}, of {{ date }}",
        intro="From {{ publication.name }}.\n\nBy {{ lead.authors | join(', ') }}.",
    )
    edition = an_edition(
        an_article("Low water", topic="world"), an_article(topic="world"), newsletter=newsletter
    )

    message = printed(edition)

    assert message.subject == "The Harbour Weekly: Low water & 1 more"
    assert message.preheader == f"World, of {long_day(MONDAY.date())}"
    assert "From The Harbour Review.\n\nBy Mara Lind." in message.text
    assert texts(page(message), ".//title") == [message.subject]


def test_a_subject_that_comes_out_empty_gives_way_to_the_lead():
    edition = an_edition(
        an_article("Low water", summary=""), newsletter=a_newsletter(subject="{{ lead.summary }}")
    )

    assert (
        printed(replace(edition, lead=replace(edition.lead, body_text=""))).subject == "Low water"
    )


def test_every_part_says_why_and_how_to_leave_and_from_where_it_comes():
    message = printed(an_edition())

    for part in (message.html, message.text.replace("\n", " ")):
        assert "because you subscribed to The Harbour Weekly by The Harbour Review" in part
        assert "1 Quay Street, 20457 Hamburg" in part
        assert part.count(f"{WEB_URL}/unsubscribe/{MARK}UNSUBSCRIBEZ") == 1


def test_addresses_stand_on_lines_of_their_own_in_the_text_part():
    lines = printed(a_full_edition()).text.splitlines()

    assert all(line.strip().startswith("http") for line in lines if "://" in line)


def test_the_text_part_is_72_columns_wide():
    lines = printed(a_full_edition()).text.splitlines()

    assert max(len(line) for line in lines if "://" not in line) <= 72
    assert "\n\n\n\n\n" not in "\n".join(lines)


def test_a_publication_replaces_a_template_by_one_of_the_same_name(tmp_path):
    own = tmp_path / "email" / "edition"
    own.mkdir(parents=True)
    own.joinpath("body.txt").write_text("Ahoy! {{ layout.lead.title }}\n{{ unsubscribe_url }}\n")

    message = printed_with(tmp_path)

    assert message.text.startswith("Ahoy! The tide gauge")
    assert "The tide gauge" in message.html


@pytest.mark.parametrize(
    ("name", "source", "fault"),
    [
        (
            "body.txt",
            "one\n{{ layout.lead.titel }}\n",
            "body.txt:2: 'Story object' has no attribute 'titel'",
        ),
        ("body.txt", "one\ntwo\n{% if %}\n", "body.txt:3: "),
        ("body.txt", "{{ leed }}\n", "body.txt:1: 'leed' is undefined"),
        ("body.txt", "\n{% include 'none.txt' %}", "body.txt:2: 'none.txt' not found"),
        ("body.txt", "{{ 1 / 0 }}", "body.txt:1: division by zero"),
        ("body.txt", "no way out", "body.txt: has no unsubscribe link"),
        ("body.txt", "{{ unsubscribe_url | upper }}", "body.txt: "),
        ("body.txt", b"\xff", "body.txt: not UTF-8"),
        ("body.html", "<p>Words", "body.html: "),
        (
            "body.html",
            "<style>p{color:red!important}</style><p>x",
            "body.html: base styles, line 1",
        ),
    ],
)
def test_a_template_that_fails_is_named_with_its_line(tmp_path, name, source, fault):
    own = tmp_path / "email" / "edition"
    own.mkdir(parents=True)
    own.joinpath(name).write_bytes(source if isinstance(source, bytes) else source.encode())

    with pytest.raises(TemplateError) as raised:
        printed_with(tmp_path)

    assert fault in str(raised.value)


def test_check_finds_faults_in_templates_that_no_edition_uses(tmp_path):
    tmp_path.joinpath("spare.html").write_text("fine\n{% endif %}")

    with pytest.raises(TemplateError, match=r"spare\.html:2: "):
        Renderer([tmp_path, TEMPLATES]).check()


def test_check_finds_styles_that_can_not_be_inlined(tmp_path):
    tmp_path.joinpath("email").mkdir()
    tmp_path.joinpath("email", "_base.css").write_text(
        "{# mine #}\np { color: #111111; }\np:hover {}"
    )

    with pytest.raises(TemplateError, match=r'_base\.css:3: "p:hover" can\'t be inlined'):
        Renderer([tmp_path, TEMPLATES]).check()


def test_check_accepts_what_comes_with_digest():
    RENDERER.check(a_newsletter())


def test_without_templates_it_says_where_it_looked(tmp_path):
    with pytest.raises(TemplateError, match=str(tmp_path)):
        Renderer([tmp_path]).render(an_edition(), a_publication(), MARK, WEB_URL)


def test_threads_print_the_same():
    edition = a_full_edition()
    expected = printed(edition)

    with ThreadPoolExecutor(8) as pool:
        messages = list(pool.map(lambda _: printed(edition), range(24)))

    assert all(message == expected for message in messages)


def test_twenty_full_articles_stay_far_below_the_size_where_mail_is_cut():
    topics = ("world", "science", "economy", "")
    pieces = [
        an_article(
            f"A title of the usual length, number {n}",
            topic=topics[n % 4],
            summary="Words about it. " * 12,
            related=related("One more piece", "And another one", "And a third"),
        )
        for n in range(20)
    ]

    assert len(printed(an_edition(*pieces)).html.encode()) < 60_000


def test_web_pages_are_printed_in_the_language_of_the_publication():
    html = RENDERER.page(
        "message.html", publication=a_publication(language="he"), title="<Done>", text=("One.",)
    )

    assert '<html lang="he" dir="rtl">' in html
    assert "<h1>&lt;Done&gt;</h1>" in html
    assert "style=" not in html


def test_the_moment_it_is_made_for_is_its_date():
    assert full_day(MONDAY.date()) in printed(an_edition(at=MONDAY)).html


def test_few_elements_have_a_margin_of_their_own():
    """Gmail and Outlook know margins partly: what is no paragraph is a <div> with a padding."""
    html = printed(a_full_edition()).html

    assert len(re.findall(r'style="[^"]*margin:', html)) / len(re.findall("<[a-z]", html)) < 0.28
