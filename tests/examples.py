"""How many examples a property is tried with, where the usual number would take too long."""

from hypothesis import settings

USUAL = 100
FEWEST = 5


def examples(full: int) -> int:
    """So many with the full profile; with another as many fewer as that has, but some."""
    return max(min(full, FEWEST), full * settings().max_examples // USUAL)
