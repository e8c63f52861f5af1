"""The print edition of what was frozen: every article whole, in reading order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from digest.actions.editions.find_edition import find_edition
from digest.core.articles.article import Article
from digest.core.articles.author import credited
from digest.core.editions.edition import EditionState
from digest.core.message.encoded_edition import EncodedEdition
from digest.core.newsletters.newsletter import Newsletter, Publication
from digest.errors import UsageError
from digest.render.message.edition import Renderer
from digest.render.print.paper import SIZES, Size, faces, lay_out_paper, make_pdf
from digest.store.articles.images import Gallery
from digest.store.database.database import Database
from digest.store.editions import frozen_articles
from digest.store.message import encoded_editions


@dataclass(frozen=True, slots=True)
class Printed:
    """An edition as PDF."""

    newsletter: str
    at: datetime
    articles: int
    pdf: bytes


def print_edition(
    db: Database,
    gallery: Gallery,
    renderer: Renderer,
    publication: Publication,
    newsletters: Sequence[Newsletter],
    number: int,
    size: Size = "a4",
) -> Printed:
    """Set an edition as a paper. Raises UsageError where there is nothing to print."""
    kept = find_edition(db, number)
    if kept.state is EditionState.HELD:
        raise UsageError(f"edition {number} was held back, so there is nothing to print")
    newsletter = next((one for one in newsletters if one.slug == kept.newsletter), None)
    if newsletter is None:
        raise UsageError(f"edition {number} is of '{kept.newsletter}', which left the config")
    encoded, articles = (
        db.read(encoded_editions.encoded_edition, number),
        db.read(frozen_articles.as_frozen, number),
    )
    sections = _sections(encoded, articles, newsletter)
    say = renderer.phrases(publication.language)
    paper = lay_out_paper(newsletter, publication, kept.at, sections, say)
    values = {"paper": paper, "size": SIZES[size], "faces": faces()}
    html = renderer.document("print/edition.html", publication=publication, **values)
    pdf = make_pdf(html, gallery.open)
    return Printed(newsletter.slug, kept.at, paper.count, pdf)


def _sections(
    encoded: EncodedEdition, articles: Mapping[int, Article], newsletter: Newsletter
) -> list[tuple[str, list[Article]]]:
    """What a reader without wishes got, by topic; the lead comes first, in a section of its own."""
    names = {rule.slug: rule.name for rule in newsletter.topics}
    lead = encoded.entries[encoded.choice.lead]
    rest = [
        encoded.entries[place] for place in encoded.choice.places if place != encoded.choice.lead
    ]
    sections = [(lead.topic, [lead])]
    sections += [(slug, list(some)) for slug, some in groupby(rest, lambda entry: entry.topic)]
    return [
        (
            names.get(slug, slug),
            credited([articles[one.article] for one in some], newsletter.writers),
        )
        for slug, some in sections
    ]
