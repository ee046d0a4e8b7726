"""From a name to a library on this machine: its headers, flags, shared objects and version."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from polyhy.errors import MissingTool

from .compiler import include_folders, library_file
from .errors import MissingLibrary
from .packages import install_command, plain, tool_command

_ISO = (
    "assert ctype errno fenv float inttypes limits locale math setjmp signal stddef stdint stdio"
    " stdlib string strings time uchar wchar wctype"
)
_POSIX = (
    "arpa/inet dirent dlfcn fcntl fnmatch ftw getopt glob grp iconv langinfo libgen netdb"
    " netinet/in poll pthread pwd regex sched search semaphore spawn sys/ioctl sys/mman"
    " sys/resource sys/select sys/socket sys/stat sys/statvfs sys/time sys/times sys/types sys/uio"
    " sys/un sys/utsname sys/wait syslog termios unistd utime wordexp"
)
STANDARD = {"c": f"{_ISO} {_POSIX}", "m": "math complex fenv"}
"""The language's own libraries, which no package file describes, with their headers."""

DEFINES = {f"libpcre2-{width}": [f"-DPCRE2_CODE_UNIT_WIDTH={width}"] for width in (8, 16, 32)}
"""What headers want to be told, and their package files do not say."""

ALL = "*"
"""Stands among a library's own headers where all that is included is its own."""


class Located(NamedTuple):
    """A library: `own` are its headers, `headers` those to include, `watched` what decides."""

    name: str
    version: str
    headers: list[str]
    own: list[str]
    flags: list[str]
    objects: list[str]
    watched: list[str]


def find(name: str) -> Located:
    """The library that users call `name` (`zlib`, `curl`, `glib-2.0`, `m`); MissingLibrary."""
    bare = name.removeprefix("lib")
    if bare in STANDARD:
        return _standard(bare)
    module = module_name(name)
    found = _by_module(module) if module else _by_object(bare)
    if found is None:
        raise missing(name)
    return found


def version(name: str) -> str:
    """The version of a library, without looking for its files; MissingLibrary."""
    return _version(*key(name))


@cache
def _version(name: str, *places: str) -> str:
    bare = name.removeprefix("lib")
    if bare in STANDARD:
        return _libc_version()
    module = module_name(name)
    if module:
        return pkg_config("--modversion", module) or ""
    return find(name).version


def required(module: str) -> list[str]:
    """The libraries that pkg-config says this one needs, as far as they are here."""
    if module in STANDARD:
        return []
    said = "\n".join(
        pkg_config(f"--print-requires{kind}", module) or "" for kind in ("", "-private")
    )
    names = dict.fromkeys(line.split()[0] for line in said.splitlines() if line.strip())
    return sorted(name for name in names if pkg_config("--exists", name) is not None)


def key(name: str) -> list[str]:
    """What besides files decides where `find` looks."""
    names = (
        "PKG_CONFIG_PATH",
        "PKG_CONFIG_LIBDIR",
        "PKG_CONFIG_SYSROOT_DIR",
        "LIBRARY_PATH",
        "CPATH",
    )
    return [name, *(os.environ.get(each, "") for each in names)]


def missing(name: str) -> MissingLibrary:
    """The error for a library that is not here, with what to install."""
    detail = "" if shutil.which("pkg-config") else ", as far as can be told without pkg-config"
    return MissingLibrary(name=name, detail=detail, advice=advice(name))


def advice(name: str) -> str:
    """What to do about a library that is not here: install it, or name what was meant.

    >>> advice("stdio.h")
    'stdio.h is of the language itself: (import-from "c" c)'
    """
    header = name.removesuffix(".h")
    own = (each for each in reversed(STANDARD) if header in STANDARD[each].split())
    if library := next(own, ""):
        return f'{header}.h is of the language itself: (import-from "c" {library})'
    if header != name:
        return f'a library is named without its header (zlib), and a file by its path: "./{name}"'
    return f"run: {install_command(name)}"


# --- pkg-config


def module_name(name: str) -> str:
    """What pkg-config calls the library: `libcurl` for `curl`, `yaml-0.1` for `yaml`; or ''."""
    for each in (name, f"lib{name}", name.lower()):
        if pkg_config("--exists", each) is not None:
            return each
    stem = plain(name)
    close = [each for each in _modules() if plain(each) == stem]
    return min(close, key=lambda each: (len(each), each), default="")


def pkg_config(*words: str) -> str | None:
    """What pkg-config answers; None where it says no."""
    if not shutil.which("pkg-config"):
        raise MissingTool(
            tool="pkg-config",
            need="C libraries are found by it",
            command=tool_command("pkg-config"),
        )
    done = subprocess.run(["pkg-config", *words], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


@cache
def _modules() -> list[str]:
    listed = pkg_config("--list-all") or ""
    return [line.split()[0] for line in listed.splitlines() if line.strip()]


def _by_module(module: str) -> Located:
    words = shlex.split(pkg_config("--cflags", "--libs", module) or "")
    flags = [word for word in words if word.startswith(("-I", "-D"))]
    flags += DEFINES.get(module, [])
    folders = [word[2:] for word in words if word.startswith("-L")]
    names = [word[2:] for word in words if word.startswith("-l")]
    file = Path(pkg_config("--variable=pcfiledir", module) or "", f"{module}.pc")
    own = package_headers(file) or list(_named_headers(module, flags))
    objects = list(dict.fromkeys(objects_of(names, folders)))
    if not own or not (objects or not names):
        raise missing(module)
    version = pkg_config("--modversion", module) or ""
    paths = (pkg_config("--variable", "pc_path", "pkg-config") or "").split(":")
    watched = [str(file), *(path for path in paths if path)]
    return Located(module, version, _order(own, module, flags), own, flags, objects, watched)


def objects_of(names: Iterable[str], folders: Sequence[str] = ()) -> Iterator[str]:
    """The shared objects for `-l` names; a linker's script stands for those that it names."""
    for name in names:
        file = library_file(name, folders)
        if file is None:
            continue
        if _is_object(file):
            yield str(file.resolve())
        else:
            said = re.findall(
                r"(?:\S*/)?lib[\w+-]+\.so[.\d]*|-l[\w+-]+", file.read_text("utf-8", "replace")
            )
            for each in said:
                path = Path(each)
                found = path if path.is_absolute() else file.parent / path
                if each.startswith("-l"):
                    yield from objects_of([each[2:]], folders)
                elif found.is_file() and _is_object(found):
                    yield str(found.resolve())


def _is_object(file: Path) -> bool:
    with open(file, "rb") as stream:
        return stream.read(4) in (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")


# --- headers


def package_headers(file: Path) -> list[str]:
    """The headers of the system's package that holds `file`."""
    listed: Iterable[str] = ()
    if shutil.which("dpkg-query"):
        listed = _dpkg_files(file)
    elif shutil.which("rpm"):
        listed = _said("rpm", "-q", "--list", "--file", str(file)).splitlines()
    return sorted(
        {str(Path(f).resolve()) for f in listed if f.endswith(".h") and os.path.isfile(f)}
    )


def owner(file: Path) -> str:
    """The package that dpkg says a file came with; empty where it knows of none."""
    # a link is of the -dev package, what it leads to of another
    for path in dict.fromkeys([os.path.normpath(file), str(file.resolve())]):
        # a merged /usr has two names for one file, and dpkg knows one of them
        owners = _said("dpkg-query", "--search", path, path.removeprefix("/usr")).splitlines()
        if owners:
            return owners[0].partition(": ")[0].split(",")[0]
    return ""


def _dpkg_files(file: Path) -> list[str]:
    package = owner(file)
    return _said("dpkg-query", "--listfiles", package).splitlines() if package else []


def _said(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True).stdout


def _named_headers(module: str, flags: Sequence[str]) -> Iterator[str]:
    """Where no package system knows: the folders of the library, or headers named after it."""
    stem = plain(module)
    for folder in [flag[2:] for flag in flags if flag.startswith("-I")]:
        yield from (str(f.resolve()) for f in sorted(Path(folder).rglob("*.h")))
    for folder in include_folders():
        for file in sorted(Path(folder).glob(f"*{stem}*.h")):
            yield str(file.resolve())


def _order(own: Sequence[str], name: str, flags: Sequence[str]) -> list[str]:
    """The headers to include: the one named after the library first, then by depth."""
    wanted_stem = plain(name)
    folders = [os.path.realpath(flag[2:]) for flag in flags if flag.startswith("-I")]
    wanted = [file for file in own if not _PRIVATE.search(file)]

    def rank(file: str) -> tuple[bool, bool, int, str]:
        apart = bool(folders) and os.path.dirname(file) not in folders
        return (plain(Path(file).stem) != wanted_stem, apart, file.count("/"), file)

    return sorted(wanted, key=rank)


_PRIVATE = re.compile(r"/(?:private|internal|detail|tests?)/|(?:_private|_internal|-private)\.h$")


# --- without a package file


def _by_object(name: str) -> Located | None:
    """A library that no .pc file describes: `bz2`, by libbz2.so and the package that holds it."""
    file = library_file(name)
    if file is None:
        return None
    own = package_headers(file) or list(_named_headers(name, []))
    objects = list(objects_of([name]))
    if not own or not objects:
        return None
    found = re.search(r"\.so\.([\d.]+)$", objects[0])
    return Located(
        name, found[1] if found else "0", _order(own, name, []), own, [], objects, [str(file)]
    )


def _standard(name: str) -> Located:
    headers = []
    for each in STANDARD[name].split():
        places = (Path(folder, f"{each}.h") for folder in include_folders())
        headers += [str(place.resolve()) for place in places if place.is_file()][:1]
    objects = list(objects_of([name]))
    return Located(name, _libc_version(), headers, [ALL], [], objects, [])


def _libc_version() -> str:
    try:
        said = os.confstr("CS_GNU_LIBC_VERSION") or "0"
    except (AttributeError, ValueError):  # not glibc
        said = "0"
    return said.rpartition(" ")[2]


def forget() -> None:
    """Ask pkg-config anew what there is."""
    _modules.cache_clear()
    _version.cache_clear()
