"""Places where a test can kill the sender: SIGKILL at a named stage of a delivery.

`DIGEST_FAILPOINT=after-dot` kills this process when it gets there for the first time, and
`DIGEST_FAILPOINT=after-dot:7` the seventh time. Without the variable nothing here does anything.
The stages, in the order in which a message passes them:

    after-claim     deliveries are claimed, and nothing was said of them
    before-begin    the server wants the body (354); the ledger still says `claimed`
    mid-body        half of the body is written; the ledger still says `claimed`
    after-begin     the ledger says `in_data`; the body is written, but for the dot
    before-dot      the same, and the dot that completes the message is next
    after-dot       the dot is written; no answer was read
    before-record   the answer was read; the ledger still says `in_data`
    in-commit       outcomes and beginnings are written, and not committed
    after-record    outcomes are committed, and nobody here has heard of it yet

An edition that is made passes these:

    after-plan      its articles are chosen, and it is set in type; nothing is written
    after-make      it is written down as a draft, and nobody is entered
    before-seal     its readers are entered, and it is not frozen
"""

import os
import signal

STAGES = frozenset(
    {
        *("after-claim", "before-begin", "mid-body", "after-begin", "before-dot", "after-dot"),
        *("before-record", "in-commit", "after-record"),
    }
)
MAKING = frozenset({"after-plan", "after-make", "before-seal"})
_STAGE, _, _COUNT = os.environ.get("DIGEST_FAILPOINT", "").partition(":")
_left = {_STAGE: int(_COUNT or 1)} if _STAGE in STAGES | MAKING else {}
active = bool(_left)
"""Whether anybody is to die."""


def reach(stage: str) -> None:
    """Die here if that was asked for."""
    if active and stage in _left:
        _left[stage] -= 1
        if _left[stage] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
