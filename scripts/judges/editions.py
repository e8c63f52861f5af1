"""The editions that are judged: what a publication really sends, and what is hardest to send."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from digest.actions.editions.lint import sample_message
from digest.actions.editions.plan import plan
from digest.actions.message.message_factory import MessageFactory
from digest.actions.operations.init import init
from digest.actions.sources.import_articles import import_files
from digest.app import App, load
from digest.core.articles.article import Article, Related
from digest.core.editions.edition import arrange
from digest.core.editions.selection import Pick, Selection
from digest.core.message.compose import EncodedVariant
from digest.core.message.encoded_edition import standard
from digest.core.newsletters.newsletter import Newsletter, Publication
from digest.render.lint.lint import parse_message

SAMPLE = Path(__file__).parents[1] / "sample" / "articles"
WEB_URL = "https://read.harbour.example"
MANY, SOME = 150, 60
"""Articles of the longest edition, and of one whose stories have to be of different lengths."""


@dataclass(frozen=True)
class Judged:
    """One edition: its message, and its HTML before and after inlining."""

    name: str
    about: str
    message: bytes
    html: str
    text: str
    draft: str
    inlined: str


def editions(names: list[str]) -> Iterator[Judged]:
    """The editions of these names, each made from the sample articles."""
    with TemporaryDirectory() as folder:
        app = publication(Path(folder))
        newsletter = app.newsletter("weekly")
        at = datetime(2026, 3, 16, 7, 30, tzinfo=ZoneInfo(newsletter.timezone))
        selection = plan(app.db, newsletter, at).selection
        makers = {
            "demo": lambda: judged("demo", app.factory, newsletter, at, selection),
            "longest": lambda: judged(
                "longest", app.factory, newsletter, at, repeated(selection, MANY)
            ),
            "shortest": lambda: judged(
                "shortest",
                app.factory,
                newsletter,
                at,
                replace(selection, picks=selection.picks[:1]),
            ),
            "right-to-left": lambda: judged(
                "right-to-left", arabic(app.factory), newsletter, at, in_arabic(selection)
            ),
            "all-density": lambda: judged(
                "all-density", app.factory, newsletter, at, repeated(selection, SOME)
            ),
        }
        for name in names:
            yield makers[name]()
        app.db.close()


ABOUT = {
    "demo": "the sample publication's weekly, as `scripts/demo` sends it",
    "longest": f"{MANY} stories, each in its shortest form",
    "shortest": "one story",
    "right-to-left": "in Arabic, with titles that run the other way",
    "all-density": f"{SOME} stories, from whole ones to bare titles",
}


def publication(folder: Path) -> App:
    """The sample publication, with a web address as a publication has one."""
    config = folder / "config.toml"
    init(config, datetime.now(UTC))
    text = config.read_text("utf-8")
    local = 'url = "http://127.0.0.1:8000"'
    assert local in text
    config.write_text(text.replace(local, f'url = "{WEB_URL}"'), "utf-8")
    app = load(str(config))
    zone = ZoneInfo(app.settings.publication.timezone)
    files = sorted(SAMPLE.iterdir())
    import_files(files, app.db, app.settings.topic_rules(), zone, app.clock())
    return app


def judged(
    name: str, factory: MessageFactory, newsletter: Newsletter, at: datetime, selection: Selection
) -> Judged:
    """An edition of this selection, as it is sent, and around its inlining."""
    edition = arrange(newsletter, selection, at)
    encoded = factory.contents(edition, selection).encoded
    message = sample_message(factory, EncodedVariant(standard(encoded)), 0, at)
    document = parse_message(message)
    mark = "NDG5f3a91c07be24d68"
    rendered, drafted = (
        make(edition, factory.publication, mark, factory.web_url).rendered
        for make in (factory.renderer.render, factory.renderer.draft)
    )
    return Judged(
        name=name,
        about=ABOUT[name],
        message=message,
        html=document.html,
        text=document.text,
        draft=drafted.proof(encoded.choice, encoded.words).html,
        inlined=rendered.proof(encoded.choice, encoded.words).html,
    )


def repeated(selection: Selection, count: int) -> Selection:
    """So many stories: the same ones again, as other parts of them."""
    picks = selection.picks
    return replace(
        selection,
        picks=tuple(
            replace(picks[n % len(picks)], article=again(picks[n % len(picks)].article, n))
            for n in range(count)
        ),
    )


def again(article: Article, number: int) -> Article:
    part = f", part {number}" if number else ""
    return replace(
        article,
        id=1000 + number,
        key=f"{article.key} {number}",
        title=article.title + part,
        url=f"https://harbour.example/{number}",
    )


_ARABIC = (
    ("العبّارة التي جمعت بين مدينتين", "كانت تنقل الأخبار والبريد وجوقة المدرسة كل صباح."),
    ("خبز الحي يرتفع ثمنه من جديد", "سألنا ثلاثة خبازين عن دفاترهم وعن ساعات الفرن."),
    ("مكتبة تفتح أبوابها عند الجزر", "يمشي القراء على الرمل ويعودون قبل الماء."),
    ("سبعة جسور ورسام واحد", "رسمها كلها في شتاء واحد ولم يبع منها شيئا."),
    ("The title that runs the other way", "A summary in English stands among the others."),
    ("من يملك تذكرة السفر الأخيرة", "وجدت في جيب معطف قديم، ولها الآن ثلاثة أصحاب."),
)


def in_arabic(selection: Selection) -> Selection:
    """As many stories as there are Arabic titles."""
    return replace(selection, picks=tuple(_translated(selection.picks, n) for n in range(6)))


def _translated(picks: tuple[Pick, ...], number: int) -> Pick:
    title, summary = _ARABIC[number]
    pick = picks[number]
    article = replace(
        pick.article,
        title=title,
        summary=summary,
        body_text=summary,
        authors=("سلمى حداد",) if number % 2 else ("ندى خوري",),
        related=(Related("ما يقوله المحضر", "https://harbour.example/minutes"),),
        published=pick.article.published - timedelta(hours=number),
    )
    return replace(pick, article=article)


def arabic(factory: MessageFactory) -> MessageFactory:
    """The same press for a publication in Arabic."""
    publication: Publication = replace(factory.publication, language="ar", name="مجلة الميناء")
    return replace(factory, publication=publication)
