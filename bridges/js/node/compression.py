"""Compression for node's zlib, by Python's; brotli and zstd where Python has them."""

from __future__ import annotations

import importlib
import zlib
from typing import Any

_RAW, _ZLIB, _GZIP, _EITHER = -15, 15, 31, 47
_KINDS = {
    "Deflate": _ZLIB,
    "Inflate": _ZLIB,
    "Gzip": _GZIP,
    "Gunzip": _GZIP,
    "DeflateRaw": _RAW,
    "InflateRaw": _RAW,
    "Unzip": _EITHER,
}
_PACKAGES = {
    "Brotli": ("brotli", "brotlicffi"),
    "Zstd": ("compression.zstd", "backports.zstd", "zstandard"),
}
_LEVELS = {"Brotli": "quality", "Zstd": "level"}
_CODES = {-3: "Z_DATA_ERROR", -5: "Z_BUF_ERROR", 2: "Z_NEED_DICT"}


class Compression:
    """What node/zlib.js asks. A failure is [code, number, text], a success [None, bytes]."""

    def start(self, kind: str, level: int, memory: int, strategy: int, dictionary: Any) -> Any:
        """A new coder of one of node's classes: `Gzip`."""
        bits = _KINDS[kind]
        if kind in ("Deflate", "Gzip", "DeflateRaw"):
            more = (dictionary,) if dictionary else ()
            return zlib.compressobj(level, zlib.DEFLATED, bits, memory, strategy, *more)
        return _Decoder(bits, dictionary)

    def step(self, coder: Any, data: bytes, last: bool) -> list[Any]:
        """Give a coder more, or the last, and return what comes out."""
        try:
            if isinstance(coder, _Decoder):
                return [None, coder.step(data, last)]
            return [None, coder.compress(data) + (coder.flush() if last else b"")]
        except zlib.error as error:
            number, text = _reason(str(error))
            return [_CODES.get(number, "Z_DATA_ERROR"), number, text]

    def flush(self, coder: Any) -> bytes:
        return b"" if isinstance(coder, _Decoder) else coder.flush(zlib.Z_SYNC_FLUSH)

    def crc32(self, data: bytes, start: int) -> int:
        return zlib.crc32(data, start)

    def packed(self, codec: str, data: bytes, level: int, back: bool) -> list[Any] | None:
        """What a package of Python's makes of `data` ([None, bytes]); None if there is none."""
        for name in _PACKAGES[codec]:
            try:
                package = importlib.import_module(name)
            except ImportError:
                continue
            if not back:
                return [None, package.compress(data, **{_LEVELS[codec]: level})]
            try:
                return [None, package.decompress(data)]
            except Exception as error:  # each package has errors of its own
                return [f"ERR_{codec.upper()}_DECODE", -1, str(error)]
        return None


class _Decoder:
    """Reads one member after another, as node does with gzip."""

    def __init__(self, bits: int, dictionary: bytes | None) -> None:
        self._bits = bits
        self._options = {"zdict": dictionary} if dictionary else {}
        self._coder = zlib.decompressobj(bits, **self._options)

    def step(self, data: bytes, last: bool) -> bytes:
        out = self._coder.decompress(data)
        while self._coder.eof and (rest := self._coder.unused_data):
            if self._bits not in (_GZIP, _EITHER) or rest[:2] != b"\x1f\x8b":
                break
            self._coder = zlib.decompressobj(self._bits, **self._options)
            out += self._coder.decompress(rest)
        if last and not self._coder.eof:
            raise zlib.error("Error -5 while decompressing data: unexpected end of file")
        return out


def _reason(text: str) -> tuple[int, str]:
    """The number and the words of `Error -3 while decompressing data: incorrect header check`."""
    words = text.split()
    number = int(words[1]) if len(words) > 1 and words[1].lstrip("-").isdigit() else -3
    return number, text.rpartition(": ")[2]
