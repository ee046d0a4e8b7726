"""Hashes for node's crypto, by hashlib: digests, hmac, keys derived from passwords."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

_NAMES = {"rsa-": "", "sha-": "sha", "/": "_", "blake2b512": "blake2b", "blake2s256": "blake2s"}
_BLOCKS = {"shake128": 16, "shake256": 32, "shake_128": 16, "shake_256": 32}


class Hashes:
    """What node/crypto.js asks. Algorithms have node's names: `sha256`, `RSA-SHA256`."""

    def start(self, algorithm: str, key: bytes | None) -> Any:
        """A new hash, or hmac with a key; None for an algorithm that is not here."""
        name = _name(algorithm)
        if name is None:
            return None
        return hashlib.new(name) if key is None else hmac.new(key, digestmod=name)

    def update(self, hash_: Any, data: bytes) -> None:
        hash_.update(data)

    def copy(self, hash_: Any) -> Any:
        return hash_.copy()

    def digest(self, hash_: Any, length: int | None) -> bytes:
        if hash_.name.startswith("shake"):
            return hash_.digest(length or _BLOCKS[hash_.name])
        return hash_.digest()

    def names(self) -> list[str]:
        return sorted(name.replace("_", "-") for name in hashlib.algorithms_available)

    def pbkdf2(self, digest: str, password: bytes, salt: bytes, rounds: int, length: int) -> Any:
        name = _name(digest)
        return name and hashlib.pbkdf2_hmac(name, password, salt, rounds, length)

    def scrypt(
        self, password: bytes, salt: bytes, cost: int, blocks: int, parallel: int, most: int, n: int
    ) -> bytes:
        return hashlib.scrypt(
            password, salt=salt, n=cost, r=blocks, p=parallel, maxmem=max(most, 32 << 20), dklen=n
        )

    def hkdf(self, digest: str, key: bytes, salt: bytes, info: bytes, length: int) -> Any:
        name = _name(digest)
        if name is None:
            return None
        secret = hmac.digest(salt or bytes(hashlib.new(name).digest_size), key, name)
        block, out = b"", b""
        for number in range(1, 256):
            block = hmac.digest(secret, block + info + bytes([number]), name)
            out += block
            if len(out) >= length:
                break
        return out[:length]

    def equal(self, a: bytes, b: bytes) -> bool:
        return hmac.compare_digest(a, b)


def _name(algorithm: str) -> str | None:
    """Python's name of an algorithm: `sha512_256` for `SHA512-256`."""
    name = algorithm.lower()
    for old, new in _NAMES.items():
        name = name.replace(old, new)
    spellings = (name, name.replace("-", "_"), name.replace("-", ""))
    shakes = (f"shake_{name[5:]}",) if name in _BLOCKS and "_" not in name else ()
    return next((n for n in (*spellings, *shakes) if n in hashlib.algorithms_available), None)
