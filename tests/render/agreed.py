"""Messages byte for byte as agreed, whichever Babel writes their dates and lists.

With the versions of the lock a message is what its file in `golden` says. What Babel wrote in it
is in `golden/babel.json`: with another Babel the message must hold what that one writes, at the
same places, and else be the same.
"""

import json
import re
from datetime import date, timedelta
from pathlib import Path

from digest.render.words.plain_text import apart, display_width
from tests.locale_words import full_day, in_a_row, long_day

GOLDEN = Path(__file__).with_name("golden")
WORDS = GOLDEN / "babel.json"
_HEADING = re.compile(r"^(.+)\n([=-])\2{2,}\n", re.MULTILINE)
"""A heading of the text part, with the line below it."""
LOCALES = {"en": "en_GB", "de": "de", "de-AT": "de_AT", "ar": "ar"}
DAYS = [date(2026, 3, 1) + timedelta(days=n) for n in range(31)]
AUTHORS = (
    ("Ada Ferrer", "Bo Lin", "Cy Tan"),
    ("Ada Ferrer", "سامي حداد", "Cy Tan"),
    ("Jonas Weil", "Adaeze Nwosu", "Cy Tan"),
    ("Jürgen Groß", "Zoë Weiß"),
    ("The Harbour Weekly", "Tides"),
)


def check_agreed(file: Path, printed: str, language: str, *, update: bool) -> None:
    """Compare a message with its file, or write it there; `language` "" is one without Babel."""
    printed = printed.replace("><", ">\n<")
    if update:
        file.write_text(printed, encoding="utf-8", newline="\n")
        if language:
            _note_words(printed, language)
    agreed = file.read_text(encoding="utf-8")
    today = with_words_of_today(agreed, language) if language else agreed
    if today == agreed:
        assert printed == agreed
    else:  # lines of the text part may break elsewhere
        assert printed.split() == today.split()


def with_words_of_today(agreed: str, language: str) -> str:
    """The same message with what Babel writes today."""
    now = words_of_babel(language)
    then = noted_words().get(language, {})
    changed = {words: now[asked] for asked, words in then.items() if now[asked] != words}
    if not changed:
        return agreed
    longest_first = sorted(changed, key=len, reverse=True)
    words = re.compile("|".join(map(re.escape, longest_first)))
    return _HEADING.sub(
        lambda found: f"{found[1]}\n{found[2] * display_width(found[1])}\n",
        words.sub(lambda found: changed[found[0]], agreed),
    )


def words_of_babel(language: str) -> dict[str, str]:
    """What Babel may be asked for in a golden message, and what it writes."""
    locale = LOCALES[language]
    way = "rtl" if language == "ar" else "ltr"
    return {
        **{f"long {day}": long_day(day, locale) for day in DAYS},
        **{f"full {day}": full_day(day, locale) for day in DAYS},
        **{
            f"row {', '.join(names)}": in_a_row([apart(name, way) for name in names], locale)
            for names in AUTHORS
        },
    }


def noted_words() -> dict[str, dict[str, str]]:
    """What Babel wrote in the golden messages of each language, when they were agreed."""
    found: dict[str, dict[str, str]] = json.loads(WORDS.read_text(encoding="utf-8"))
    return found


def _note_words(printed: str, language: str) -> None:
    noted = noted_words()
    of_this = {asked: said for asked, said in words_of_babel(language).items() if said in printed}
    noted[language] = dict(sorted((noted.get(language, {}) | of_this).items()))
    text = json.dumps(noted, ensure_ascii=False, indent=1, sort_keys=True)
    WORDS.write_text(text + "\n", encoding="utf-8", newline="\n")
