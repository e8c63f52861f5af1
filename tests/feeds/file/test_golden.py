"""Golden pairs: a file in `data`, and beside it the JSON of the article it must become.

A new case is a new file; `pytest tests/feeds/file/test_golden.py --update-golden` writes its JSON,
which is then read with care.
"""

import json
from pathlib import Path

import pytest

from digest.core.articles.article import Item
from digest.errors import ArticleError
from digest.feeds.file import files

DATA = Path(__file__).parents[1] / "data"
CASES = sorted(path for path in DATA.iterdir() if path.suffix != ".json")


def became(path: Path) -> dict[str, object]:
    try:
        (item,) = files.read_file(path)
    except ArticleError as error:
        return {"reason": str(error)}
    return {"reason": item.withheld} if item.withheld else shown(item)


def shown(item: Item) -> dict[str, object]:
    return {
        "title": item.title,
        "authors": list(item.authors),
        "published": item.published.isoformat() if item.published else None,
        "url": item.url,
        "summary": item.summary,
        "photo_credit": item.photo_credit,
        "related": [{"title": link.title, "url": link.url} for link in item.related],
        "categories": list(item.categories),
        "body_html": item.body_html.split("\n"),
        "body_text": item.body_text.split("\n\n"),
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_a_file_becomes_the_article_beside_it(path, request):
    golden = path.with_name(f"{path.name}.json")
    found = became(path)
    if request.config.getoption("--update-golden"):
        golden.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    assert found == json.loads(golden.read_text(encoding="utf-8"))


def test_there_is_no_golden_article_without_its_file():
    assert {path.name for path in DATA.glob("*.json")} == {f"{path.name}.json" for path in CASES}
