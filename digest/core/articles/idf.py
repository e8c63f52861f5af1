"""How much a keyword tells: less, the more of the store's articles have it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

MIN_SAMPLE_ARTICLES = 100
"""Articles in a sample below which every keyword counts fully: too few to tell."""

_FULL = 20.0  # a keyword in one article of twenty counts fully
_LEAST, _MOST = 0.5, 1.25  # at its least, a find in the title alone is still enough


@dataclass(frozen=True, slots=True)
class Idf:
    """In how many articles of a sample each keyword (folded) was found."""

    articles: int = 0
    found: Mapping[str, int] = field(default_factory=dict)

    def weight(self, keyword: str) -> float:
        """What a find of this keyword counts: 1 if one article in twenty has it, less if more do.

        Between 0.5 and 1.25; 1 for a keyword that the sample was not searched for.
        """
        if self.articles < MIN_SAMPLE_ARTICLES or keyword not in self.found:
            return 1.0
        rarity = (self.articles + 1) / (self.found[keyword] + 0.5)
        return min(_MOST, max(_LEAST, math.log(rarity) / math.log(_FULL)))


EQUAL_IDF = Idf()
"""Every keyword counts the same."""
