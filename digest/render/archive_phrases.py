"""What the archive says."""

from digest.render.phrase import Phrase


class ArchivePhrases:
    """The words of the pages of past editions, and of those of authors and topics."""

    archive = Phrase("All editions")
    no_editions = Phrase("No edition has gone out yet.")
    feed = Phrase("As a feed")
    in_browser = Phrase("Read it in your browser")
    older = Phrase("Older")
    newer = Phrase("Newer")
