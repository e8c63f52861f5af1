"""The command `digest`, also `python -m digest`."""

import gc
import sys
from io import TextIOWrapper

OBJECTS = 20_000
"""So many new ones before Python looks for cycles. At its own 700 that is an eighth of the time
that a sender takes to start, and nothing that is made then is let go of.
"""


def main() -> int:
    """Run the command line; returns the exit code."""
    gc.set_threshold(OBJECTS, 20, 20)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that can't show a letter gets its number, and no traceback.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        from digest.cli.root import run_command

        return run_command(sys.argv[1:])
    except KeyboardInterrupt:
        return 130
    except ImportError as error:
        from digest.dependencies import explain_import_error

        said = explain_import_error(error)
        if said is None:
            raise
        sys.stderr.write(f"{said}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
