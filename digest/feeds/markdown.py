"""Articles in Markdown, with or without front matter."""

from dataclasses import replace
from datetime import tzinfo

from digest.core import prose
from digest.core.article import Item
from digest.errors import ArticleError
from digest.feeds import front_matter, sanitise
from digest.feeds.dump import LONGEST
from digest.feeds.kinds import objection
from digest.feeds.markup import from_markdown
from digest.feeds.parts import parts
from digest.feeds.piece import item


def read(text: str, source: str, zone: tzinfo) -> Item:
    """Make an item of a Markdown file; dates without a time of day are midnight in `zone`.

    Without a title in the front matter the first heading is the title. Byline, photo credit,
    related articles and a subscription pitch are recognised as in a page dump. Raises ArticleError
    if it is no article.
    """
    if len(text) > LONGEST:
        raise ArticleError(f"too long for an article: over {LONGEST:,} characters")
    fence, within, source_text = front_matter.split(prose.visible(text))
    above = front_matter.read(fence, within, zone)
    if not fence and (
        reason := objection([line for line in source_text.split("\n") if line.strip()])
    ):
        raise ArticleError(reason)
    blocks = sanitise.blocks(from_markdown(source_text))
    made = item(parts(blocks, zone, above.head), source)
    return replace(
        made,
        summary=above.summary,
        photo_credit=above.photo_credit or made.photo_credit,
        related=above.related + made.related,
        categories=above.categories + made.categories,
    )
