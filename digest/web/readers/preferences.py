"""The page on which readers choose what they get, and take back that they left. No login: the link
in each message is signed. Looking changes nothing.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from digest.actions.readers import subscribe
from digest.actions.readers.subscribe import UnsubscribeLink
from digest.actions.transactional import preferences
from digest.actions.transactional.preferences import Offers
from digest.app import App
from digest.core.newsletters.newsletter import Newsletter
from digest.core.readers.cadence import LONGEST_PAUSE, break_ends
from digest.core.readers.reader import Reader, SubscriptionStanding
from digest.core.text.email_address import masked
from digest.web.http import visitor
from digest.web.http.headers import PRIVATE
from digest.web.http.pages import message, page, phrases_of
from digest.web.http.visitor import Fields, first

log = structlog.get_logger()


class Choices:
    """The handlers. `live` gives the app of now; what touches the store runs in a thread."""

    def __init__(self, live: Callable[[], App]) -> None:
        self._live = live

    def routes(self) -> list[Route]:
        """Where they answer."""
        place = "/preferences/{token:path}"
        return [
            Route(place, self.show),
            Route(place, self.change, methods=["POST"]),
            Route("/undo/{token:path}", self.offer_undo),
            Route("/undo/{token:path}", self.undo, methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """What the reader chose, and what that means."""
        app = self._live()
        found = _found(app, request)
        return found if isinstance(found, Response) else _page(app, *found)

    async def change(self, request: Request) -> Response:
        """Save, leave, or only show what other choices would mean: as the button says."""
        sent = await visitor.fields(request)
        return await run_in_threadpool(self._change, request, sent)

    def _change(self, request: Request, sent: Fields) -> Response:
        app = self._live()
        found = _found(app, request)
        if isinstance(found, Response):
            return found
        reader, newsletter = found
        verb, _, what = first(sent, "do").partition(":")
        log.info("preferences", what=verb)
        if verb == "leave":
            return _leave(app, reader, what) or _page(app, reader, newsletter)
        if verb in {"pause", "resume"}:
            said = _pause(app, reader, what or first(sent, "until"), "catch_up" in sent, verb)
            found = _found(app, request)
            assert not isinstance(found, Response)
            return _page(app, *found, said=said)
        offers = _offers(app, reader, newsletter).answered(
            _answers(sent, "topic:"),
            _answers(sent, "author:"),
            _answers(sent, "cadence:"),
            first(sent, "format"),
        )
        if verb == "save":
            preferences.save_preferences(app.db, reader, offers, app.clock())
        if verb == "sample":
            return _part(app, _sample(app, reader, newsletter, offers))
        said = phrases_of(app).saved if verb == "save" else ""
        return _page(app, reader, newsletter, offers, said=said)

    def offer_undo(self, request: Request) -> Response:
        """The button that undoes it, for who comes by the link of a letter."""
        app, token = self._live(), request.path_params["token"]
        if not preferences.can_undo(app.db, token, app.secret, app.clock()):
            return _too_late(app)
        undo = f"{urlsplit(app.settings.web.url).path}/undo/{token}"
        return message(app, phrases_of(app).left, undo=undo)

    async def undo(self, request: Request) -> Response:
        """Take back that a reader left, a moment ago."""
        answer = await run_in_threadpool(self._undo, request)
        await visitor.beginning(request)
        return answer

    def _undo(self, request: Request) -> Response:
        app = self._live()
        say, token = phrases_of(app), request.path_params["token"]
        done = preferences.undo_leaving(app.db, token, app.secret, app.clock())
        log.info("undone", done=str(done))
        if done:
            return message(app, say.undone, say.undone_means)
        if done is False:
            return message(app, say.barred, say.barred_way_out, status=HTTPStatus.FORBIDDEN)
        return _too_late(app)


def _too_late(app: App) -> Response:
    say = phrases_of(app)
    to_form = (say.to_the_form, f"{app.settings.web.url}/subscribe")
    gone = HTTPStatus.NOT_FOUND
    return message(app, say.too_late, say.too_late_way_out, status=gone, link=to_form)


def left_page(app: App, subscription: int, means: str) -> Response:
    """Somebody left just now, and can take it back; or did before, and can't do that here."""
    now, undo = app.clock(), ""
    ended = subscribe.subscription_ended(app.db, subscription)
    if ended and now - ended < preferences.UNDO_FOR:
        token = preferences.undo_token(subscription, app.secret, now)
        undo = f"{urlsplit(app.settings.web.url).path}/undo/{token}"
    return message(app, phrases_of(app).left, means, undo=undo)


def _found(app: App, request: Request) -> tuple[Reader, Newsletter] | Response:
    """The reader of a link and the newsletter it came with; else the page that says why not."""
    token = request.path_params["token"].removesuffix("/")
    found = preferences.reader_of_token(app.db, token, app.secret)
    if isinstance(found, tuple):
        reader, slug = found
        known = app.settings.newsletter_values()
        return reader, next((one for one in known if one.slug == slug), known[0])
    return unknown_token(app) if found is None else _preview(app)


def _preview(app: App) -> Response:
    say = phrases_of(app)
    return message(app, say.of_a_preview, say.no_choices_in_a_preview)


def unknown_token(app: App) -> Response:
    """One answer for every token that isn't ours, so that it tells nobody which are."""
    say = phrases_of(app)
    return message(app, say.unknown_link, say.unknown_way_out, status=HTTPStatus.NOT_FOUND)


def _offers(app: App, reader: Reader, newsletter: Newsletter) -> Offers:
    return preferences.offers(app.db, newsletter, reader, app.clock())


def _answers(sent: Fields, prefix: str) -> dict[str, str]:
    return {
        name.removeprefix(prefix): values[0]
        for name, values in sent.items()
        if name.startswith(prefix)
    }


def _page(
    app: App,
    reader: Reader,
    newsletter: Newsletter,
    offers: Offers | None = None,
    *,
    said: str = "",
) -> Response:
    offers = offers or _offers(app, reader, newsletter)
    today = app.clock().astimezone(_zone(app)).date()
    titles = {one.slug: one.title for one in app.settings.newsletter_values()}
    got = [
        (one.newsletter, titles.get(one.newsletter, one.newsletter))
        for one in reader.subscriptions
        if one.standing is SubscriptionStanding.ACTIVE
    ]
    return page(
        app,
        "preferences.html",
        private=True,
        email=masked(reader.email),
        newsletters=got,
        topics=offers.topics,
        authors=offers.authors,
        cadences=[(slug, title, offers.cadences[slug]) for slug, title in got],
        format=offers.format,
        break_until=_break(app, reader),
        catch_up=reader.catch_up or not _break(app, reader),
        days=(today + timedelta(days=1), today + LONGEST_PAUSE),
        sample=_sample(app, reader, newsletter, offers),
        said=said,
        more=_more(app, reader),
    )


def _zone(app: App) -> ZoneInfo:
    return ZoneInfo(app.settings.publication_value().timezone)


def _break(app: App, reader: Reader) -> datetime | None:
    """The day before which a reader gets nothing, where the publication is; None if they do."""
    until = reader.paused_until
    return until.astimezone(_zone(app)) if until and until > app.clock() else None


def _pause(app: App, reader: Reader, length: str, catch_up: bool, verb: str) -> str:
    """Begin a break, or end it; gives what the reader is told, if the page doesn't show it."""
    now, zone = app.clock(), _zone(app)
    if verb == "resume":
        preferences.resume_reader(app.db, reader, now)
        return phrases_of(app).break_over
    day = break_ends(length, now.astimezone(zone).date())
    if day is None:
        return phrases_of(app).bad_day
    preferences.pause_reader(app.db, reader, day, zone, now, catch_up=catch_up)
    return ""


def _sample(
    app: App, reader: Reader, newsletter: Newsletter, offers: Offers
) -> preferences.Sample | None:
    """What the choices mean: for the newsletter of the link, or another that the reader gets."""
    got = {
        one.newsletter
        for one in reader.subscriptions
        if one.standing is SubscriptionStanding.ACTIVE
    }
    others = (one for one in app.settings.newsletter_values() if one.slug in got)
    return preferences.preference_sample(app.db, (newsletter, *others), reader, offers)


def _part(app: App, shown: preferences.Sample | None) -> Response:
    """Only the part of the page that changes, for the script."""
    publication = app.settings.publication_value()
    html = app.renderer.page("_sample.html", publication=publication, sample=shown)
    return HTMLResponse(html, headers=PRIVATE)


def _more(app: App, reader: Reader) -> str:
    """Where the reader can join what they don't get; "" if there is nothing, or nobody can."""
    got = {
        one.newsletter
        for one in reader.subscriptions
        if one.standing is SubscriptionStanding.ACTIVE
    }
    others = {one.slug for one in app.settings.newsletter_values()} - got
    form = f"{app.settings.web.url.rstrip('/')}/subscribe"
    return form if others and app.settings.signup.open else ""


def _leave(app: App, reader: Reader, slug: str) -> Response | None:
    """End one newsletter, or all of them without a slug; None if they don't get that one."""
    say, email, now = phrases_of(app), masked(reader.email), app.clock()
    if not slug:
        preferences.leave_everything(app.db, reader, now)
        log.info("unsubscribed", newsletter="all")
        return left_page(app, reader.subscriptions[0].id, say.left_all_means(email))
    for one in reader.subscriptions:
        if one.newsletter == slug:
            subscribe.unsubscribe(
                app.db, UnsubscribeLink(one.id, reader.email, slug, left=False), now
            )
            log.info("unsubscribed", newsletter=slug, subscription=one.id)
            titles = {one.slug: one.title for one in app.settings.newsletter_values()}
            return left_page(app, one.id, say.left_means(email, titles.get(slug, slug)))
    return None
