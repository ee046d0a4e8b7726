"""What an index of Python packages says: files of a project, and the metadata inside a wheel.

Asked over HTTP, without credentials: of an index that wants some, nothing is known. A wheel's
metadata comes from beside it (PEP 658) or out of the end of the wheel itself.
"""

from __future__ import annotations

import io
import json
import os
import re
import socket
import ssl
import urllib.error
import urllib.request
import zipfile
from contextlib import suppress
from email.message import Message
from email.parser import Parser
from functools import lru_cache
from html import unescape
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import unquote, urldefrag, urljoin

from polyhy.errors import Offline

_JSON = "application/vnd.pypi.simple.v1+json"
_ACCEPT = f"{_JSON}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_INTEGRITY = "application/vnd.pypi.integrity.v1+json"
_CHUNK = 1 << 16
_PATIENCE = 30


class File(NamedTuple):
    """A file of a project: `metadata` is true where its metadata lies beside it.

    `hash` is `sha256:…`, `provenance` the address of its attestations; empty where none is said.
    """

    name: str
    url: str
    metadata: bool
    uploaded: str
    size: int
    yanked: bool
    hash: str = ""
    provenance: str = ""


def files(index: str, project: str) -> list[File] | None:
    """The files of a project, or None where the index has no such project or tells nobody."""
    url = f"{index.rstrip('/')}/{project}/"
    reply = _get(url, {"Accept": _ACCEPT})
    if reply is None:
        return None
    kind, text = reply[0], reply[1].decode("utf-8", "replace")
    return _from_json(text, url) if "json" in kind else _from_html(text, url)


def version_of(file: File) -> str:
    """The version in the name of a wheel or an sdist; empty where there is none."""
    from packaging.utils import (
        InvalidSdistFilename,
        InvalidWheelFilename,
        parse_sdist_filename,
        parse_wheel_filename,
    )

    try:
        if file.name.endswith(".whl"):
            return str(parse_wheel_filename(file.name)[1])
        return str(parse_sdist_filename(file.name)[1])
    except (InvalidWheelFilename, InvalidSdistFilename):
        return ""


def metadata(found: list[File], version: str) -> Message | None:
    """The metadata of a version, out of the first of its wheels; None where it has no wheel."""
    wheels = [f for f in found if f.name.endswith(".whl")]
    likely = [f for f in wheels if f"-{version}-" in f.name]  # a name is slow to take apart
    wheels = likely or [f for f in wheels if version_of(f) == version]
    for file in sorted(wheels, key=lambda f: (not f.name.endswith("-any.whl"), f.name))[:1]:
        if file.metadata and (reply := _get(file.url + ".metadata", {})):
            return Parser().parsestr(reply[1].decode("utf-8", "replace"))
        return _inside(file)
    return None


def provenance(file: File) -> bytes | None:
    """The attestations of a file, as PEP 740 has them; None where the index has none."""
    reply = _get(file.provenance, {"Accept": _INTEGRITY}) if file.provenance else None
    return reply[1] if reply else None


def licence(said: Message) -> str:
    """The licence that metadata names: an expression, a short text, or its classifier."""
    if expression := said.get("License-Expression"):
        return str(expression)
    text = str(said.get("License") or "").strip()
    if text and "\n" not in text and len(text) <= 60:
        return text
    classifiers = [str(c) for c in said.get_all("Classifier", []) if str(c).startswith("License")]
    names = [c.rpartition(" :: ")[2] for c in classifiers]
    return " AND ".join(names) if len(names) == 1 else (names[0] if names else "")


def _get(url: str, headers: dict[str, str]) -> tuple[str, bytes, str] | None:
    """The kind, the content and the range at an address; None where the server refuses."""
    request = urllib.request.Request(url, headers=headers)
    try:
        with _opening:  # the authorities take long to read: by one thread, for all
            opener = _opener()
        with opener.open(request, timeout=_PATIENCE) as reply:
            said = reply.headers
            return said.get("Content-Type", ""), reply.read(), said.get("Content-Range", "")
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            raise Offline(f"it answers {error.code}", ecosystem="pypi") from None
        return None
    except (OSError, ValueError, HTTPException) as error:
        raise Offline(str(getattr(error, "reason", error)), ecosystem="pypi") from None


def _inside(file: File) -> Message | None:
    """The METADATA of a wheel, of which only the parts that hold it are brought."""
    try:
        with zipfile.ZipFile(_Remote(file.url)) as wheel:
            names = (n for n in wheel.namelist() if n.endswith(".dist-info/METADATA"))
            return Parser().parsestr(wheel.read(next(names)).decode("utf-8", "replace"))
    except (zipfile.BadZipFile, StopIteration, ValueError, EOFError):
        return None


class _Remote(io.RawIOBase):
    """A file at an address, read by ranges: its end, then what else is asked for."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.at = url, 0
        self.begin, self.held, self.size = self._bring(f"bytes=-{_CHUNK}")

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = (0, self.at, self.size)[whence] + offset
        return self.at

    def read(self, count: int = -1) -> bytes:
        end = self.size if count < 0 else min(self.at + count, self.size)
        if not self.begin <= self.at <= end <= self.begin + len(self.held):
            last = min(max(end, self.at + _CHUNK), self.size) - 1
            self.begin, self.held, self.size = self._bring(f"bytes={self.at}-{last}")
        found = self.held[self.at - self.begin : end - self.begin]
        self.at = end
        return found

    def _bring(self, wanted: str) -> tuple[int, bytes, int]:
        """A range: where it begins, its bytes, and the size of the whole file."""
        reply = _get(self.url, {"Range": wanted})
        if reply is None:
            raise EOFError(self.url)
        found = re.match(r"bytes (\d+)-\d+/(\d+)", reply[2])
        return (int(found[1]), reply[1], int(found[2])) if found else (0, reply[1], len(reply[1]))


@lru_cache(maxsize=1)
def _opener() -> urllib.request.OpenerDirector:
    """Trusts the authorities of the machine, and those that pip and uv are told of."""
    named = next((v for v in map(os.environ.get, _AUTHORITIES) if v and Path(v).is_file()), None)
    context = ssl.create_default_context(cafile=named)
    return urllib.request.build_opener(_Handler(context=context))


class _Handler(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Connection, req, context=self._context)  # type: ignore[attr-defined]


class _Connection(HTTPSConnection):
    """Looks hosts up one at a time: some resolvers lose one of many, and wait for 5 s then."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._create_connection = _connect


def _connect(address: tuple[str, int], *rest: Any) -> socket.socket:
    with _looking_up:
        places = _places(*address)
    for place in places[:-1]:
        with suppress(OSError):
            return socket.create_connection(place, *rest)
    return socket.create_connection(places[-1], *rest)


@lru_cache(maxsize=64)
def _places(host: str, port: int) -> list[tuple[str, int]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(place[4][0]), port) for place in found]


_opening = Lock()
_looking_up = Lock()
_AUTHORITIES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT")


def _from_json(text: str, url: str) -> list[File]:
    try:
        listed = json.loads(text)["files"]
        return [
            File(
                str(each["filename"]),
                urljoin(url, str(each["url"])),
                bool(each.get("core-metadata") or each.get("dist-info-metadata")),
                str(each.get("upload-time") or ""),
                int(each.get("size") or 0),
                bool(each.get("yanked")),
                f"sha256:{each.get('hashes', {}).get('sha256', '')}",
                urljoin(url, said) if (said := str(each.get("provenance") or "")) else "",
            )
            for each in listed
        ]
    except (ValueError, KeyError, TypeError):
        return []


def _from_html(text: str, url: str) -> list[File]:
    found = []
    for attributes in _LINK.findall(text):
        link = {name.lower(): unescape(value) for name, _, value in _ATTRIBUTE.findall(attributes)}
        address, hashed = urldefrag(urljoin(url, link.get("href", "")))
        beside = link.get("data-core-metadata") or link.get("data-dist-info-metadata")
        name = unquote(address.rpartition("/")[2])
        uploaded = link.get("data-upload-time", "")
        yanked, attested = "data-yanked" in attributes, link.get("data-provenance", "")
        rest = hashed.replace("=", ":", 1), urljoin(url, attested) if attested else ""
        found.append(File(name, address, bool(beside), uploaded, 0, yanked, *rest))
    return found


# what PEP 503 asks of an index; an HTML parser takes a second for a page of thousands of files
_LINK = re.compile(r"<a\s([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(["'])(.*?)\2""", re.DOTALL)
