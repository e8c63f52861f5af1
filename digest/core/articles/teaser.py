"""What of an article those see who may not read it whole."""

from collections.abc import Iterable
from dataclasses import replace

from digest.core.articles.article import Access, Article
from digest.core.articles.topic_rules import TopicRule
from digest.core.text import prose

MAX_TEASER_CHARS = 140
"""Characters that a teaser shows; of a short article at most a third of it."""
_SHORTEST = 20


def is_withheld(article: Article) -> bool:
    """Whether it is for subscribers, so that others get its teaser."""
    return article.access is Access.SUBSCRIBERS


def teaser(article: Article) -> Article:
    """The same article with a few of its words, and without what leads to the rest.

    Everything that is printed, written or shown to others goes by this value, so what is withheld
    is nowhere to be found in it.
    """
    room = min(MAX_TEASER_CHARS, len(article.body_text) // 3)
    told = prose.summary(article.summary or article.body_text, room) if room >= _SHORTEST else ""
    return replace(
        article, summary=told, body_html="", body_text="", url="", related=(), audio_url=""
    )


def by_topic(found: Iterable[Article], rules: Iterable[TopicRule]) -> list[Article]:
    """These articles with the access that follows from their topics, where nobody said it."""
    closed = {rule.slug for rule in rules if rule.access is Access.SUBSCRIBERS}
    return [
        replace(article, access=Access.SUBSCRIBERS)
        if not article.access_said and any(topic.slug in closed for topic in article.topics)
        else article
        for article in found
    ]


def in_public(article: Article) -> Article:
    """The article as everybody may see it."""
    return teaser(article) if is_withheld(article) else article
