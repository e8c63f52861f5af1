"""Where templates are: in the publication's own folder first, then in that of the product."""

from collections.abc import Callable, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

OURS = "digest:"
"""Before a template's name: the one in the last folder, which is that of the product."""


class Folders(FileSystemLoader):
    """These folders in their order, and the last one also under a name of its own.

    So a publication's template may extend the one that it replaces.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__(list(folders))
        self._ours = FileSystemLoader(folders[-1])

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """As Jinja asks for it. Raises TemplateNotFound."""
        if template.startswith(OURS):
            return self._ours.get_source(environment, template.removeprefix(OURS))
        return super().get_source(environment, template)
