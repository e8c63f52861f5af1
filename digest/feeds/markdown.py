"""Articles in Markdown, with or without front matter."""

import re
from dataclasses import replace
from datetime import tzinfo

from digest.core import prose
from digest.core.article import Item
from digest.errors import ArticleError
from digest.feeds import front_matter, sanitise
from digest.feeds.kinds import objection
from digest.feeds.markup import from_markdown
from digest.feeds.parts import parts
from digest.feeds.piece import item

_CODE = re.compile(r"^(`{3,}|~{3,})[^\n]*\n.*?^\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)


def read(text: str, source: str, zone: tzinfo) -> Item:
    """Make an item of a Markdown file; dates without a time of day are midnight in `zone`.

    Without a title in the front matter the first heading is the title. Byline, photo credit,
    related articles and a subscription pitch are recognised as in a page dump. Raises ArticleError
    if it is no article.
    """
    fence, within, source_text = front_matter.split(prose.visible(text))
    above = front_matter.read(fence, within, zone)
    if reason := objection(_CODE.sub("", source_text)):
        raise ArticleError(reason)
    blocks = sanitise.blocks(from_markdown(source_text))
    made = item(parts(blocks, zone, above.head, headings=True), source)
    return replace(
        made,
        summary=above.summary,
        photo_credit=above.photo_credit or made.photo_credit,
        related=above.related + made.related,
        categories=above.categories + made.categories,
    )
