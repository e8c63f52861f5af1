"""The table [signup] of config.toml."""

from digest.config import value_types
from digest.config.strict_table import ConfigTable, default
from digest.core.readers.double_opt_in import Quota


class SignupTable(ConfigTable):
    """[signup]: the page on which readers join."""

    open: bool = True
    """Whether readers can join by themselves. Who has a link already may still confirm it."""
    welcome: bool = True
    """Greet who has confirmed by email, with what the latest edition began with."""
    goodbye: bool = False
    """Tell who left by a page so by email, with a button to undo it: it may have been somebody
    else, with a forwarded message. Who leaves by the button of their mail program gets none."""
    per_network: value_types.Count = 10
    """So many may ask from one network within an hour."""
    per_hour: value_types.Count = 200
    """So many may ask within an hour, all in all: more is somebody who wants to flood mailboxes."""
    keep_proof: value_types.Duration = default("156w")
    """How long the proof that a reader agreed is kept after they left."""

    def quota(self) -> Quota:
        """How often one may ask."""
        return Quota(self.per_network, self.per_hour)
