"""The page of a past edition: for everybody, or for who comes with the link of their message."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from digest.actions.editions import explain_reader
from digest.app import App
from digest.core.articles.correction import Correction
from digest.core.editions.web_access import is_open, may_read
from digest.core.message import encoded_edition
from digest.core.message.removed_stories import without_stories, without_titles
from digest.core.newsletters.newsletter import Newsletter
from digest.core.newsletters.permalinks import moment_of
from digest.core.text import prose
from digest.render.site import webcopy
from digest.render.words.language import long_date
from digest.store.editions import archive, corrections, removed_stories
from digest.store.editions.archive import Issue
from digest.store.message import encoded_editions
from digest.store.message.encoded_editions import Variant
from digest.web.archive.edition_lists import day_of, feed_url, titles, url_of
from digest.web.http.headers import PRIVATE, policy
from digest.web.http.pages import message, not_found, page, phrases_of
from digest.web.readers.signup import unknown_confirmation

PAGES_HELD_READY = 8
"""So many pages are held ready: what is frozen never changes."""


class Reading:
    """The handlers. `live` gives the app of now."""

    def __init__(self, live: Callable[[], App]) -> None:
        self._live = live
        self._ready: OrderedDict[tuple[int, int, frozenset[int]], tuple[str, str]] = OrderedDict()

    def routes(self) -> list[Route]:
        """Where they answer."""
        return [
            Route("/archive/{slug}/{edition}", self.edition),
            Route("/read/{slug}/{edition}/{token:path}", self.read),
        ]

    def edition(self, request: Request) -> Response:
        """One edition, by its moment or its number; its titles, if not everybody may read it."""
        app = self._live()
        newsletter, issue = _asked(app, request)
        if issue is None:
            return not_found(app)
        gone = newsletter is None
        if is_open(newsletter) or (gone and explain_reader.was_open(app.db, issue.id)):
            return self._whole(app, issue)
        return _titles(app, issue)

    def read(self, request: Request) -> Response:
        """One edition as its reader got it. No cookie: the link is all, and opens nothing else."""
        app = self._live()
        token = request.path_params["token"].removesuffix("/")
        found = explain_reader.reader_of_link(app.db, token, app.secret)
        if found is None:
            return unknown_confirmation(app)
        if isinstance(found, int):
            say = phrases_of(app)
            return message(app, say.of_a_preview, say.no_choices_in_a_preview)
        newsletter, issue = _asked(app, request)
        if issue is None:
            return not_found(app)
        reader, subscription = found
        if newsletter and may_read(newsletter, reader, _today(app, newsletter)):
            variant = explain_reader.variant_of_reader(app.db, issue.id, subscription)
            answer = self._whole(app, issue, variant)
        else:
            answer = _titles(app, issue)
        answer.headers.update(PRIVATE)
        return answer

    def _whole(self, app: App, issue: Issue, variant: Variant | None = None) -> Response:
        removed = app.db.read(removed_stories.withheld_of, issue.id)
        html, mark = self._body(app, issue.id, variant, removed)
        if not html:
            return _gone(app)
        images = webcopy.images(html)
        values = {
            "issue": issue,
            "title": titles(app).get(issue.newsletter, issue.newsletter),
            "canonical": url_of(app, issue),
            "feed": feed_url(app, issue.newsletter),
            "image": next((url for url in images if "/images/" in url), ""),
            "home": app.factory.web_url,
            "private": variant is not None,
            "corrected": [
                _corrected(app, one)
                for one in app.db.read(corrections.since, issue.id)
                if one.article not in removed
            ],
            "removed": len(removed),
        }
        publication = app.settings.publication_value()
        head, bar = (
            app.renderer.page(f"edition_{part}.html", publication=publication, **values)
            for part in ("head", "bar")
        )
        whole = webcopy.page_of(html, mark, app.factory.web_url, head, bar)
        return HTMLResponse(whole, headers={"Content-Security-Policy": policy(whole, images)})

    def _body(
        self, app: App, edition: int, variant: Variant | None, removed: frozenset[int]
    ) -> tuple[str, str]:
        """The HTML of an edition, or of a variant of it, and the mark of the slots in it.

        It is empty where every story was removed.
        """
        key = (edition, variant.id if variant else 0, removed)
        ready = self._ready.pop(key, None)
        if ready is None:
            encoded = app.db.read(encoded_editions.encoded_edition, edition)
            choice, words = (
                (variant.choice, variant.words)
                if variant
                else (replace(encoded.choice, flags=()), encoded.words)
            )
            left = without_stories(choice, encoded.entries, removed)
            words = without_titles(words, encoded.entries, removed)
            html = encoded_edition.on_the_web(encoded, left, words) if left else ""
            ready = (html, encoded.mark)
        self._ready[key] = ready
        while len(self._ready) > PAGES_HELD_READY:
            self._ready.popitem(last=False)
        return ready


def _asked(app: App, request: Request) -> tuple[Newsletter | None, Issue | None]:
    """The newsletter of an address, if the config has it, and its edition, if one can see it."""
    slug, name = request.path_params["slug"], request.path_params["edition"]
    known = {one.slug: one for one in app.settings.newsletter_values()}
    newsletter = known.get(slug)
    if newsletter and newsletter.archive == "none":
        return newsletter, None
    at = moment_of(name)
    if at is not None:
        return newsletter, app.db.read(archive.issue, slug, at=at)
    if name.isascii() and name.isdigit() and len(name) < 20:
        return newsletter, app.db.read(archive.issue, slug, number=int(name))
    return newsletter, None


def _corrected(app: App, wrong: Correction) -> tuple[str, str]:
    """The title of a piece of an edition, and what was wrong in it."""
    publication, say = app.settings.publication, phrases_of(app)
    day = wrong.at.astimezone(ZoneInfo(publication.timezone)).date()
    date = long_date(day, publication.language)
    return prose.one_line(wrong.title) or say.untitled, say.corrected_on(date, wrong.note)


def _today(app: App, newsletter: Newsletter) -> date:
    return app.clock().astimezone(ZoneInfo(newsletter.timezone)).date()


def _titles(app: App, issue: Issue) -> Response:
    """What everybody may know of an edition that isn't for everybody, and how to get it."""
    title = titles(app).get(issue.newsletter, issue.newsletter)
    encoded = app.db.read(encoded_editions.encoded_edition, issue.id)
    removed = app.db.read(removed_stories.withheld_of, issue.id)
    shown = [encoded.entries[place] for place in encoded.choice.places]
    return page(
        app,
        "edition_titles.html",
        issue=issue,
        newsletter=title,
        date=day_of(app, issue),
        canonical=url_of(app, issue),
        titles=[one.title for one in shown if one.article not in removed],
        home=app.factory.web_url,
    )


def _gone(app: App) -> Response:
    """In place of an edition of which nothing is left."""
    say = phrases_of(app)
    return message(app, say.stories_removed(1), status=HTTPStatus.GONE)
