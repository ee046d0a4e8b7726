"""TLS for node's tls: what to send for what was received, over any stream that scripts have."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import ssl
import tempfile
from collections.abc import Iterator
from typing import Any

_PIECE = 1 << 16
_VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
_UNVERIFIED = {
    9: "CERT_NOT_YET_VALID",
    10: "CERT_HAS_EXPIRED",
    18: "DEPTH_ZERO_SELF_SIGNED_CERT",
    19: "SELF_SIGNED_CERT_IN_CHAIN",
    20: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    21: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    23: "CERT_REVOKED",
    62: "ERR_TLS_CERT_ALTNAME_INVALID",
    64: "ERR_TLS_CERT_ALTNAME_INVALID",
}
"""What node calls the reasons for which OpenSSL refuses a certificate."""

_SHORT = {
    "countryName": "C",
    "stateOrProvinceName": "ST",
    "localityName": "L",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "commonName": "CN",
}


class Secure:
    """What node/tls.js asks. An error is [code, text]."""

    def context(self, server: bool, settings: str) -> Any:
        """What connections with the same keys and rules share, or what is wrong with these."""
        try:
            return _context(json.loads(settings), server=server)
        except (ssl.SSLError, ValueError, OSError) as error:
            return _failure(error)

    def start(self, context: ssl.SSLContext, server: bool, name: str | None) -> Session:
        return Session(context, name, server=server)


class Session:
    """One connection: `take` what was received, `give` what is to be sent."""

    def __init__(self, context: ssl.SSLContext, name: str | None, *, server: bool) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = context.wrap_bio(
            self._in, self._out, server_side=server, server_hostname=name or None
        )
        self._ready = False

    def take(self, data: bytes | None) -> list[Any]:
        """[agreed, plain, ended, to send, error] for what was received; None is its end."""
        if data is None:
            self._in.write_eof()
        else:
            self._in.write(data)
        plain, ended, error = bytearray(), False, None
        try:
            if not self._ready:
                self._object.do_handshake()
                self._ready = True
            while piece := self._object.read(_PIECE):
                plain += piece
            ended = True
        except ssl.SSLWantReadError:
            pass
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            ended = True
        except (ssl.SSLError, ssl.CertificateError) as failed:
            error = _failure(failed)
        return [self._ready, bytes(plain), ended, self._out.read(), error]

    def give(self, data: bytes) -> list[Any]:
        """[to send, error] for plain bytes."""
        try:
            view = memoryview(data)
            while view:
                view = view[self._object.write(view) :]
        except ssl.SSLError as error:
            return [self._out.read(), _failure(error)]
        return [self._out.read(), None]

    def end(self) -> bytes:
        """What says the other side that nothing more comes."""
        with contextlib.suppress(ssl.SSLError):
            self._object.unwrap()
        return self._out.read()

    def facts(self) -> list[Any]:
        """[protocol, [cipher, bits], ALPN's protocol]."""
        cipher = self._object.cipher()
        chosen = [cipher[0], cipher[2]] if cipher else None
        return [self._object.version(), chosen, self._object.selected_alpn_protocol()]

    def certificate(self) -> list[Any] | None:
        """The other side's: [its facts, its bytes]."""
        raw = self._object.getpeercert(binary_form=True)
        return None if raw is None else [_facts(self._object.getpeercert() or {}, raw), raw]


def _context(settings: dict[str, Any], *, server: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if authorities := settings.get("ca"):
        context.load_verify_locations(cadata=authorities)
    elif not server:
        context.load_default_certs()
    if settings.get("verify"):
        context.verify_mode = ssl.CERT_REQUIRED
        context.check_hostname = bool(settings.get("named"))
    if certificate := settings.get("cert"):
        with _files(certificate, settings.get("key") or certificate) as files:
            context.load_cert_chain(*files, password=settings.get("passphrase") or "")
    if protocols := settings.get("protocols"):
        context.set_alpn_protocols(list(protocols))
    for name, setting in (("minimum_version", "least"), ("maximum_version", "most")):
        if version := settings.get(setting):
            setattr(context, name, _VERSIONS[version])
    if ciphers := settings.get("ciphers"):
        context.set_ciphers(ciphers)
    return context


@contextlib.contextmanager
def _files(*texts: str) -> Iterator[list[str]]:
    """Files with these texts, which only we can read: Python takes keys from nowhere else."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, str(number)) for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text)
        yield paths


def _facts(found: dict[str, Any], raw: bytes) -> dict[str, Any]:
    names = [
        f"{'IP Address' if kind == 'IP Address' else kind}:{name}"
        for kind, name in found.get("subjectAltName", ())
    ]
    return {
        "subject": _name(found.get("subject", ())),
        "issuer": _name(found.get("issuer", ())),
        "subjectaltname": ", ".join(names),
        "valid_from": found.get("notBefore"),
        "valid_to": found.get("notAfter"),
        "serialNumber": found.get("serialNumber"),
        "fingerprint": _print(hashlib.sha1(raw, usedforsecurity=False).hexdigest()),
        "fingerprint256": _print(hashlib.sha256(raw).hexdigest()),
    }


def _name(parts: Any) -> dict[str, Any]:
    return {_SHORT.get(key) or str(key): value for part in parts for key, value in part}


def _print(digits: str) -> str:
    return ":".join(digits[i : i + 2].upper() for i in range(0, len(digits), 2))


def _failure(error: Exception) -> list[Any]:
    if isinstance(error, ssl.SSLCertVerificationError):
        code = _UNVERIFIED.get(error.verify_code, "UNABLE_TO_VERIFY_LEAF_SIGNATURE")
        return [code, error.verify_message]
    if isinstance(error, ssl.SSLError) and error.reason:
        reason = error.reason.removesuffix("_ALERT")
        return [f"ERR_SSL_{reason}", str(error)]
    return ["ERR_SSL_BAD", str(error)]
