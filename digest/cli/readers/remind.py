"""`digest remind`: tell readers that their tier ends soon."""

from typing import TYPE_CHECKING

import click

from digest.cli.console import Invocation, count_of, emit, json_option, say
from digest.errors import MailError, UsageError

if TYPE_CHECKING:
    from digest.app import App


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say whom.")
@json_option
@click.pass_obj
def remind(asked: Invocation, *, dry_run: bool, as_json: bool) -> None:
    """Tell readers whose tier ends soon, each end once, as `trial.remind` says.

    `digest run` does it by itself, by day. Nobody who left, pauses or may not be mailed is told.
    """
    app = asked.app()
    if app.settings.trial.value() is None:
        raise UsageError(
            f'{app.settings.path}: trial.remind is empty; "7d" tells them a week ahead'
        )
    if dry_run:
        _tell_plan(app, as_json=as_json)
        return
    from digest.actions.transactional.trial_reminders import send_trial_reminders
    from digest.cli.delivery.send import interruptible
    from digest.core.delivery.state import DeliveryState

    reminder, newsletters = app.settings.trial.value(), app.settings.newsletter_values()
    done = interruptible(
        lambda stop: send_trial_reminders(app.post, reminder, newsletters, stop=stop)
    )
    told = {str(state): count for state, count in done.items()}
    if as_json:
        emit({"counts": told})
    else:
        said = ", ".join(f"{count} {state}" for state, count in told.items())
        say(f"{said}." if told else "Nobody is to be told now.")
    if set(told) - {str(DeliveryState.SENT)}:
        raise MailError("some could not be told; what surely did not go out is tried again")


def _tell_plan(app: "App", *, as_json: bool) -> None:
    from digest.actions.transactional.trial_reminders import due_reminders

    found = due_reminders(app.post, app.settings.trial.value(), app.settings.newsletter_values())
    if as_json:
        rows = [
            {"email": one.email, "until": f"{one.until}", "newsletter": one.newsletter}
            for one in found
        ]
        emit({"dry_run": True, "readers": rows})
        return
    for one in found:
        say(f"{one.email}: until {one.until}")
    say(f"{count_of(len(found), 'reader')} would be told now.")
