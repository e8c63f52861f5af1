"""What can go wrong in ways a person can mend. The message is shown as it is."""


class DigestError(Exception):
    """Base of every failure that we explain instead of showing a traceback.

    The message is complete: it names the thing (file, line, key, address), says what is wrong and
    what to do about it. `exit_code` is what the command ends with.
    """

    exit_code = 1


class ConfigError(DigestError):
    """The configuration can't be used. Holds every fault found, not only the first."""

    exit_code = 2

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class UsageError(DigestError):
    """The command was asked for something that doesn't exist or makes no sense."""

    exit_code = 2


class StoreError(DigestError):
    """The database is missing, locked, read-only, full, damaged or of another version."""


class ArticleError(DigestError):
    """A file or page is no article. The message is the reason, without the file's name."""


class FetchError(DigestError):
    """A web address gives nothing that we can use. The message is a clause: "it is too large"."""


class TemplateError(DigestError):
    """A template can't be loaded or rendered. Names the file and the line."""


class MailError(DigestError):
    """The mail server can't be used at all: unknown host, bad certificate, login refused."""


class DependencyError(DigestError):
    """A package that digest needs is missing or broken. Says which one and how to install it."""
