"""Addresses of sockets, as node says them, and the errors of the system."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from typing import Any

_CODES = {socket.EAI_AGAIN: "EAI_AGAIN", socket.EAI_MEMORY: "EAI_MEMORY"}
_NUMBERS = {"ENOTFOUND": -3008, "EAI_AGAIN": -3001, "EAI_MEMORY": -3006}


def family(number: int) -> int:
    return {4: socket.AF_INET, 6: socket.AF_INET6}.get(number) or socket.AF_UNIX


def given(address: Any) -> Any:
    return address if isinstance(address, str) else (address[0], int(address[1]))


def named(ask: Callable[[], Any]) -> list[Any] | None:
    """The address, port and family of an end."""
    try:
        name = ask()
    except OSError:  # not connected
        return None
    if isinstance(name, (str, bytes)):
        return [os.fsdecode(name), None, None]
    return [name[0], name[1], "IPv6" if len(name) == 4 else "IPv4"]


def found(host: str, wanted: int) -> list[Any]:
    """[None, [[address, family], …]], or the error."""
    try:
        all_ = socket.getaddrinfo(host, None, family(wanted) if wanted else 0, socket.SOCK_STREAM)
    except OSError as error:
        code = _CODES.get(error.errno or 0, "ENOTFOUND")
        return [code, _NUMBERS[code], "getaddrinfo"]
    except UnicodeError:
        return ["ENOTFOUND", _NUMBERS["ENOTFOUND"], "getaddrinfo"]
    pairs = [(name[0], 6 if kind == socket.AF_INET6 else 4) for kind, *_, name in all_]
    return [None, [list(pair) for pair in dict.fromkeys(pairs)]]


def failure(error: OSError, call: str) -> list[Any]:
    number = error.errno or errno.EIO
    return [errno.errorcode.get(number, "EIO"), -number, call]
