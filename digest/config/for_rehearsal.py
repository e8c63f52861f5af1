"""The config as it is for a rehearsal: the same, but for where mail comes from and goes to."""

from pathlib import Path

from digest.config.settings import Settings


def on_stage(settings: Settings, store: Path, port: int) -> Settings:
    """The same settings on a copy of the store, with a mail server on this machine.

    Nobody logs in there and nothing is encrypted; there is one server instead of several, and
    nothing is told to mail.notices. How many connections there are, how they are used and how
    messages are signed stays as it is.
    """
    smtp = settings.mail.smtp.model_copy(
        update={
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
            "username": "",
            "relays": (),
        }
    )
    mail = settings.mail.model_copy(update={"transport": "smtp", "smtp": smtp, "notices": ()})
    kept = {"url": f"sqlite:///{store.absolute()}", "images": str(settings.images_path())}
    return settings.model_copy(
        update={"mail": mail, "store": settings.store.model_copy(update=kept)}
    )
