"""An edition as the two parts of an email, and the pages of the website, from templates."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, select_autoescape

from digest.core import prose
from digest.core.edition import Edition
from digest.core.envelope import Rendering
from digest.core.letter import Letter
from digest.core.newsletter import Newsletter, Publication
from digest.core.theme import Theme
from digest.errors import TemplateError
from digest.render import catalogue, dialect, specimen, text, wording
from digest.render.density import fit
from digest.render.faults import told
from digest.render.folders import Folders
from digest.render.inline import inline
from digest.render.language import Phrases, direction
from digest.render.layout import Layout, lay_out, web_address
from digest.render.letters import LETTERS, Content, Frame

SUBJECT, TEXT, BODY = (f"email/edition/{part}" for part in ("subject.txt", "body.txt", "body.html"))
BASE_STYLES = "email/_base.css"
SUFFIXES = ("html", "txt", "css")

PREHEADER_MIN, PREHEADER_MAX = 40, 130
"""What inboxes show of it; shorter, and they go on with whatever comes next in the mail."""


_PLAIN = Theme()


class Renderer:
    """Templates from these folders, loaded once; the first folder that has a file wins.

    So a publication's own template may extend the one that it replaces, `digest:` and its name.

    Safe to use from several threads.
    """

    def __init__(self, folders: Sequence[Path], theme: Theme = _PLAIN) -> None:
        self._environment = Environment(
            loader=Folders(folders),
            autoescape=select_autoescape(enabled_extensions=("html",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            cache_size=-1,
            auto_reload=False,
        )
        self._environment.filters |= {
            "wrap": text.wrap,
            "underline": text.underline,
            "paragraphs": prose.paragraphs,
        }
        self._environment.globals["theme"] = theme
        self._folders = tuple(folders)
        self._phrases: dict[str, Phrases] = {}

    def render(
        self, edition: Edition, publication: Publication, mark: str, web_url: str
    ) -> Rendering:
        """One message for all readers, with a slot in place of each reader's own values.

        Raises TemplateError naming the file and line, or the config's key, that can't be used.
        """
        values = self._values(edition, publication, mark, web_url)

        def drawn(layout: Layout) -> str:
            drawing = self._fill(BODY, values | {"layout": layout, "sections": layout.blocks})
            try:
                return inline(drawing)
            except TemplateError as fault:
                raise TemplateError(f"{BODY}: {fault}") from fault

        rendering = self._rendering(values, fit(values["layout"], drawn), mark)
        _expect_slots(mark, {BODY: rendering.html, TEXT: rendering.text})
        return rendering

    def draft(
        self, edition: Edition, publication: Publication, mark: str, web_url: str
    ) -> Rendering:
        """The same at any size, with its styles still in the head, as the templates print it."""
        values = self._values(edition, publication, mark, web_url)
        return self._rendering(values, self._fill(BODY, values), mark)

    def _values(
        self, edition: Edition, publication: Publication, mark: str, web_url: str
    ) -> dict[str, Any]:
        """What the templates of an edition see."""
        say, newsletter = self.phrases(publication.language), edition.newsletter
        layout = lay_out(edition, publication, say, web_url)
        names = {
            "lead": layout.lead,
            "edition": edition,
            "newsletter": newsletter,
            "publication": publication,
            "sections": layout.blocks,
            "count": layout.count,
            "date": layout.date,
        }
        subject, preheader, intro = (wording.write(newsletter, k, names) for k in wording.KEYS)
        values: dict[str, Any] = names | {
            "layout": layout,
            "say": say,
            "subject": prose.one_line(subject) or layout.lead.title,
            "preheader": prose.one_line(preheader)
            or _preheader(layout, newsletter.title, publication.name, say),
            "intro": intro,
            "publication_url": web_address(publication.url),
            "unsubscribe_url": f"{web_url.rstrip('/')}/unsubscribe/{mark}UNSUBSCRIBEZ",
        }
        return values | {"subject": prose.one_line(self._fill(SUBJECT, values))}

    def _rendering(self, values: dict[str, Any], html: str, mark: str) -> Rendering:
        return Rendering(
            subject=values["subject"],
            preheader=values["preheader"],
            html=html,
            text=text.sound(self._fill(TEXT, values)).strip() + "\n",
            mark=mark,
        )

    def letter(self, content: Content, publication: Publication, say: Phrases) -> Letter:
        """An email that is no edition. Raises TemplateError for a template that can't be used."""
        subject = prose.one_line(content.subject)
        values: dict[str, Any] = {
            "letter": content,
            "layout": Frame(say.language or "en", say.dir),
            "publication": publication,
            "publication_url": web_address(publication.url),
            "say": say,
            "subject": subject,
            "preheader": prose.cut(" ".join(content.paragraphs), PREHEADER_MAX),
        }
        subject, plain, html = (
            self._fill(f"email/{content.name}/{part}", values)
            for part in ("subject.txt", "body.txt", "body.html")
        )
        return Letter(
            subject=prose.one_line(subject),
            html=inline(html),
            text=text.sound(plain).strip() + "\n",
        )

    def page(self, name: str, *, publication: Publication, **values: object) -> str:
        """A page of the website: `name` is a file in web/, e.g. "message.html"."""
        language = publication.language or "en"
        frame = {
            "publication": publication,
            "publication_url": web_address(publication.url),
            "lang": language,
            "dir": direction(language),
            "say": self.phrases(language),
        }
        return self._fill(f"web/{name}", frame | values)

    def phrases(self, language: str) -> Phrases:
        """Our own words in a language, in English if nobody translated them.

        Raises TemplateError for a catalogue that can't be used.
        """
        if language not in self._phrases:
            words = catalogue.translations(self._folders, language)
            self._phrases[language] = (
                Phrases(language)
                if words is None
                else Phrases(language, words, spoken=language.partition("-")[0])
            )
        return self._phrases[language]

    def languages(self) -> tuple[str, ...]:
        """The languages that there are words in."""
        return catalogue.languages(self._folders)

    def check(self, *newsletters: Newsletter) -> None:
        """Load every template and catalogue, and print an edition with each newsletter's own texts.

        Raises TemplateError for the first that can't be used, and for styles that can't be
        inlined, with file and line: here, so that it isn't when an edition is due.
        """
        for name in self._environment.list_templates(extensions=SUFFIXES):
            with told(name):
                self._environment.get_template(name)
        with told(BASE_STYLES):
            source, file = self._source(BASE_STYLES)
        emails = self._environment.list_templates(extensions=["html"])
        printed = [self._source(name)[0] for name in emails if name.startswith("email/")]
        dialect.check(source, file, printed)
        for language in self.languages():
            self.phrases(language)
        for name in LETTERS:
            self.letter(specimen.letter(name), specimen.PUBLICATION, Phrases())
        for newsletter in newsletters or (specimen.NEWSLETTER,):
            wording.check(newsletter)
            self._try(newsletter)

    def _try(self, newsletter: Newsletter) -> None:
        """Print this newsletter once with everything in it, and once with next to nothing."""
        for edition in (specimen.full(newsletter), specimen.bare(newsletter)):
            self.render(edition, specimen.PUBLICATION, specimen.MARK, specimen.WEB_URL)

    def _source(self, name: str) -> tuple[str, str]:
        """A template as it is written, and its file."""
        loader = self._environment.loader
        source, file, _ = loader.get_source(self._environment, name)  # type: ignore[union-attr]
        return source, file or name

    def _fill(self, name: str, values: dict[str, Any]) -> str:
        with told(name):
            return self._environment.get_template(name).render(values)


def _preheader(layout: Layout, newsletter: str, publication: str, say: Phrases) -> str:
    """The next stories' titles, as many as an inbox shows; with one story only, its summary."""
    titles = [say.apart(story.title) for story in layout.stories[1:]]
    line = say.also(titles.pop(0)) if titles else layout.lead.summary
    for title in titles:
        if len(line) + len(title) + 3 > PREHEADER_MAX:
            break
        line += f" · {title}"
    for more in (say.issue(newsletter, layout.date), say.reason(newsletter, publication)):
        if len(line) < PREHEADER_MIN:
            line = f"{line} — {more}" if line else more
    return prose.cut(line, PREHEADER_MAX)


def _expect_slots(mark: str, parts: dict[str, str]) -> None:
    """Every part offers the way out, and every slot is one that the mail part can fill."""
    for name, part in parts.items():
        slots = part.count(f"{mark}UNSUBSCRIBEZ")
        if not slots:
            raise TemplateError(f"{name}: has no unsubscribe link; print {{{{ unsubscribe_url }}}}")
        if slots != part.count(mark):
            raise TemplateError(f"{name}: cuts or changes {{{{ unsubscribe_url }}}}")
