"""Find every phrase of ours in the code and the templates, and keep the catalogues up to it."""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "templates" / "locale"
KEYWORDS = {"Phrase": None, "text": None, "plural": (1, 2)}
"""What phrases stand in: `Phrase("…")`, `say.text("…")`, `say.plural("…", "…", n)`."""
PLACES = (("digest/render", "python"), ("templates", "jinja2.ext:babel_extract"))


def phrases() -> Catalog:
    """Every phrase, with the places where it stands."""
    catalogue = Catalog(project="digest", charset="utf-8")
    for folder, method in PLACES:
        suffix = "py" if method == "python" else "*"
        for name, _, phrase, comments, _ in extract_from_dir(
            ROOT / folder,
            method_map=[(f"**.{suffix}", method)],
            keywords=KEYWORDS,
            comment_tags=("For translators:",),
        ):
            if not name.endswith((".po", ".css")) and all(phrase):
                place = (f"{folder}/{name}", 0)  # no line: every edit would change every catalogue
                catalogue.add(phrase, locations=[place], auto_comments=comments)
    return catalogue


def catalogues() -> list[Path]:
    """The catalogues that there are."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/digest.po"))


def updated(file: Path, wanted: Catalog) -> Catalog:
    """A catalogue with exactly these phrases; translations are kept, none is guessed."""
    with file.open("rb") as opened:
        catalogue = read_po(opened, locale=file.parts[-3])
    catalogue.update(wanted, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """A catalogue as its file has it: the same for the same phrases."""
    text = BytesIO()
    write_po(text, catalogue, width=100, sort_output=True, omit_header=True, include_lineno=False)
    plural = f"nplurals={catalogue.num_plurals}; plural={catalogue.plural_expr};"
    head = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {plural}\\n"\n\n'
    )
    return head.encode() + text.getvalue()


def missing(catalogue: Catalog) -> int:
    """How many phrases have no translation."""
    strings = ([m.string] if isinstance(m.string, str) else m.string for m in catalogue if m.id)
    return sum(not all(forms or [""]) for forms in strings)


def begin(language: str) -> None:
    """Make an empty catalogue, unless there is one."""
    file = LOCALE / language / "LC_MESSAGES" / "digest.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        file.write_bytes(written(Catalog(locale=language)))


def main(*arguments: str) -> int:
    """Do what was asked; 1 if `--check` finds a catalogue that is not up to date."""
    for language in arguments[1:] if arguments[:1] == ("--add",) else ():
        begin(language)
    only_check, wanted, stale = arguments == ("--check",), phrases(), False
    for file in catalogues():
        catalogue = updated(file, wanted)
        text, empty = written(catalogue), missing(catalogue)
        changed = file.read_bytes() != text
        stale |= changed or bool(empty)
        if not only_check:
            file.write_bytes(text)
        note = "; the file was not up to date" if changed else ""
        print(f"{file.parts[-3]}: {len(wanted)} phrases, {empty} not translated{note}")
    return int(only_check and stale)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
