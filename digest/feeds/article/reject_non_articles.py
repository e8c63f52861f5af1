"""Texts that are something else than an article, told by the look of their lines."""

import re
from collections import Counter
from collections.abc import Sequence

MAX_TEXT_CHARS = 1_000_000
"""Characters of a text that may still be an article."""

_MOST = 5_000  # paragraphs
_LOOKED_AT = 2000  # lines
_DELIMITERS = (",", ";", "\t", "|")
_LOGGED = re.compile(
    r"\s*(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|\[?\w{3} +\d{1,2} \d\d:\d\d:\d\d|<\d+>"
    r"|\d+\.\d+\.\d+\.\d+ |\[?\d\d:\d\d:\d\d[\].,]"
    r"|\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL)\b)"
)
_PROGRAM = re.compile(
    r"\s*(?:import\s+[\w.{*]|from\s+\S+\s+import\b|def\s+\w+\(|class\s+\w+\s*[:({]|fn\s+\w+|func\s+\w+"
    r"|function\s+\w*\s*\(|(?:const|let|var)\s+\w+\s*=|public\s+\w+|private\s+\w+|#include\b|#!|#define\b"
    r"|return\b.*;?\Z|if\s*\(|elif\b.*:|else\s*[:{]|for\s*\(|while\s*\(|package\s+\w+|using\s+\w+"
    r"|//|/\*|\*/|<\?|@\w+|\}|\]|\w[\w.\[\]]*\s*(?:=|\+=|:=)\s*\S|[\w.]+\(.*\)[;:]?\Z|\$\s)"
    r"|.*[;{}]\s*\Z"
)
_DATA_END = re.compile(r"\s*(?:[}\]]|</[\w:]+>)[;,]?\s*\Z|.*[}\]>]\s*\Z")
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")
_DATA = re.compile(
    r"\s*(?:\{\s*(?:\"|\Z|\})|\[\s*(?:[{\[\"\d]|\Z|\]\s*\Z)|<\?xml\b|%PDF-|---\s*\Z)"
)


def non_article_reason(text: str) -> str:
    """Return why a text can't be an article, or ""."""
    if _is_long(text):
        return (
            f"too long for an article: over {MAX_TEXT_CHARS:,} characters or {_MOST:,} paragraphs"
        )
    lines = [line for line in text.split("\n") if line.strip()][:_LOOKED_AT]
    if not lines:
        return "no text: the file is empty"
    if len(lines) > 2 and _is_table(lines):
        return "a table of values, not an article"
    if len(lines) > 2 and _share(_LOGGED, lines) > 0.6:
        return "a log, not an article"
    if _share(_PROGRAM, lines) > 0.4 or (_DATA.match(lines[0]) and _DATA_END.match(lines[-1])):
        return "program code or data, not an article"
    return ""


def _is_long(text: str) -> bool:
    if len(text) > MAX_TEXT_CHARS or text.count("\n") > 4 * _MOST:
        return True
    return len(_PARAGRAPH_END.findall(text)) > _MOST


def _share(pattern: re.Pattern[str], lines: Sequence[str]) -> float:
    return sum(bool(pattern.match(line[:300])) for line in lines) / len(lines)


def _is_table(lines: Sequence[str]) -> bool:
    """Whether nearly all lines have the same number of the same delimiter."""
    for delimiter in _DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines)
        columns, times = counts.most_common(1)[0]
        sentences = sum(line.rstrip().endswith((".", "!", "?", "”", '"')) for line in lines)
        if columns and times >= 0.9 * len(lines) and sentences <= len(lines) / 2:
            return True
    return False
