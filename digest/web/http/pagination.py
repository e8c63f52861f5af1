"""Long lists in pages."""

from dataclasses import dataclass

from starlette.requests import Request

PAGE_LENGTH = 30
"""So many on one page."""
LAST = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    """Which page is asked for, from 1."""

    number: int

    @property
    def skip(self) -> int:
        """How many stand on the pages before."""
        return (self.number - 1) * PAGE_LENGTH

    @property
    def limit(self) -> int:
        """How many to look for: one more than it shows, to know whether there is a next page."""
        return PAGE_LENGTH + 1

    def turn(self, url: str, found: int) -> "Turn":
        """Where it leads, of the list at `url`, where so many were found."""
        return Turn(
            here=_at(url, self.number),
            newer=_at(url, self.number - 1) if self.number > 1 else "",
            older=_at(url, self.number + 1) if found > PAGE_LENGTH else "",
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """The addresses of a page and of those beside it; "" where there is none."""

    here: str
    newer: str
    older: str


def _at(url: str, number: int) -> str:
    if number == 1:
        return url
    return f"{url}{'&' if '?' in url else '?'}page={number}"


def asked_page(request: Request) -> Page | None:
    """The page of `?page=…`; None for what is none."""
    wanted = request.query_params.get("page", "1")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 6):
        return None
    return Page(int(wanted)) if 1 <= int(wanted) <= LAST else None
