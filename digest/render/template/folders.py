"""Where templates are: in the publication's own folder first, then in that of the product."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache, Environment, FileSystemLoader
from jinja2.bccache import Bucket

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


class Compiled(BytecodeCache):
    """What templates were compiled to, for the whole process: that takes longer than an edition.

    So a config that is read anew compiles only what changed. A template is known by its name, its
    file and its text; all that share this must compile alike.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """As Jinja asks for it."""
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """As Jinja asks for it."""
        if bucket.code:
            self._kept[bucket.key] = bucket.checksum, bucket.code
