"""Rendering an edition, and composing one reader's message of it."""

import time
from pathlib import Path

from digest.actions.message.message_factory import MessageFactory
from digest.core.articles.article import Article
from digest.core.message.compose import EncodedVariant, Recipient, compose
from digest.core.message.encoded_edition import standard
from digest.render.message.edition import Renderer
from scripts.benchmarks.measuring import Row, alternate, measure
from tests.builders import (
    MONDAY,
    TOPICS,
    a_publication,
    a_selection,
    a_sender,
    an_article,
    an_edition,
    related,
)

ROOT = Path(__file__).parents[2]
WEB = "https://harbour.example"


def factory() -> MessageFactory:
    renderer = Renderer([ROOT / "templates"])
    return MessageFactory(renderer, a_publication(), a_sender(), "s" * 40, WEB)


def articles(count: int) -> list[Article]:
    titles = (f"The {n}th tide gauge, and what it says about the harbour" for n in range(count))
    return [
        an_article(
            title,
            topic=TOPICS[n % 3].slug,
            authors=(f"Author {n % 9}",),
            related=related("The gauge", "The pilots") if n % 3 == 0 else (),
        )
        for n, title in enumerate(titles)
    ]


def render_rows(rounds: int = 25) -> list[Row]:
    """One edition of 50 articles: render, inline and encode, against premailer's defaults."""
    from premailer import Premailer

    chosen = articles(50)
    edition, selection = an_edition(*chosen), a_selection(*chosen)
    ours = factory()
    contents = ours.contents(edition, selection)
    draft = ours.renderer.draft(edition, ours.publication, contents.encoded.mark, WEB).rendered
    document = "".join(fragment.text for fragment in draft.html)

    def peer() -> None:
        Premailer(document, cssutils_logging_level=50).transform()

    def us() -> None:
        ours.contents(edition, selection)

    mine, theirs = alternate(us, peer, rounds, time.process_time)
    most = 40 * rounds
    many = articles(most)
    larger = an_edition(*many), a_selection(*many)
    per_article = measure(lambda: ours.contents(*larger), 3, time.process_time) / most / (mine / 50)
    variant = EncodedVariant(standard(contents.encoded))
    token = f"1234567.{'a' * 43}"
    recipient = Recipient(7, 1, "ada@reader.example", "", token, token, token)
    link = f"{WEB}/unsubscribe/"
    composing = measure(lambda: compose(variant, recipient, ours.sender, link, MONDAY), 2000)
    return [
        Row(
            f"one edition of 50 articles ({len(document):,} bytes of source HTML)",
            f"render + inline + encode: {mine * 1e3:.1f} ms of CPU time",
            f"premailer with its defaults, inlining alone: {theirs * 1e3:.1f} ms",
            mine / theirs,
            "goal: at most 0.35",
        ),
        Row(
            f"an edition of {most:,} articles",
            f"render + inline + encode: {per_article * mine / 50 * 1e3:.2f} ms an article",
            f"an edition of 50: {mine / 50 * 1e3:.2f} ms an article",
            per_article,
            "goal: linear, which is 1",
        ),
        Row(
            "one reader's message of the edition of 50",
            f"compose: {composing * 1e6:.0f} µs",
            f"render + inline + encode per reader: {mine * 1e3:.1f} ms",
            mine / composing,
            "goal: at least 1,000 times faster",
        ),
    ]
