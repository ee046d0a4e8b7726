"""Where a header of the system lies, which package it came with, and what namespace it fills."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from polyhy import installers
from polyhy.errors import MissingTool

from .errors import MissingHeader

PACKAGES = {
    "boost": ("libboost-dev", "boost-devel", "boost"),
    "catch2": ("catch2", "catch-devel", "catch2"),
    "eigen": ("libeigen3-dev", "eigen3-devel", "eigen"),
    "fmt": ("libfmt-dev", "fmt-devel", "fmt"),
    "glm": ("libglm-dev", "glm-devel", "glm"),
    "nlohmann": ("nlohmann-json3-dev", "json-devel", "nlohmann-json"),
    "opencv": ("libopencv-dev", "opencv-devel", "opencv"),
    "range": ("librange-v3-dev", "range-v3-devel", "range-v3"),
    "spdlog": ("libspdlog-dev", "spdlog-devel", "spdlog"),
    "tbb": ("libtbb-dev", "tbb-devel", "tbb"),
    "yaml-cpp": ("libyaml-cpp-dev", "yaml-cpp-devel", "yaml-cpp"),
}
"""What systems call a library, where it is not `lib<name>-dev`: of apt, of dnf, of brew."""

_OWNERS = (
    (["dpkg-query", "-S"], ["dpkg-query", "-W", "-f", "${Version}"]),
    (["rpm", "-qf", "--qf", "%{NAME}: "], ["rpm", "-q", "--qf", "%{VERSION}"]),
)


@cache
def include_folders() -> tuple[Path, ...]:
    """Where the compiler looks for `<…>` headers, in its order."""
    try:
        said = _said(["g++", "-E", "-v", "-x", "c++", "/dev/null"])
    except OSError:
        raise no_compiler("C++ is read by it") from None
    listed = said.partition("search starts here:")[2].rpartition("End of search list")[0]
    return tuple(Path(line.strip()) for line in listed.splitlines() if Path(line.strip()).is_dir())


def folder(header: str) -> Path:
    """The folder in which a header lies, or the folder of a library's headers.

    Some libraries have one of their own: `eigen3/Eigen/Dense`.
    """
    for place in include_folders():
        if (place / header).exists():
            return place
    for place in include_folders():
        for inner in sorted(place.glob(f"*/{header}")):
            return Path(str(inner).removesuffix(f"/{header}"))
    raise MissingHeader(name=header, command=install_command(header))


def package(file: Path) -> tuple[str, str]:
    """The system's package that a file came with, and its version; `("", "0")` if unknown."""
    for owner, version in _OWNERS:
        if shutil.which(owner[0]):
            name = _said([*owner, str(file)]).partition(": ")[0].partition(",")[0].partition(":")[0]
            found = _said([*version, name]) if name else ""
            if found and not found.startswith(("dpkg", "no path", "package")):
                return name, re.sub(r"^\d+:|[-+~].*$", "", found)
    return "", "0"


def namespaces(header: str) -> list[str]:
    """What a library's namespace may be called: `nlohmann/json.hpp` is of `nlohmann`."""
    if header.startswith((".", "/")):
        return []
    path = Path(header)
    standard = ["std"] if "." not in header and "/" not in header else []
    return [*([path.parts[0]] if len(path.parts) > 1 else [path.stem]), *standard]


def install_command(header: str) -> str:
    """How a system gets a header: `apt-get install libfmt-dev`, and for others beside it."""
    stem = re.sub(r"[\d.]+$", "", Path(header).parts[0].removesuffix(Path(header).suffix).lower())
    known = PACKAGES.get(stem)
    return installers.command(installers.Packages(*known) if known else installers.likely(stem))


def no_compiler(need: str) -> MissingTool:
    """The error where there is no g++."""
    return MissingTool(tool="g++", need=need, command=installers.compiler("g++", "gcc-c++"))


def _said(words: list[str]) -> str:
    done = subprocess.run(words, capture_output=True, text=True, errors="replace")
    return done.stdout + done.stderr
