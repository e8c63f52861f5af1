"""The command line as a whole: its options, and how it ends."""

from collections.abc import Sequence

import click

from digest.cli.console import Invocation
from digest.cli.verbs import Verbs
from digest.errors import DigestError


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if not asked or ctx.resilient_parsing:
        return
    from importlib.metadata import version

    click.echo(f"digest {version('digest')}")
    ctx.exit()


@click.group(
    cls=Verbs,
    subcommand_metavar="VERB [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`digest VERB --help` tells more about a verb.",
)
@click.option(
    "--config", metavar="FILE", help="The config file. Default: $DIGEST_CONFIG, else ./config.toml."
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Show the version.",
)
@click.pass_context
def digest(ctx: click.Context, config: str | None) -> None:
    """One good email a week: from a publication's articles to its readers, each once.

    New here? Type `digest init`.
    """
    ctx.obj = Invocation(config)


def run_command(words: Sequence[str]) -> int:
    """Run one command. Returns the exit code: 0 done, 1 the work failed, 2 wrong usage or config.

    A command may return its exit code; None is 0. Whatever a person can mend becomes one message
    on standard error here, and nowhere else.
    """
    try:
        code = digest.main(list(words), prog_name="digest", standalone_mode=False)
    except DigestError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except click.ClickException as error:
        click.echo(_said(error), err=True)
        return error.exit_code
    except click.Abort:
        return 130
    return code if isinstance(code, int) else 0


def _said(error: click.ClickException) -> str:
    """One message and where to read more."""
    message = error.format_message()
    if isinstance(error, click.NoSuchOption) and error.option_name == "--config" and error.ctx:
        verb = error.ctx.info_name
        return f"--config goes before the verb: digest --config FILE {verb}"
    if isinstance(error, click.exceptions.NoArgsIsHelpError) or not message:
        return message
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    return f"{message}\nTry: {ctx.command_path} --help" if ctx else message
