"""What the archive says."""

from abc import ABC, abstractmethod

from digest.render.words.phrase import Phrase


class ArchivePhrases(ABC):
    """The words of the pages of past editions, of authors and of topics, and of the search."""

    archive = Phrase("All editions")
    no_editions = Phrase("No edition has gone out yet.")
    feed = Phrase("As a feed")
    in_browser = Phrase("Read it in your browser")
    older = Phrase("Older")
    newer = Phrase("Newer")
    search = Phrase("Search")
    search_for = Phrase("Words of a title, or a name")

    search_needs_script = Phrase("The search needs JavaScript here.")

    @abstractmethod
    def text(self, source: str, **values: str) -> str:
        """A phrase, with these values in place of {their names}."""

    @abstractmethod
    def plural(self, one: str, many: str, count: int, **values: str) -> str:
        """A phrase in the form that goes with a number, which may be in it as {count}."""

    def nothing_found(self, question: str) -> str:
        """In place of the articles, if there is none."""
        return self.text("No article has all of this: {question}", question=question)

    def for_readers(self, newsletter: str) -> str:
        """Below the titles of an edition that isn't open to everybody."""
        return self.text(
            "The whole of it is for readers of {newsletter}: open it with the link in your own"
            " message.",
            newsletter=newsletter,
        )

    def stories_removed(self, count: int) -> str:
        """Above an edition, of which so many stories are no longer shown."""
        return self.plural(
            "An article of this edition was removed.",
            "{count} articles of this edition were removed.",
            count,
        )
