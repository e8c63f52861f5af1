"""The sender of a rehearsal, in a process of its own: `python -m MODULE CONFIG ORDER`.

`digest rehearse` starts it, and may kill it. ORDER is rehearse.Order in JSON, with the
`store` that it is to work on: a copy.
"""

import asyncio
import json
import os
import sys
from contextlib import closing
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.cli.console import note
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.actions.operations.rehearse import Ended, Order


async def run_sender(config: Path, store: Path, order: "Order") -> "Ended":
    """Run a sender to its end, with this config."""
    from digest.actions.operations.rehearse import Ended

    environment = {k: v for k, v in os.environ.items() if k != "DIGEST_FAILPOINT"}
    if order.dies_after:
        environment["DIGEST_FAILPOINT"] = f"after-dot:{order.dies_after}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "digest.cli.operations.rehearsal_worker"),
        *(str(config), json.dumps(asdict(order) | {"store": str(store)})),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    try:
        _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return Ended(process.returncode or 0, lines[-1] if lines else "")


def send_rehearsed(config: Path, order: dict[str, Any]) -> str:
    """Be that process: send what is due of the edition. Gives what is in the way, if anything."""
    from digest.actions.delivery.deliver import deliver
    from digest.app import load
    from digest.config.for_rehearsal import on_stage
    from digest.core.delivery.rate_limit import NONE

    app = load(str(config))
    clock, ahead = app.clock, timedelta(seconds=order["ahead"])
    settings = on_stage(app.settings, Path(order["store"]), order["port"])
    staged = replace(app, settings=settings, clock=lambda: clock() + ahead)
    with closing(staged.db):
        # The limits of a real send would only make the rehearsal as long as that.
        post = replace(staged.post, limits=NONE, connections=order["connections"])
        return asyncio.run(deliver(post, edition=order["edition"])).trouble


def run_worker_order() -> int:
    """Do what the order says; the exit code is 1 if something is in the way."""
    from digest import log

    log.quiet()
    try:
        trouble = send_rehearsed(Path(sys.argv[1]), json.loads(sys.argv[2]))
    except DigestError as error:
        trouble = str(error)
    if trouble:
        note(trouble)
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(run_worker_order())
