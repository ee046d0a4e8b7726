"""The machine for node's os, and the process's standard streams."""

from __future__ import annotations

import os
import platform
import socket
import sys
import tempfile
import time
from typing import Any

_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64", "i686": "ia32"}
_PLATFORMS = {"win32": "win32", "darwin": "darwin"}


class System:
    """What node/os.js and node/process.js ask."""

    machine = platform.machine()
    arch = _MACHINES.get(machine.lower(), machine)
    endianness = "LE" if sys.byteorder == "little" else "BE"
    platform = _PLATFORMS.get(sys.platform, "linux")

    @property
    def pid(self) -> int:
        return os.getpid()

    @property
    def ppid(self) -> int:
        return os.getppid()

    @property
    def argv(self) -> list[str]:
        script = sys.argv[0] if sys.argv else ""
        first = os.path.abspath(script) if os.path.exists(script) else script
        return [sys.executable, first, *sys.argv[1:]]

    def cwd(self) -> str:
        return os.getcwd()

    def chdir(self, folder: str) -> None:
        os.chdir(folder)

    def umask(self, mask: int | None) -> int:
        old = os.umask(mask or 0)
        if mask is None:
            os.umask(old)
        return old

    def usage(self) -> list[float]:
        """Seconds of user and system time, and the resident memory in bytes."""
        times = os.times()
        return [times.user, times.system, float(_resident())]

    def describe(self) -> dict[str, Any]:
        """All that node's os tells of the machine, at once."""
        uname = platform.uname()
        return {
            "hostname": socket.gethostname(),
            "type": uname.system,
            "release": uname.release,
            "version": uname.version,
            "tmpdir": tempfile.gettempdir(),
            "homedir": os.path.expanduser("~"),
            "cpus": os.cpu_count() or 1,
            "memory": _memory(),
            "load": list(os.getloadavg()) if hasattr(os, "getloadavg") else [0.0, 0.0, 0.0],
            "user": os.environ.get("USER") or os.path.basename(os.path.expanduser("~")),
            "uid": os.getuid() if hasattr(os, "getuid") else -1,
            "gid": os.getgid() if hasattr(os, "getgid") else -1,
            "shell": os.environ.get("SHELL"),
            "uptime": time.clock_gettime(time.CLOCK_BOOTTIME)
            if hasattr(time, "CLOCK_BOOTTIME")
            else time.monotonic(),
        }

    # --- the environment, which scripts may change

    def variable(self, name: str) -> str | None:
        return os.environ.get(name)

    def set_variable(self, name: str, value: str) -> None:
        os.environ[name] = value

    def delete_variable(self, name: str) -> None:
        os.environ.pop(name, None)

    def variables(self) -> list[str]:
        return [name for name in os.environ if name.isascii()]

    # --- standard streams

    def write(self, stream: int, text: str) -> None:
        (sys.stderr if stream == 2 else sys.stdout).write(text)

    def write_bytes(self, stream: int, data: bytes) -> None:
        out = sys.stderr if stream == 2 else sys.stdout
        raw = getattr(out, "buffer", None)
        if raw is None:
            out.write(data.decode("utf-8", "replace"))
        else:
            out.flush()
            raw.write(data)

    def terminal(self, stream: int) -> list[Any]:
        """If a stream is a terminal, and its columns and rows."""
        try:
            size = os.get_terminal_size(stream)
            return [os.isatty(stream), size.columns, size.lines]
        except OSError:
            return [False, 80, 24]

    def read(self, length: int) -> bytes:
        raw = getattr(sys.stdin, "buffer", None)
        return raw.read1(length) if raw is not None else sys.stdin.read(length).encode()

    def exit(self, code: Any) -> None:
        sys.exit(code)


def _memory() -> list[int]:
    """The machine's memory in bytes: all, and what is free."""
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        return [page * os.sysconf("SC_PHYS_PAGES"), page * os.sysconf("SC_AVPHYS_PAGES")]
    except (ValueError, OSError, AttributeError):
        return [0, 0]


def _resident() -> int:
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
