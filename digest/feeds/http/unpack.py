"""The body of an answer, decompressed as it comes, and never more of it than asked for."""

import zlib

from digest.errors import FetchError

_GZIP_MAGIC = b"\x1f\x8b"
_MOST_MEMBERS = 100
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class Unpacker:
    """Takes the chunks of an answer. A chunk that would unpack to a gigabyte is never unpacked."""

    def __init__(self, encoding: str, largest: int) -> None:
        self._largest = largest
        self._came = 0
        self._body = bytearray()
        self._members = 1
        self._inflater: zlib._Decompress | None = None
        encoding = encoding.strip().lower()
        if encoding in {"gzip", "x-gzip", "deflate"}:
            self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
        elif encoding not in {"", "identity"}:
            raise FetchError(f"it is compressed in a way that was not asked for ({encoding[:20]})")

    def take(self, chunk: bytes) -> None:
        """Add a chunk. Raises FetchError."""
        self._came += len(chunk)
        if self._came > self._largest:
            raise self._too_large()
        if self._inflater is None:
            self._body += chunk
            return
        while chunk:
            if self._inflater.eof:  # one member after another makes one body (RFC 1952, 2.2)
                self._members += 1
                if not chunk.startswith(_GZIP_MAGIC) or self._members > _MOST_MEMBERS:
                    return
                self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
            try:
                room = self._largest - len(self._body) + 1
                self._body += self._inflater.decompress(chunk, room)
            except zlib.error:
                raise FetchError("its compression is damaged") from None
            if len(self._body) > self._largest:
                raise self._too_large()
            chunk = self._inflater.unused_data or self._inflater.unconsumed_tail

    def end(self) -> bytes:
        """Return the whole body. Raises FetchError if there is more to come."""
        if self._inflater is not None and self._came and not self._inflater.eof:
            raise FetchError("its answer breaks off")
        return bytes(self._body)

    def _too_large(self) -> FetchError:
        return FetchError(f"it is too large: over {self._largest / 1e6:g} MB")
