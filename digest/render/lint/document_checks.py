"""Checks of the frame of a message: head, languages, headings, weight."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from digest.core.message.size_budget import ROOM
from digest.render.css.inline import MAX_DEPTH
from digest.render.lint.findings import Check, Document, Places, declarations, pixels, unless

CLIP = 102_400
"""Bytes of HTML beyond which Gmail cuts a message off."""
STYLE_LIMIT = 16_384
RUNNING_TEXT = 80
"""Characters from which a paragraph is read, not glanced at."""

_FOREIGN = "//script[not(@type='application/ld+json')]|//form|//iframe|//video|//object|//embed"
_HEADINGS = "//h1|//h2|//h3|//h4|//h5|//h6"


def _meta(d: Document, key: str) -> str:
    return " ".join(str(c) for c in d.find(f"//head/meta[@name='{key}']/@content"))


def _viewport(d: Document) -> Iterable[str]:
    said = _meta(d, "viewport").replace(" ", "").lower()
    return unless(said and "user-scalable=no" not in said and "maximum-scale=1" not in said, "head")


def _bare_children(attribute: str) -> Places:
    return lambda d: [e for e in d.children if isinstance(e.tag, str) and not e.get(attribute)]


def _skipped_levels(d: Document) -> Iterable[str]:
    before = 0
    for heading in d.find(_HEADINGS):
        level = int(heading.tag[1])
        if level > before + 1:
            yield heading
        before = level


def _small_text(d: Document) -> Iterable[str]:
    for element, style in d.styles:
        size = pixels(style.get("font-size", ""))
        if size is not None and size < 14 and style.get("display") != "none":
            yield element


def _small_paragraphs(d: Document) -> Iterable[str]:
    notes = {cell for link in d.leave for cell in link.xpath("ancestor::td[1]")}
    for paragraph in d.find("//p"):
        long = len("".join(paragraph.itertext())) > RUNNING_TEXT
        if long and notes.isdisjoint(paragraph.iterancestors()) and _size(paragraph) < 16:
            yield paragraph


def _size(element: Any) -> float:
    """The font size in force, in px; what a browser takes if nobody says."""
    for one in (element, *element.iterancestors()):
        size = pixels(declarations(one.get("style") or "").get("font-size", ""))
        if size is not None:
            return size
    return 16


def _repeated_ids(d: Document) -> Iterable[str]:
    return [f'id "{i}"' for i, times in Counter(d.find("//@id")).items() if times > 1]


def _over(limit: int) -> Places:
    def places(d: Document) -> Iterable[str]:
        size = len(d.html.encode("utf-8", "replace"))
        return unless(size <= limit, f"{size:,} bytes")

    return places


CHECKS = (
    Check(
        "D1",
        "the document begins with <!DOCTYPE html>",
        "without it browsers and Outlook.com fall back to the box model of the nineties",
        "put it on the first line of the template",
        lambda d: unless(d.html[:200].lstrip().lower().startswith("<!doctype html>"), d.html[:40]),
        hard=True,
    ),
    Check(
        "D2",
        "<html> has a lang",
        "screen readers choose the voice by it",
        "set [publication] language",
        lambda d: unless(d.root.get("lang"), "<html>"),
    ),
    Check(
        "D3",
        "<html> has a dir",
        "lines begin on the side that it names",
        'write dir="{{ layout.dir }}"',
        lambda d: unless(d.root.get("dir") in {"ltr", "rtl"}, "<html>"),
    ),
    Check(
        "D4",
        "what stands in the body has a lang",
        "mail clients drop <html>, and its lang with it",
        "repeat lang there",
        _bare_children("lang"),
    ),
    Check(
        "D5",
        "what stands in the body has a dir",
        "mail clients drop <html>, and its dir with it",
        "repeat dir there",
        _bare_children("dir"),
    ),
    Check(
        "D6",
        "the character set is told early",
        "HTML: a parser looks for it in the first 1,024 bytes only",
        'begin <head> with <meta charset="utf-8">',
        lambda d: unless("charset" in d.html[:1024].lower(), "the first 1,024 bytes"),
        hard=True,
    ),
    Check(
        "D7",
        "the document has a title",
        "screen readers announce it, and windows and tabs are called by it",
        "print {{ subject }} in <title>",
        lambda d: unless("".join(d.find("//head/title/text()")).strip(), "<title>"),
    ),
    Check(
        "D8",
        "readers can zoom",
        "who sees badly enlarges the text; a viewport can forbid it",
        "have a viewport without maximum-scale and user-scalable",
        _viewport,
    ),
    Check(
        "D9",
        "light and dark are both declared",
        "Apple Mail and others guess a dark version otherwise",
        "have both color-scheme metas",
        lambda d: [
            k for k in ("color-scheme", "supported-color-schemes") if "dark" not in _meta(d, k)
        ],
    ),
    Check(
        "D10",
        "Apple Mail leaves the layout alone",
        "it enlarges text and breaks columns otherwise",
        "have x-apple-disable-message-reformatting",
        lambda d: unless(d.find("//meta[@name='x-apple-disable-message-reformatting']"), "<head>"),
    ),
    Check(
        "D11",
        "dates and addresses aren't made into links",
        "iOS colours them blue and underlines them otherwise",
        "have the format-detection meta",
        lambda d: unless("telephone=no" in _meta(d, "format-detection"), "<head>"),
    ),
    Check(
        "D12",
        "Outlook scales for dense screens",
        "images and cells come out in wrong sizes at 120 dpi otherwise",
        "have PixelsPerInch 96 in the MSO part of <head>",
        lambda d: unless("<o:PixelsPerInch>96<" in d.html, "<head>"),
    ),
    Check(
        "A1",
        "tables for layout say so",
        "screen readers read rows and columns out otherwise",
        'write role="presentation"',
        lambda d: d.find("//table[not(@role='presentation' or @role='none')]"),
    ),
    Check(
        "A2",
        "there is one <h1>",
        "readers who can't see jump from heading to heading, and begin there",
        "the newsletter's title is the only one",
        lambda d: unless(len(d.find("//h1")) == 1, f"{len(d.find('//h1'))} of them"),
    ),
    Check(
        "A3",
        "no level of headings is skipped",
        "a skipped level looks like a lost section",
        "go down one level at a time",
        _skipped_levels,
    ),
    Check(
        "A4",
        "every image has an alt",
        "without one a screen reader spells out the file's name",
        'describe it, or write alt="" for decoration',
        lambda d: d.find("//img[not(@alt)]"),
    ),
    Check(
        "A5",
        "an image that is a link says where to",
        "the alt is all that the link says",
        "describe the target in its alt",
        lambda d: d.find(
            "//a[@href][not(normalize-space())]"
            "[.//img and not(.//img[normalize-space(@alt)])]/@href"
        ),
    ),
    Check(
        "A8",
        "no text is below 14 px",
        "smaller text is hard to read on a phone, and some clients enlarge it by themselves",
        "raise its font-size",
        _small_text,
    ),
    Check(
        "A9",
        "running text has 16 px or more",
        "what is read for more than a glance needs it",
        "raise its font-size",
        _small_paragraphs,
    ),
    Check(
        "A10",
        "ids are unique",
        "links and labels find only the first of them",
        "give each its own",
        _repeated_ids,
    ),
    Check(
        "A11",
        "the order of focus is that of the text",
        "whoever goes through by keyboard gets lost",
        "take out tabindex and autofocus",
        lambda d: d.find("//*[@tabindex>0 or @autofocus]"),
    ),
    Check(
        "A12",
        "the message is announced as one",
        "screen readers can go straight to it among the windows of a mail program",
        'have role="article" aria-roledescription="email"',
        lambda d: unless(d.find("//*[@role='article'][@aria-roledescription]"), "<body>"),
    ),
    Check(
        "S1",
        f"the HTML is under {CLIP:,} bytes, where Gmail cuts it off",
        "what is beyond, unsubscribing too, is hidden behind a link",
        "lower max_articles of the newsletter",
        _over(CLIP),
        hard=True,
    ),
    Check(
        "S2",
        f"the HTML leaves room for what a relay adds ({ROOM:,} bytes)",
        "relays and gateways lengthen links and add notes of their own",
        "lower max_articles of the newsletter",
        _over(ROOM),
    ),
    Check(
        "S3",
        "every style sheet is under 16 kB",
        "Gmail drops a longer one whole",
        "split it",
        lambda d: [f"{len(c):,} characters" for c in d.kept if len(c.encode()) > STYLE_LIMIT],
    ),
    Check(
        "S4",
        "style sheets stand in the head",
        "Gmail drops others",
        "move them there",
        lambda d: d.find("//body//style"),
    ),
    Check(
        "S5",
        "nothing comes from outside or runs",
        "mail clients drop scripts, forms and frames, and filters count them",
        "take it out",
        lambda d: d.find(f"{_FOREIGN}|//link[@rel='stylesheet']"),
        hard=True,
    ),
    Check(
        "S6",
        f"at most {MAX_DEPTH} elements stand inside each other",
        "libxml2 and some clients cut deeper documents off",
        "use fewer tables in tables",
        lambda d: d.find(f"//*[count(ancestor::*)>={MAX_DEPTH}]")[:1],
        hard=True,
    ),
)
