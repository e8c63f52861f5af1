"""The command `digest`, also `python -m digest`."""

import sys


def main() -> int:
    """Run the command line; returns the exit code."""
    try:
        from digest.cli.root import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
