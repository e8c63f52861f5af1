"""Static checks of a finished message: what mail clients, readers and spam filters ask of it.

The ids are those of docs/reference; what needs a browser is checked in the tests.
"""

from digest.render import lint_document, lint_styles, lint_words
from digest.render.findings import Check, Document, Finding

CHECKS: tuple[Check, ...] = (*lint_document.CHECKS, *lint_styles.CHECKS, *lint_words.CHECKS)


def lint(html: str, text: str, subject: str) -> list[Finding]:
    """Everything wrong with a message whose slots are filled, hard findings first."""
    document = Document(html, text, subject)
    found = [finding for check in CHECKS for finding in check.findings(document)]
    return sorted(found, key=lambda finding: not finding.hard)
