"""PyPI packages by uv, into an overlay beside the user's environment, which is never touched.

What that environment has in range is used as it is. The lock is resolved for every Python since
3.10 and every platform, so that all machines write the same one. Only packages that the manifest
names may be built from source; the rest must have wheels.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from polyhy.ecosystem import Ecosystem, Tool, lay
from polyhy.errors import (
    LockError,
    MissingTool,
    NoSuchVersion,
    Offline,
    PackageError,
    SpecError,
    StoreError,
    Tampered,
    ToolFailed,
    UnknownPackage,
)
from polyhy.spec import Pin, Spec

_ASKED = "the command, the script or pyproject.toml"
_FLOOR = "3.10"
_COMPILE = ("pip", "compile", "--universal", "--python-version", _FLOOR, "--generate-hashes")
_PLAIN = ("--no-header", "--annotation-style", "line", "--quiet")
_INSTALL = ("pip", "install", "--no-deps", "--require-hashes", "--link-mode", "copy", "--quiet")
_PIN = re.compile(
    r"(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\\n]+?))?(?: \\)?$", re.MULTILINE
)
_NAMESPACES = {"zope": 2, "ruamel": 2, "jaraco": 2, "backports": 2, "google": 3, "azure": 3}
_SECRET = re.compile(r"(?<=://)[^/@\s]+@")


class Pypi(Ecosystem):
    """`pypi:six>=1.16`. A pin's native part: its files' hashes, and a marker of where it is for."""

    name = "pypi"
    purl_type = "pypi"
    bridge = "python"

    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        import tempfile

        asked = {_canonical(spec.name): _range(spec) for spec in specs}
        with tempfile.TemporaryDirectory(prefix="polyhy-pypi-") as folder:
            wanted, chosen = Path(folder, "wanted.in"), Path(folder, "chosen.txt")
            wanted.write_text("".join(f"{name}{at}\n" for name, at in asked.items()), "utf-8")
            chosen.write_text("".join(f"{_line(pin)}\n" for pin in locked), "utf-8")
            _uv([*_COMPILE, *_PLAIN, "--output-file", str(chosen), str(wanted)], specs)
            return _pins(chosen.read_text("utf-8"), asked)

    def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
        """Install each pin into a folder of its own, eight at a time."""
        from concurrent.futures import ThreadPoolExecutor

        _find_uv()  # before the threads: sysconfig, which it asks first, does not bear many
        folders = [into / f"package-{number}" for number in range(len(pins))]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(_install, pins, folders))
        return dict(zip(pins, folders, strict=True))

    def link(self, stored: Mapping[Pin, Path], env: Path) -> None:
        for folder in stored.values():
            lay(folder, env)

    def spec(self, text: str) -> Spec:
        """`scipy.stats` is the module `stats` of scipy; `zope.interface` is a package itself."""
        spec = Spec.parse(text, self.name)
        parts = spec.name.split(".")
        depth = _NAMESPACES.get(parts[0], 1)
        if len(parts) <= depth or _installed(spec.name):
            return spec
        subpath = "/".join([*parts[depth:], *filter(None, [spec.subpath])])
        return Spec(spec.ecosystem, ".".join(parts[:depth]), spec.version, subpath)

    def satisfied(self, spec: Spec) -> bool:
        return _has(spec.name, _range(spec))

    def answers(self, spec: Spec, pin: Pin) -> bool:
        if "asked" not in pin.native or _canonical(spec.name) != pin.name or not _is_for_here(pin):
            return False
        return _contains(_range(spec), pin.version)

    def variant(self, pin: Pin) -> str:
        return f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}"

    def wanted(self, pins: Iterable[Pin]) -> list[Pin]:
        """What was asked and the environment lacks, and what only that requires."""
        here = {pin.purl: pin for pin in pins if _is_for_here(pin)}
        queue = [p for p in here.values() if "asked" in p.native]
        queue = [p for p in queue if not _has(p.name, p.native["asked"])]
        wanted: dict[str, Pin] = {}
        for pin in queue:  # grows as we go
            if pin.purl not in wanted:
                wanted[pin.purl] = pin
                required = (here[purl] for purl in pin.requires if purl in here)
                queue += [p for p in required if not _has(p.name, f"=={p.version}")]
        return list(wanted.values())

    def tools(self) -> list[Tool]:
        need = "PyPI packages are locked and fetched by it"
        try:
            version = subprocess.run([_find_uv(), "--version"], capture_output=True, text=True)
        except (MissingTool, OSError):
            return [Tool("uv", "", need, "pip install uv")]
        return [Tool("uv", version.stdout.strip().removeprefix("uv ").split(" ")[0], need, "")]


def _pins(text: str, asked: Mapping[str, str]) -> list[Pin]:
    """Read what `uv pip compile` wrote: a line for each pin, its hashes and who requires it."""
    blocks = re.split(r"\n(?=\w)", text.strip()) if text.strip() else []
    found = [(_PIN.match(block), block) for block in blocks]
    known = [(match, block) for match, block in found if match]
    requires: dict[str, set[str]] = {}
    for match, block in known:
        purl = Pin("pypi", match["name"], match["version"], "pypi").purl
        for parent in _parents(block):
            requires.setdefault(parent, set()).add(purl)
    return [_pin(match, block, requires, asked) for match, block in known]


def _pin(
    match: re.Match[str], block: str, requires: Mapping[str, set[str]], asked: Mapping[str, str]
) -> Pin:
    name, hashes = match["name"], sorted(re.findall(r"--hash=(\w+:\w+)", block))
    native: dict[str, Any] = {"hashes": hashes}
    if match["marker"]:
        native["marker"] = match["marker"].strip()
    if name in asked:
        native["asked"] = asked[name]
    digest = "sha256:" + hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    needed = tuple(sorted(requires.get(name, ())))
    return Pin("pypi", name, match["version"], "pypi", digest, needed, native)


def _parents(block: str) -> Iterator[str]:
    found = re.search(r"# via (.+)", block)
    for parent in found[1].split(", ") if found else ():
        if not parent.startswith("-"):
            yield parent.partition("[")[0].strip()


def _install(pin: Pin, folder: Path) -> None:
    hashes = pin.native.get("hashes") or []
    digest = "sha256:" + hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()
    if not hashes or digest != pin.hash:
        raise LockError(f"the hashes of {pin.name} do not belong together", file="polyhy.lock")
    file = folder.with_suffix(".txt")
    options = " ".join(f"--hash={each}" for each in hashes)
    file.write_text(f"{pin.name}=={pin.version} {options}\n", "utf-8")
    built = [] if "asked" in pin.native else ["--no-build"]
    target = ["--python", sys.executable, "--target", str(folder), "--requirement", str(file)]
    _uv([*_INSTALL, *built, *target], [Spec("pypi", pin.name, f"=={pin.version}")])
    (folder / ".lock").unlink(missing_ok=True)


def _uv(arguments: Sequence[str], specs: Sequence[Spec]) -> None:
    done = subprocess.run(
        [_find_uv(), *arguments], capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        said = re.sub(
            r"\s+", " ", re.sub(r"[\u00d7\u2500-\u257f\u25b6]", " ", _SECRET.sub("", done.stderr))
        ).strip()
        raise next(make(said, specs) for sign, make in _ERRORS if re.search(sign, said))


def _find_uv() -> str:
    try:
        import uv

        return uv.find_uv_bin()
    except (ImportError, FileNotFoundError) as error:
        need = "PyPI packages are locked and fetched by it"
        raise MissingTool(tool="uv", need=need, command="pip install uv") from error


def _unknown(said: str, specs: Sequence[Spec]) -> PackageError:
    found = re.search(r"([\w.-]+) was not found in", said)
    name = found[1] if found else ", ".join(spec.name for spec in specs)
    return UnknownPackage(ecosystem="pypi", name=name, origin_of_name=_ASKED)


def _no_version(said: str, specs: Sequence[Spec]) -> PackageError:
    found = re.search(r"(?:you require|no version of) ([\w.-]+?)((?:[<>=!~]=?[^,\s]+,?)+)", said)
    name, version = found.groups() if found else (", ".join(str(spec) for spec in specs), "")
    reason = re.search(r"[Bb]ecause (.+?)(?:,? (?:and|we can)\b|$)", said)
    hint = reason[1].replace("{", "").replace("}", "") if reason else said
    return NoSuchVersion(
        ecosystem="pypi", name=name, version=version.rstrip(",.") or "that", available=hint
    )


def _offline(said: str, specs: Sequence[Spec]) -> PackageError:
    return Offline(said.rpartition("cause: ")[2], ecosystem="pypi")


def _tampered(said: str, specs: Sequence[Spec]) -> PackageError:
    expected = re.search(r"Expected: (\S+)", said)
    what = ", ".join(str(spec) for spec in specs)
    return Tampered(what=what, expected=expected[1] if expected else "its hash")


def _disk(said: str, specs: Sequence[Spec]) -> PackageError:
    return StoreError(said.rpartition("cause: ")[2], file="uv's files")


def _unbuilt(said: str, specs: Sequence[Spec]) -> PackageError:
    name = ", ".join(spec.name for spec in specs)
    detail = f"{name} has no wheel for this machine, and its source may run anything to be built"
    return ToolFailed(detail, tool="uv", hint=f"to allow that, run: polyhy add pypi:{name}")


def _failed(said: str, specs: Sequence[Spec]) -> PackageError:
    return ToolFailed(said.removeprefix("error: ")[:2000] or "it gave no reason", tool="uv")


_ERRORS = (
    (r"[Hh]ash mismatch", _tampered),
    (r"No space left|Read-only file system|Permission denied", _disk),
    (r"was not found in|404 Not Found", _unknown),
    (r"error sending request|dns error|[Cc]onnection refused|client error \(Connect\)", _offline),
    (r"building from source is disabled", _unbuilt),
    (r"only .+ (is|are) available|there (is|are) no versions? of|[Nn]o solution", _no_version),
    (r"", _failed),
)


def _line(pin: Pin) -> str:
    marker = pin.native.get("marker")
    return f"{pin.name}=={pin.version}" + (f" ; {marker}" if marker else "")


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _range(spec: Spec) -> str:
    """What PEP 440 calls the range: `==1.16` for `six@1.16`."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    version = "" if spec.version == "*" else spec.version
    bare = re.match(r"v?\d", version)
    try:
        return str(SpecifierSet(f"=={version}" if bare else version))
    except InvalidSpecifier:
        hint = f'write "{spec.name}", "{spec.name}>=1.2" or "{spec.name}==1.2"'
        raise SpecError("its range is not one of PyPI's", spec=str(spec), hint=hint) from None


def _contains(within: str, version: str) -> bool:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(within).contains(version, prereleases=True)


def _has(name: str, within: str) -> bool:
    version = _installed(name)
    return bool(version) and _contains(within, version)


def _installed(name: str) -> str:
    """The version that the user's own environment has, our overlays aside; empty for none."""
    from importlib.metadata import Distribution

    places = [path for path in sys.path if ".polyhy" not in Path(path).parts]
    found = next(iter(Distribution.discover(name=name, path=places)), None)
    return found.version if found else ""


def _is_for_here(pin: Pin) -> bool:
    if marker := pin.native.get("marker"):
        from packaging.markers import Marker

        return Marker(marker).evaluate()
    return True
