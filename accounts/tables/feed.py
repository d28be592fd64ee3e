"""The bytes of a text file, plain or gzipped, as checked UTF-8."""

import codecs
import gzip
import io
import re
import zlib
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from .problems import Unusable

CHUNK = 1 << 20
UNPACKED = 16 << 30  # a file that unpacks to more than this is refused,
RATIO_FROM = 64 << 20  # and from this size on
RATIO = 250  # one that was packed tighter than this (ledgers: about 10)


def opened(path: Path) -> BinaryIO:
    """The file, unpacked if it is a gzip file by name."""
    return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")


class Feed(io.RawIOBase):
    """A file as UTF-8, with quotes watched on the way; ends in a line end whatever the file does."""

    def __init__(self, path: Path, encoding: str, delimiter: str = ","):
        self.path = path
        self.encoding = encoding
        self.quotes = 0
        self.odd_quotes = False
        self._packed = path.stat().st_size
        self._size = 0
        self._file = opened(path)
        self._decoder = codecs.getincrementaldecoder(encoding)()
        # A quote after and before an ordinary character: text goes on where a quoted cell has ended.
        self._odd_quote = re.compile(rf'"(?<![{delimiter}\n\r"]")(?=[^{delimiter}\n\r"])'.encode())
        self._tail = b"\n"

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()

    def readinto(self, buffer: memoryview) -> int:
        """At most as much as fits, as text readers ask for it."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int = -1) -> bytes:
        wanted = (size if size > 0 else CHUNK) - 1  # room for a line end
        # Other encodings may take three times the bytes in UTF-8.
        asked = wanted if self.encoding == "utf-8" else max(4, wanted // 3)
        raw = self._unpacked(asked)
        data = self._utf8(raw)
        while raw and not data:  # a part of one character
            raw = self._unpacked(asked)
            data = self._utf8(raw)
        if len(raw) < asked and (self._tail + data)[-1:] not in b"\r\n":
            data += b"\n"
        self._watch_quotes(data)
        return data

    def _unpacked(self, size: int) -> bytes:
        try:
            raw = self._file.read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Unusable(self.path, _("is damaged or no gzip file: it cannot be unpacked to its end.")) from error
        self._size += len(raw)
        if self._size > UNPACKED or (self._size > RATIO_FROM and self._size > RATIO * self._packed):
            raise Unusable(self.path, _("unpacks to far more than a ledger does; it is not read any further."))
        return raw

    def _utf8(self, raw: bytes) -> bytes:
        if raw and self.encoding == "utf-8" and raw.isascii() and not self._decoder.getstate()[0]:
            return raw
        try:
            return self._decoder.decode(raw, final=not raw).encode()
        except UnicodeError as error:
            raise Unusable(self.path, self._wrong_encoding()) from error

    def _wrong_encoding(self) -> str:
        line, found = undecodable(self.path, self.encoding)
        sentence = _(
            "line %(line)s holds %(found)s, which is not text in %(encoding)s. State the file's encoding, "
            "for example --encoding cp1252 for files saved by Excel on Windows."
        )
        return sentence % {"line": line, "found": found, "encoding": self.encoding.upper()}

    def _watch_quotes(self, data: bytes) -> None:
        found = data.count(b'"')
        self.quotes += found
        if not self.odd_quotes and (found or self._tail[-1:] == b'"'):
            self.odd_quotes = bool(self._odd_quote.search(self._tail + data))
        self._tail = (self._tail + data[-2:])[-2:]


def undecodable(path: Path, encoding: str) -> tuple[int, str]:
    """The first line with bytes that are not of that encoding, and the byte."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with opened(path) as file:
        raw = b"start"
        while raw:
            raw = file.read(CHUNK)
            try:
                line += decoder.decode(raw, final=not raw).count("\n")
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding, "ignore")
                return line + before.count("\n"), f"0x{error.object[error.start]:02X}"
            except UnicodeError:
                break
    return line, _("bytes")
