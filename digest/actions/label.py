"""Give articles the topics of today's rules."""

from collections.abc import Iterable
from dataclasses import replace

from digest.core.article import Article
from digest.core.topic import Rule, assign, fingerprint


def relabelled(found: Iterable[Article], rules: tuple[Rule, ...]) -> list[Article]:
    """The articles with the topics that these rules give, whichever rules they came in under.

    So a changed [[topic]] counts at once, and nothing has to be imported again.
    """
    by = fingerprint(rules)
    return [
        article
        if article.topics_by == by
        else replace(article, topics=assign(article, rules), topics_by=by)
        for article in found
    ]
