"""Every verb, where it lives and what it does, so that `digest --help` imports none of them."""

from importlib import import_module
from typing import NamedTuple

import click


class Verb(NamedTuple):
    """A command: `attribute` of `module` is its click command."""

    module: str
    attribute: str
    help: str


SECTIONS: dict[str, dict[str, Verb]] = {
    "Set up": {
        "init": Verb("operations.init", "init", "Make a config, a secret key and an empty store."),
        "check": Verb(
            "operations.check", "check", "Say what is configured, what is due and what is wrong."
        ),
        "key": Verb("operations.key", "key", "See and change the key that signs links."),
        "dkim": Verb(
            "operations.dkim", "dkim", "Make a key that signs emails, and show its DNS record."
        ),
    },
    "Articles and readers": {
        "import": Verb(
            "articles.import_articles", "import_", "Take in articles from files and folders."
        ),
        "ingest": Verb("articles.ingest", "ingest", "Take in articles from feeds, now."),
        "feeds": Verb("articles.ingest", "feeds", "Show the feeds, and what is wrong with them."),
        "articles": Verb("articles.articles", "articles", "List the articles."),
        "topics": Verb("articles.topics", "topics", "Review topics, and set them by hand."),
        "access": Verb("articles.article_access", "access", "Say who may read an article whole."),
        "subscribers": Verb(
            "readers.subscribers", "subscribers", "Import, export, add and show readers."
        ),
        "migrate": Verb("articles.migrate", "migrate", "Move in from another system."),
    },
    "Before it goes out": {
        "plan": Verb("editions.plan", "plan", "Show what would go out, and why."),
        "explain": Verb("editions.plan", "explain", "Say why an article is in, or not."),
        "draft": Verb("editions.draft", "draft", "Make a draft, or say what changed since."),
        "edit": Verb("editions.edit", "edit", "Change a draft."),
        "preview": Verb(
            "editions.preview", "preview", "See the exact email, or send it to yourself."
        ),
        "lint": Verb("editions.lint", "lint", "Look for what is wrong with a message."),
        "rehearse": Verb(
            "operations.rehearse", "rehearse", "Try a whole send, with mishaps, mailing nobody."
        ),
    },
    "Send": {
        "send": Verb("delivery.send", "send", "Publish an edition and deliver it."),
        "publish": Verb("editions.publish", "publish", "Approve and freeze an edition."),
        "deliver": Verb("delivery.send", "deliver", "Send what is due, then end."),
        "status": Verb("delivery.status", "status", "Show progress, and who failed and why."),
        "pause": Verb("delivery.status", "pause", "Hold a send where it is."),
        "resume": Verb("delivery.status", "resume", "Go on with a paused send."),
        "corrections": Verb("editions.corrections", "corrections", "Tell readers what was wrong."),
        "remind": Verb("readers.remind", "remind", "Tell readers whose trial ends soon."),
        "cancel": Verb("delivery.status", "cancel", "End a send for good."),
        "settle": Verb(
            "delivery.status", "settle", "Decide about messages nobody knows the fate of."
        ),
        "retry": Verb("delivery.status", "retry", "Send to those who failed."),
    },
    "On the web and on paper": {
        "export-site": Verb(
            "editions.export_site", "export_site", "Write the archive as static files."
        ),
        "print": Verb(
            "editions.print_pdf", "print_", "Make a PDF of an edition that looks like a paper."
        ),
    },
    "Run": {
        "run": Verb("operations.run", "run", "Do everything on schedule, with the web pages."),
        "serve": Verb("operations.run", "serve", "Serve only the web pages."),
        "work": Verb("operations.run", "work", "Only deliver what is due, again and again."),
    },
}

VERBS = {name: verb for verbs in SECTIONS.values() for name, verb in verbs.items()}


class Verbs(click.Group):
    """The group of all verbs. A verb's module is imported when the verb is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of a first use, not of the alphabet."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's module now."""
        verb = VERBS.get(cmd_name)
        if verb is None:
            return None
        module = import_module(f"digest.cli.{verb.module}")
        command: click.Command = getattr(module, verb.attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Offer the nearest verb for an unknown one."""
        word = args[0]
        if word not in VERBS and not word.startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(f"There is no verb '{word}'{_near(word)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs by section."""
        widest = max(map(len, VERBS))
        for title, verbs in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(widest), verb.help) for name, verb in verbs.items()]
                )


def _near(word: str) -> str:
    from difflib import get_close_matches

    found = get_close_matches(word.lower(), VERBS, n=1, cutoff=0.5)
    return f"; did you mean '{found[0]}'?" if found else f"; there are {', '.join(VERBS)}"
