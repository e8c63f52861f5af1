"""The words of other languages: gettext catalogues, read as they are written (.po).

They are compiled in memory when a language is first used, so that neither a clone nor an installed
package needs a step of its own. A folder of templates has them in `locale/LANG/LC_MESSAGES/`.
"""

from collections.abc import Iterator, Sequence
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from digest.errors import TemplateError

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

SOURCE = "en"
"""What the phrases in the code are written in; it needs no catalogue."""


def translations(folders: Sequence[Path], language: str) -> NullTranslations | None:
    """What these folders have for a language ("de-AT" finds "de"); None if there is nothing.

    Where several have a phrase, the nearer language wins, then the earlier folder. Raises
    TemplateError for a catalogue that can't be used.
    """
    found: NullTranslations | None = None
    for file in _files(folders, language):
        words = _compiled(file)
        if found is None:
            found = words
        else:
            found.add_fallback(words)
    return found


def languages(folders: Sequence[Path]) -> tuple[str, ...]:
    """The languages that we have words in, as tags: "ar", "de", "en" …"""
    there = {file.parts[-3] for folder in folders for file in folder.glob(_place("*"))}
    return tuple(sorted(there | {SOURCE}))


def _files(folders: Sequence[Path], language: str) -> Iterator[Path]:
    tag = language.replace("-", "_")
    for name in dict.fromkeys((tag, tag.partition("_")[0])):
        for folder in folders:
            file = folder / _place(name)
            if name and file.is_file():
                yield file


def _place(name: str) -> str:
    return f"locale/{name}/LC_MESSAGES/digest.po"


def _compiled(file: Path) -> NullTranslations:
    from babel.messages.mofile import write_mo  # its import is slow

    catalogue = read_catalogue(file)
    for message in list(catalogue):
        if message.id and not all(_strings(message.string)):
            catalogue.delete(message.id)  # not translated: the next one that has it, or English
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def read_catalogue(file: Path) -> "Catalog":
    """A catalogue whose placeholders are those of the code. Raises TemplateError with the line."""
    from babel.messages.pofile import PoFileError, read_po

    try:
        with file.open("rb") as opened:
            catalogue = read_po(opened, locale=file.parts[-3], abort_invalid=True)
    except (PoFileError, OSError, ValueError, LookupError) as fault:
        raise TemplateError(f"{file}: is no catalogue that can be read: {fault}") from fault
    for message in catalogue:
        if wrong := _fault(message):
            raise TemplateError(f"{file}:{message.lineno}: {wrong}")
    return catalogue


def _fault(message: "Message") -> str:
    wanted = set[str]().union(*map(_placeholders, _strings(message.id)))
    for string in filter(None, _strings(message.string) if message.id else ()):
        try:
            given = _placeholders(string)
        except ValueError:
            return f"{string!r} has a brace too many or too few"
        # one form of a plural may spell the number out: "one story"
        if given - wanted or (wanted - given - {"count"}):
            names = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "nothing in braces"
            return f"{string!r} must have {names}"
    return ""


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _strings(words: object) -> tuple[str, ...]:
    """A phrase, or the forms of its plural."""
    return tuple(map(str, words)) if isinstance(words, tuple | list) else (str(words or ""),)
