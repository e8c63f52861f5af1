"""The pages on which readers join. Looking at a link changes nothing: mail scanners follow all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import structlog
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.actions.transactional import signup
from digest.actions.transactional.signup import SignupForm
from digest.app import App
from digest.core.message.signed_token import sign, verify
from digest.core.newsletters.newsletter import Newsletter
from digest.core.readers.double_opt_in import Consent, ConsentStage, Refusal
from digest.core.text import email_address
from digest.web.http import visitor
from digest.web.http.pages import message, page, phrases_of
from digest.web.http.visitor import Fields, first

SOONEST = timedelta(seconds=2)
LATEST = timedelta(days=1)
"""A form that comes back sooner or later was hardly filled in by a person who had just read it."""
STAMP = "form"
PAGE_FIELD = "page"
LONGEST_NAME = 40
PRUNE_EVERY = timedelta(hours=1)

log = structlog.get_logger()


class Signup:
    """The handlers. `live` gives the app of now; what touches the store runs in a thread."""

    def __init__(self, live: Callable[[], App]) -> None:
        self._live = live
        self._pruned = datetime.min.replace(tzinfo=UTC)

    def routes(self) -> list[Route]:
        """Where they answer."""
        confirming = "/confirm/{token:path}"
        return [
            Route("/", self.form),
            Route("/subscribe", self.form),
            Route("/subscribe", self.ask, methods=["POST"]),
            Route(confirming, self.show),
            Route(confirming, self.confirm, methods=["POST"]),
        ]

    def form(self, _: Request) -> Response:
        """Who publishes what, and when, and the form to get it."""
        return _form(self._live())

    async def ask(self, request: Request) -> Response:
        """Write to the owner of an address. The answer is the same, whoever that is."""
        sent, app = await visitor.fields(request), self._live()
        return await run_in_threadpool(self._ask, app, sent, visitor.origin(request))

    def _ask(self, app: App, sent: Fields, origin: str) -> Response:
        if not app.settings.signup.open:
            return _form(app, status=HTTPStatus.FORBIDDEN)
        if first(sent, "website"):  # only who doesn't see the page fills this in
            log.info("signup", what="trapped")
            return _asked(app)
        fault = _fault(app, sent)
        if fault:
            return _form(app, sent, *fault)
        chosen, email = _chosen(app, sent), str(email_address.parse_address(first(sent, "email")))
        asked = SignupForm(
            email, email_address.address_key(email), chosen, _name(sent), _text(app, chosen), origin
        )
        number = signup.ask(app.db, asked, app.settings.signup.quota(), app.secret, app.clock())
        log.info("signup", what=number.value if isinstance(number, Refusal) else "asked")
        if number is Refusal.BUSY:
            return _busy(app)
        return _asked(app, BackgroundTask(self._after, app, number, asked))

    async def _after(self, app: App, number: int | Refusal, asked: SignupForm) -> None:
        """What the visitor doesn't wait for, so that the time it takes tells them nothing."""
        if not isinstance(number, Refusal):
            state = await signup.write_to(app.post, number, asked, app.factory.web_url, app.secret)
            log.info("signup", what="letter", state=state)
        now = app.clock()
        if now - self._pruned > PRUNE_EVERY:
            self._pruned = now
            keep = app.settings.signup.keep_proof
            await run_in_threadpool(signup.forget_unconfirmed, app.db, keep, now)

    def show(self, request: Request) -> Response:
        """Show the button."""
        app = self._live()
        consent = _consent(app, request)
        if consent is None:
            return unknown_confirmation(app)
        stage = consent.stage(app.clock())
        if stage is ConsentStage.EXPIRED:
            return _expired(app)
        if stage is ConsentStage.CONFIRMED:
            return _joined(app, consent)
        return page(
            app,
            "confirm.html",
            private=True,
            newsletters=phrases_of(app).names(_titles(app, consent)),
            email=email_address.masked(consent.wish.email),
        )

    async def confirm(self, request: Request) -> Response:
        """Subscribe the owner of the address. Doing it again changes nothing."""
        answer = await run_in_threadpool(self._confirm, request)
        await visitor.beginning(request)
        return answer

    def _confirm(self, request: Request) -> Response:
        app = self._live()
        consent = _consent(app, request)
        if consent is None:
            return unknown_confirmation(app)
        now = app.clock()
        if consent.stage(now) is ConsentStage.EXPIRED:
            return _expired(app)
        begun = signup.confirm_signup(app.db, consent, visitor.origin(request), app.secret, now)
        if begun is None:
            say = phrases_of(app)
            return message(app, say.barred, say.barred_way_out, status=HTTPStatus.FORBIDDEN)
        log.info("subscribed", newsletters=list(begun), consent=consent.id)
        answer = _joined(app, consent)
        greeted = [(one, begun[one.slug]) for one in _newsletters(app) if one.slug in begun]
        if greeted and app.settings.signup.welcome:
            answer.background = BackgroundTask(
                signup.send_welcome, app.post, consent.wish.email, greeted
            )
        return answer


def _newsletters(app: App) -> tuple[Newsletter, ...]:
    return app.settings.newsletter_values()


def _form(
    app: App,
    sent: Fields | None = None,
    fault: str = "",
    where: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    """The form, with what was sent and what is wrong with it: its `where` is what to mend."""
    say, sent, known = phrases_of(app), sent or {}, _newsletters(app)
    picked = sent.get("newsletter", [one.slug for one in known])
    return page(
        app,
        "home.html",
        status,
        private=bool(sent),
        home=app.factory.web_url,
        newsletters=[
            (one.slug, one.title, say.schedule(one.schedule), one.slug in picked) for one in known
        ],
        open=app.settings.signup.open,
        email=first(sent, "email")[:320],
        form=_name(sent),
        fault=fault,
        where=where,
        at=sign(STAMP, int(app.clock().timestamp()), app.secret),
    )


def _asked(app: App, background: BackgroundTask | None = None) -> Response:
    say = phrases_of(app)
    answer = message(app, say.asked, say.asked_means)
    answer.background = background
    return answer


def _busy(app: App) -> Response:
    say = phrases_of(app)
    answer = message(app, say.busy, say.busy_way_out, status=HTTPStatus.TOO_MANY_REQUESTS)
    answer.headers["Retry-After"] = "3600"
    return answer


def _expired(app: App) -> Response:
    say = phrases_of(app)
    way_out = (say.to_the_form, f"{app.settings.web.url}/subscribe")
    return message(app, say.expired, say.expired_way_out, status=HTTPStatus.GONE, link=way_out)


def _joined(app: App, consent: Consent) -> Response:
    say = phrases_of(app)
    email, titles = email_address.masked(consent.wish.email), _titles(app, consent)
    theirs = signup.confirmed_subscription(app.db, consent)
    choose = (say.choose, app.factory.preferences_url(theirs)) if theirs else None
    return message(app, say.joined, say.joined_means(email, say.names(titles)), link=choose)


def unknown_confirmation(app: App) -> Response:
    """One answer for every token that isn't ours, so that it tells nobody which are."""
    say = phrases_of(app)
    return message(app, say.unknown_link, say.unknown_way_out, status=HTTPStatus.NOT_FOUND)


def _consent(app: App, request: Request) -> Consent | None:
    """What the link is about, as far as the config still has its newsletters."""
    token = request.path_params["token"].removesuffix("/")
    consent = signup.consent_of_link(app.db, token, app.secret)
    if consent is None:
        return None
    known = {one.slug for one in _newsletters(app)}
    there = tuple(slug for slug in consent.wish.newsletters if slug in known)
    return replace(consent, wish=replace(consent.wish, newsletters=there)) if there else None


def _titles(app: App, consent: Consent) -> tuple[str, ...]:
    return tuple(one.title for one in _newsletters(app) if one.slug in consent.wish.newsletters)


def _chosen(app: App, sent: Fields) -> tuple[Newsletter, ...]:
    return tuple(one for one in _newsletters(app) if one.slug in sent.get("newsletter", ()))


def _fault(app: App, sent: Fields) -> tuple[str, str, HTTPStatus] | None:
    """What is wrong with a form: in words, where, and the status of the answer."""
    say = phrases_of(app)
    try:
        email_address.parse_address(first(sent, "email"))
    except ValueError:
        return say.bad_email, "email", HTTPStatus.UNPROCESSABLE_ENTITY
    if not _chosen(app, sent):
        return say.none_chosen, "newsletter", HTTPStatus.UNPROCESSABLE_ENTITY
    if not _timely(app, first(sent, "at")):
        return say.once_more, "again", HTTPStatus.OK
    return None


def _timely(app: App, stamp: str) -> bool:
    """Whether a form that we made comes back after as long as a person takes."""
    made = verify(STAMP, stamp, app.secret)
    if made is None:
        return False
    age = app.clock().timestamp() - made
    return SOONEST.total_seconds() <= age <= LATEST.total_seconds()


def _name(sent: Fields) -> str:
    """Which form it was, as its page calls it; "page" is our own."""
    name = first(sent, "form")[:LONGEST_NAME]
    return name if name.isascii() and name.replace("-", "").isalnum() else PAGE_FIELD


def _text(app: App, chosen: tuple[Newsletter, ...]) -> str:
    """The words that the visitor had before them, for the proof."""
    say = phrases_of(app)
    return f"{say.names([one.title for one in chosen])}: {say.join_means}"
