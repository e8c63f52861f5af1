"""On which line of a TOML text each key stands, so that a message can point at it.

`tomllib` says what a file means and forgets where. This reads a text that tomllib has accepted
once more, and only for the places.
"""

import re
import tomllib

Loc = tuple[str | int, ...]
"""The way to a value: keys, and positions in arrays: ("newsletter", 0, "title")."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\])*"' r"|'[^']*'", re.DOTALL
)
_BARE = re.compile(r"[^,\]}\n#]*")


def line_numbers(text: str) -> dict[Loc, int]:
    """The line, counted from 1, of every table, key and array element in valid TOML."""
    scan = _Scan(text)
    scan.document()
    return scan.lines


class _Scan:
    """One walk through the text; `at` is where it stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Loc, int] = {}
        self._arrays: dict[Loc, int] = {}
        self._line, self._counted = 1, 0

    def document(self) -> None:
        table: Loc = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text.startswith("[[", self.at):
                table = self._array_header()
            elif self.text[self.at] == "[":
                self.at += 1
                table = self._note(self._resolve(self._keys()))
                self.at += 1
            else:
                self._assignment(table)
            self._skip(_BLANK)

    def _array_header(self) -> Loc:
        self.at += 2
        *above, name = self._keys()
        array = (*self._resolve(above), name)
        self._arrays[array] = self._arrays.get(array, -1) + 1
        self._note(array)
        self.at += 2
        return self._note((*array, self._arrays[array]))

    def _resolve(self, keys: list[str]) -> Loc:
        """The place that a header names: inside an array of tables, its newest table."""
        loc: Loc = ()
        for key in keys:
            loc = self._note((*loc, key))
            if loc in self._arrays:
                loc = (*loc, self._arrays[loc])
        return loc

    def _assignment(self, table: Loc) -> None:
        loc = table
        for key in self._keys():
            loc = self._note((*loc, key))
        self.at += 1  # =
        self._value(loc)

    def _value(self, loc: Loc) -> None:
        self._skip(_SPACE)
        opening = self.text[self.at]
        if opening in "\"'":
            self._skip(_STRING)
        elif opening in "[{":
            self._collection(loc, "]" if opening == "[" else "}")
        else:
            self._skip(_BARE)

    def _collection(self, loc: Loc, closing: str) -> None:
        self.at += 1
        count = 0
        self._skip(_BLANK)
        while self.text[self.at] != closing:
            if closing == "]":
                self._value(self._note((*loc, count)))
            else:
                self._assignment(loc)
            count += 1
            self._skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(_BLANK)
        self.at += 1

    def _keys(self) -> list[str]:
        """A key, or several with dots between them; white space around each is passed over."""
        keys: list[str] = []
        while True:
            self._skip(_SPACE)
            raw = self._skip(_KEY)
            keys.append(raw if raw[0] not in "\"'" else tomllib.loads(f"k = {raw}")["k"])
            self._skip(_SPACE)
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def _note(self, loc: Loc) -> Loc:
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        self.lines.setdefault(loc, self._line)
        return loc

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        assert match, "the text was read by tomllib first"
        self.at = match.end()
        return match.group()
