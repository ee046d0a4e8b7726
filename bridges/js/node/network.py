"""Connections for fetch and node's http: a thread each, whose news the runtime's loop takes in."""

from __future__ import annotations

import errno
import http.client
import itertools
import queue
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

_PIECE = 1 << 16
_LOOK = 0.004
_TIMEOUT = 300


class Network:
    """`request` answers a script's function by events: headers, data, end, error."""

    def __init__(
        self, later: Callable[[float, Callable[[], object]], Any], keep: Callable[[Any], Any]
    ) -> None:
        self._later, self._keep = later, keep
        self._running: dict[int, queue.SimpleQueue[tuple[Any, ...]]] = {}
        self._count = itertools.count(1)

    def request(
        self,
        method: str,
        url: str,
        headers: list[list[str]],
        body: bytes | None,
        answer: Callable[..., Any],
    ) -> int:
        """Start a request; return its number, by which `cancel` knows it."""
        number, answer = next(self._count), self._keep(answer)
        news = self._running[number] = queue.SimpleQueue()
        words = (method, url, list(headers), body)
        threading.Thread(target=_converse, args=(*words, news), daemon=True).start()
        self._later(_LOOK, lambda: self._look(number, answer))
        return number

    def cancel(self, number: int) -> None:
        self._running.pop(number, None)

    def _look(self, number: int, answer: Callable[..., Any]) -> None:
        news = self._running.get(number)
        while news is not None and not news.empty():
            event = news.get()
            if event[0] in ("end", "error"):
                self._running.pop(number, None)
            answer(*event)
            news = self._running.get(number)
        if news is not None:
            self._later(_LOOK, lambda: self._look(number, answer))


def _converse(
    method: str,
    url: str,
    headers: list[list[str]],
    body: bytes | None,
    news: queue.SimpleQueue[tuple[Any, ...]],
) -> None:
    try:
        connection, target = _connection(url)
        try:
            connection.putrequest(
                method, target, skip_host=_has(headers, "host"), skip_accept_encoding=True
            )
            for name, value in headers:
                if name.lower() != "connection":
                    connection.putheader(name, value.encode("latin-1"))
            if body is not None and not _has(headers, "content-length"):
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            _receive(connection.getresponse(), news)
        finally:
            connection.close()
    except Exception as error:
        news.put(("error", _code(error), _text(error, url)))


def _connection(url: str) -> tuple[http.client.HTTPConnection, str]:
    """A connection to the server, or to the proxy that the environment names, and what to ask."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    proxy = getproxies().get(parts.scheme)
    context = ssl.create_default_context() if secure else None
    if not proxy or proxy_bypass(host):
        if context:
            return http.client.HTTPSConnection(
                host, parts.port, timeout=_TIMEOUT, context=context
            ), target
        return http.client.HTTPConnection(host, parts.port, timeout=_TIMEOUT), target
    via = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    if context:
        tunnel = http.client.HTTPSConnection(
            via.hostname or "", via.port, timeout=_TIMEOUT, context=context
        )
        tunnel.set_tunnel(host, parts.port or 443)
        return tunnel, target
    return http.client.HTTPConnection(via.hostname or "", via.port, timeout=_TIMEOUT), url


def _receive(response: http.client.HTTPResponse, news: queue.SimpleQueue[tuple[Any, ...]]) -> None:
    pairs = [[name, value] for name, value in response.getheaders()]
    news.put(("headers", response.status, response.reason, pairs))
    while piece := response.read1(_PIECE):
        news.put(("data", piece))
    news.put(("end",))


def _has(headers: list[list[str]], name: str) -> bool:
    return any(pair[0].lower() == name for pair in headers)


_CODES: tuple[tuple[type[Exception], str], ...] = (
    (socket.gaierror, "ENOTFOUND"),
    (ssl.SSLCertVerificationError, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
    (ssl.SSLError, "EPROTO"),
    (TimeoutError, "ETIMEDOUT"),
    (http.client.RemoteDisconnected, "UND_ERR_SOCKET"),
    (http.client.HTTPException, "HPE_INVALID_CONSTANT"),
)


def _code(error: Exception) -> str:
    for kind, code in _CODES:
        if isinstance(error, kind):
            return code
    number = error.errno if isinstance(error, OSError) else None
    return errno.errorcode.get(number or 0, "ECONNRESET")


def _text(error: Exception, url: str) -> str:
    code, parts = _code(error), urlsplit(url)
    if code == "ECONNREFUSED":
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return f"connect ECONNREFUSED {parts.hostname}:{port}"
    if code == "ENOTFOUND":
        return f"getaddrinfo ENOTFOUND {parts.hostname}"
    return str(error) or code
