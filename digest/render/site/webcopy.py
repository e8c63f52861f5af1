"""An edition's HTML as a page of the website: no style attributes, nobody's own values."""

import re
from html import unescape

_CONDITIONAL = re.compile(r"<!--\[if [^\]]*\]>.*?<!\[endif\]-->|<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z][\w:-]*(?:\s+[\w:-]+(?:=(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?)*\s*/?>")
_STYLE = re.compile(r"\sstyle=(?:\"([^\"]*)\"|'([^']*)')")
_CLASS = re.compile(r"\sclass=\"([^\"]*)\"")
_SOURCE = re.compile(r"<img\s[^>]*?\bsrc=\"([^\"]*)\"")
_BODY = re.compile(r"<body\b[^>]*>")


def page_of(html: str, mark: str, web_url: str, head: str, bar: str) -> str:
    """The page: `head` comes at the end of its head, `bar` on top of its body.

    Style attributes become classes, in one stylesheet with more weight than those of the message:
    so what won in the message wins here, and no policy needs an exception for it. What the message
    says is the page's main part.
    """
    html = _emptied(_CONDITIONAL.sub("", html), mark, web_url)
    html = html.replace(' aria-roledescription="email"', "")
    names: dict[str, str] = {}
    html = _TAG.sub(lambda tag: _classed(tag[0], names), html)
    rules = "".join(f".{name}:not(#_){{{style}}}" for style, name in names.items())
    html = html.replace("</head>", f"<style>{rules}</style>{head}</head>", 1)
    html = _BODY.sub(lambda body: f"{body[0]}{bar}<main>", html, count=1)
    return "</main></body>".join(html.rsplit("</body>", 1))


def images(html: str) -> tuple[str, ...]:
    """The addresses of a page's images."""
    return tuple(dict.fromkeys(unescape(url) for url in _SOURCE.findall(html)))


def _emptied(html: str, mark: str, web_url: str) -> str:
    """Without a reader's slots, where a template of somebody's own puts them."""
    html = re.sub(
        rf"{re.escape(web_url)}(?:/[\w-]+)+/{re.escape(mark)}[A-Y]+Z",
        lambda _: f"{web_url}/subscribe",
        html,
    )
    return re.sub(rf"{re.escape(mark)}[A-Y]+Z", "…", html)


def _classed(tag: str, names: dict[str, str]) -> str:
    found = _STYLE.search(tag)
    if not found:
        return tag
    style = unescape(found[1] or found[2] or "")
    tag = tag.replace(found[0], "", 1)
    if not style.strip() or "<" in style or "}" in style:
        return tag
    name = names.setdefault(style, f"s{len(names)}-")
    if classes := _CLASS.search(tag):
        return tag.replace(classes[0], f' class="{classes[1]} {name}"', 1)
    end = "/>" if tag.endswith("/>") else ">"
    return f'{tag.removesuffix(end).rstrip()} class="{name}"{end}'
