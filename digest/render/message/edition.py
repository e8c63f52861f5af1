"""An edition as the two parts of an email, and the pages of the website, from templates."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, select_autoescape

from digest.core.editions.edition import Edition, shown_part
from digest.core.message.fragments import RenderedFragments, SubjectLine, cut_fragments
from digest.core.message.single_email import Letter
from digest.core.message.story_choice import Choice, StoryForm, choose_places, holds_locked, mask_of
from digest.core.message.theme import Density, Theme
from digest.core.newsletters.newsletter import Newsletter, Publication
from digest.core.newsletters.promotion import tier_flags
from digest.core.text import prose
from digest.errors import TemplateError
from digest.render.css import css_subset
from digest.render.css.inline import inline
from digest.render.message import specimen
from digest.render.message.build_context import build_context
from digest.render.message.letters import LETTER_FOLDERS, Content, Frame
from digest.render.message.setting import Setting
from digest.render.message.template_context import Layout
from digest.render.template import fragment_marks, subject_templates
from digest.render.template.faults import template_errors
from digest.render.template.folders import Compiled, Folders
from digest.render.words import catalogue, plain_text
from digest.render.words.language import Phrases, direction
from digest.render.words.links import followable_url, reading_address

SUBJECT, TEXT, BODY = (f"email/edition/{part}" for part in ("subject.txt", "body.txt", "body.html"))
BASE_STYLES = "email/_base.css"
SUFFIXES = ("html", "txt", "css")

PREHEADER_MIN, PREHEADER_MAX = 40, 130
"""What inboxes show of it; shorter, and they go on with whatever comes next in the mail."""


_COMPILED = Compiled()
_PLAIN = Theme()
_FORMS: dict[Density, StoryForm] = {
    "full": StoryForm.CARD,
    "compact": StoryForm.TEXT,
    "titles": StoryForm.TITLE,
}


class Renderer:
    """Templates from these folders, loaded once; the first folder that has a file wins.

    So a publication's own template may extend the one that it replaces, `digest:` and its name.

    Safe to use from several threads.
    """

    def __init__(self, folders: Sequence[Path], theme: Theme = _PLAIN) -> None:
        self._environment = Environment(
            loader=Folders(folders),
            bytecode_cache=_COMPILED,
            autoescape=select_autoescape(enabled_extensions=("html",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            cache_size=-1,
            auto_reload=False,
        )
        self._environment.filters |= {
            "wrap": plain_text.wrap,
            "underline": plain_text.underline,
            "paragraphs": prose.plain_paragraphs,
        }
        self._theme = self._environment.globals["theme"] = theme
        self._folders = tuple(folders)
        self._phrases: dict[str, Phrases] = {}

    def render(
        self, edition: Edition, publication: Publication, mark: str, web_url: str
    ) -> "Setting":
        """Set an edition for all its readers, with a slot in place of each reader's own values.

        Raises TemplateError naming the file and line, or the config's key, that can't be used.
        """
        return self._set(edition, publication, mark, web_url, _inlined)

    def draft(
        self, edition: Edition, publication: Publication, mark: str, web_url: str
    ) -> "Setting":
        """The same with its styles still in the head, as the templates print it."""
        return self._set(edition, publication, mark, web_url, lambda html: html)

    def _set(
        self,
        edition: Edition,
        publication: Publication,
        mark: str,
        web_url: str,
        finish: Callable[[str], str],
    ) -> "Setting":
        say = self.phrases(publication.language)
        layout = build_context(edition, publication, say, web_url)
        values: dict[str, Any] = {
            "layout": layout,
            "edition": edition,
            "newsletter": edition.newsletter,
            "publication": publication,
            "say": say,
            "subject": f"{mark}SUBJECTZ",
            "preheader": f"{mark}PREHEADERZ",
            "intro": f"{mark}INTROZ",
            "cut": partial(fragment_marks.fragment_mark, mark),
            "publication_url": followable_url(publication.url),
            "archive_url": reading_address(web_url, edition.newsletter, edition.at, mark),
            "unsubscribe_url": f"{web_url.rstrip('/')}/unsubscribe/{mark}UNSUBSCRIBEZ",
            "preferences_url": f"{web_url.rstrip('/')}/preferences/{mark}PREFERENCESZ",
        }
        html = cut_fragments(finish(self._fill(BODY, values | fragment_marks.html(mark))), mark)
        plain = cut_fragments(
            plain_text.sound(self._fill(TEXT, values | fragment_marks.text_marks(mark))).strip()
            + "\n",
            mark,
        )
        for name, part in ((BODY, html), (TEXT, plain)):
            fragment_marks.expect_slots(mark, name, part)
        known = layout.entries
        fresh = mask_of([place for place, entry in enumerate(known) if entry.fresh])
        chosen = partial(_chosen, layout, edition.newsletter, _FORMS[self._theme.density])
        choice = chosen(fresh)
        write = partial(self._words, edition, layout, publication)
        return Setting(
            RenderedFragments(known, html, plain, choice, write(choice), mark), write, chosen
        )

    def _words(
        self, edition: Edition, layout: Layout, publication: Publication, choice: Choice
    ) -> SubjectLine:
        """What the message of a choice says of itself."""
        say = self.phrases(publication.language)
        newsletter, layout = edition.newsletter, layout.share(choice)
        names = {
            "lead": layout.lead,
            "edition": shown_part(edition, choice),
            "newsletter": newsletter,
            "publication": publication,
            "sections": layout.blocks,
            "count": layout.count,
            "date": layout.date,
        }
        subject, preheader, intro = (
            _written(newsletter, k, names, choice) for k in subject_templates.SUBJECT_KEYS
        )
        values = names | {
            "layout": layout,
            "say": say,
            "subject": prose.one_line(subject) or layout.lead.title,
        }
        return SubjectLine(
            subject=prose.one_line(self._fill(SUBJECT, values)),
            preheader=prose.one_line(preheader)
            or _preheader(layout, newsletter.title, publication.name, say),
            intro=intro,
        )

    def letter(self, content: Content, publication: Publication, say: Phrases) -> Letter:
        """An email that is no edition. Raises TemplateError for a template that can't be used."""
        subject = prose.one_line(content.subject)
        values: dict[str, Any] = {
            "letter": content,
            "layout": Frame(say.language or "en", say.dir),
            "publication": publication,
            "publication_url": followable_url(publication.url),
            "say": say,
            "subject": subject,
            "preheader": prose.shorten(" ".join(content.paragraphs), PREHEADER_MAX),
        }
        subject, plain, html = (
            self._fill(f"email/{content.name}/{part}", values)
            for part in ("subject.txt", "body.txt", "body.html")
        )
        return Letter(
            subject=prose.one_line(subject),
            html=inline(html),
            text=plain_text.sound(plain).strip() + "\n",
        )

    def page(self, name: str, *, publication: Publication, **values: object) -> str:
        """A page of the website: `name` is a file in web/, e.g. "message.html"."""
        return self.document(f"web/{name}", publication=publication, **values)

    def document(self, name: str, *, publication: Publication, **values: object) -> str:
        """What is no message: `name` is a file of the templates, e.g. "print/edition.html"."""
        language = publication.language or "en"
        frame = {
            "publication": publication,
            "publication_url": followable_url(publication.url),
            "lang": language,
            "dir": direction(language),
            "say": self.phrases(language),
        }
        return self._fill(name, frame | values)

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
            with template_errors(name):
                self._environment.get_template(name)
        with template_errors(BASE_STYLES):
            source, file = self._source(BASE_STYLES)
        emails = self._environment.list_templates(extensions=["html"])
        printed = [self._source(name)[0] for name in emails if name.startswith("email/")]
        css_subset.check_css_subset(source, file, printed)
        for language in self.languages():
            self.phrases(language)
        for name in LETTER_FOLDERS:
            self.letter(specimen.letter_specimen(name), specimen.PUBLICATION, Phrases())
        for newsletter in newsletters or (specimen.NEWSLETTER,):
            subject_templates.check_subject_templates(newsletter)
            self._try(newsletter)

    def _try(self, newsletter: Newsletter) -> None:
        """Print this newsletter once with everything in it, and once with next to nothing."""
        for edition in (specimen.full_specimen(newsletter), specimen.bare(newsletter)):
            self.render(edition, specimen.PUBLICATION, specimen.MARK, specimen.WEB_URL)

    def _source(self, name: str) -> tuple[str, str]:
        """A template as it is written, and its file."""
        loader = self._environment.loader
        source, file, _ = loader.get_source(self._environment, name)  # type: ignore[union-attr]
        return source, file or name

    def _fill(self, name: str, values: dict[str, Any]) -> str:
        with template_errors(name):
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
    return prose.shorten(line, PREHEADER_MAX)


def _chosen(
    layout: Layout, newsletter: Newsletter, form: StoryForm, mask: int, tier: str = ""
) -> Choice:
    locked, sponsored = holds_locked(layout.entries, mask), bool(layout.sponsors)
    seen = tier_flags(tier, newsletter.tiers, newsletter.pitch, sponsored=sponsored, locked=locked)
    return choose_places(layout.entries, mask, seen, form)


def _written(newsletter: Newsletter, key: str, names: dict[str, Any], choice: Choice) -> str:
    """One of the config's own texts; "" where it asks for what a smaller message doesn't have.

    Raises TemplateError where it fails for the whole edition.
    """
    try:
        return subject_templates.render_subject_template(newsletter, key, names)
    except TemplateError:
        if None in choice.forms:
            return ""
        raise


def _inlined(drawing: str) -> str:
    try:
        return inline(drawing)
    except TemplateError as fault:
        raise TemplateError(f"{BODY}: {fault}") from fault
