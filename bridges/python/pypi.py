"""PyPI packages by uv, into an overlay beside the user's environment, which is never touched.

What that environment has in range is used as it is. The lock is resolved for every Python since
3.10 and every platform, so that all machines write the same one. Only packages that the manifest
names may be built from source; the rest must have wheels.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sys
import sysconfig
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from polyhy import clients
from polyhy.ecosystem import Ecosystem, Finding, Info, Tool, lay
from polyhy.errors import LockError
from polyhy.policy import named, policy
from polyhy.spec import Pin, Spec

from . import uv_client as uv
from .environment import has, holds, installed, is_for_here, laid, needs
from .requirement import asking, canonical, contains, range_of, with_marker

_PLAIN = ("--no-header", "--annotation-style", "line", "--emit-index-annotation", "--quiet")
_FROM = re.compile(r"# from (\S+)")
_INSTALL = ("pip", "install", "--no-deps", "--require-hashes", "--link-mode", "copy", "--quiet")
_PIN = re.compile(
    r"(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\\n]+?))?(?: \\)?$", re.MULTILINE
)
_APART = "its hash is not that of its native.hashes"
_MADE_FOR = "made-for"
_NAMESPACES = {"zope": 2, "ruamel": 2, "jaraco": 2, "backports": 2, "google": 3, "azure": 3}


class Pypi(Ecosystem):
    """`pypi:httpx[http2]>=0.27`. A pin's native part: its files' hashes, and what it is for."""

    name = "pypi"
    purl_type = "pypi"
    bridge = "python"
    osv = "PyPI"
    dated = True
    native: ClassVar = {"hashes": list, "asked": str, "extras": list, "marker": str}
    required = ("hashes",)

    def __init__(self) -> None:
        self._indexes: dict[str, str] = {}  # where uv found each name

    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        import tempfile

        asked = {canonical(spec.name): spec for spec in specs}
        with tempfile.TemporaryDirectory(prefix="polyhy-pypi-") as folder:
            wanted, chosen = Path(folder, "wanted.in"), Path(folder, "chosen.txt")
            wanted.write_text("".join(f"{asking(spec)}\n" for spec in asked.values()), "utf-8")
            chosen.write_text("".join(f"{_line(pin)}\n" for pin in locked), "utf-8")
            clients.look_ahead("packaging.markers", f"{__package__}.registry")
            told = [*_PLAIN, *_young(), "--output-file", str(chosen), str(wanted)]
            uv.choose(told, specs, policy().root, partial(_builds, asked=asked))
            blocks = _blocks(chosen.read_text("utf-8"))
        froms = ((match["name"], _FROM.search(block)) for match, block in blocks)
        self._indexes |= {name: found[1] for name, found in froms if found}
        return _pins(blocks, asked)

    def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
        """Install all pins at once, then move what each recorded into a folder of its own."""
        together = into / "together"
        _install(pins, together)
        known = {canonical(at.name.split("-")[0]): at for at in together.glob("*.dist-info")}
        folders = {pin: into / f"package-{number}" for number, pin in enumerate(pins)}
        for pin, folder in folders.items():
            _move(_recorded(known[pin.name]), together, folder)
        return folders

    def link(self, stored: Mapping[Pin, Path], env: Path) -> None:
        for folder in stored.values():
            lay(folder, env)
        (env / _MADE_FOR).write_text(_this_python())

    def stands(self, pin: Pin, env: Path) -> bool:
        """The user may have gone to another Python, or taken away what stood in their own."""
        exactly = f"=={pin.version}"
        with suppress(OSError):
            found = laid(env, pin.name) if (env / _MADE_FOR).read_text() == _this_python() else ""
            if found == pin.version or (found and contains(exactly, found)):
                return True
        return has(pin.name, pin.native.get("asked", exactly))

    def licences_of(self, pins: Sequence[Pin]) -> Mapping[Pin, str]:
        from . import registry

        return registry.licences({pin: self._indexes.get(pin.name, "") for pin in pins})

    def spec(self, text: str) -> Spec:
        """`scipy.stats` is the module `stats` of scipy; `zope.interface` is a package itself.

        A requirement with a marker is one too: `tomli>=2 ; python_version < "3.11"`.
        """
        if ";" in text or "(" in text:
            return with_marker(text)
        spec = Spec.parse(text, self.name)
        parts = spec.name.split(".")
        depth = _NAMESPACES.get(parts[0], 1)
        if len(parts) <= depth or installed(spec.name):
            return spec
        subpath = "/".join([*parts[depth:], *filter(None, [spec.subpath])])
        return replace(spec, name=".".join(parts[:depth]), subpath=subpath)

    def satisfied(self, spec: Spec) -> bool:
        return all(has(name, within) for name, within in needs(spec))

    def answers(self, spec: Spec, pin: Pin) -> bool:
        if "asked" not in pin.native or canonical(spec.name) != pin.name or not is_for_here(pin):
            return False
        extras = pin.native.get("extras", ())
        return contains(range_of(spec), pin.version) and set(spec.extras) <= set(extras)

    def variant(self, pin: Pin) -> str:
        return _this_python()

    def wanted(self, pins: Iterable[Pin]) -> list[Pin]:
        """What was asked and the environment lacks, and what only that requires."""
        here = {pin.purl: pin for pin in pins if is_for_here(pin)}
        queue = [p for p in here.values() if "asked" in p.native]
        queue = [p for p in queue if "extras" in p.native or not has(p.name, p.native["asked"])]
        wanted: dict[str, Pin] = {}
        for pin in queue:  # grows as we go
            if pin.purl not in wanted:
                wanted[pin.purl] = pin
                required = (here[purl] for purl in pin.requires if purl in here)
                queue += [p for p in required if not has(p.name, f"=={p.version}")]
        return list(wanted.values())

    def tools(self) -> list[Tool]:
        need = "PyPI packages are locked and fetched by it"
        return [Tool("uv", uv.version(), need, "pip install uv")]

    def artifacts(self, pin: Pin) -> list[str]:
        return list(pin.native["hashes"])

    def fault(self, pin: Pin) -> str:
        if said := super().fault(pin):
            return said
        if (marker := pin.native.get("marker")) and holds(marker) is None:
            return f"native.marker is no marker: {marker!r}"
        return "" if _digest(pin.native["hashes"]) == pin.hash else _APART

    def order(self, version: str) -> Any:
        from packaging.version import InvalidVersion, Version

        try:
            return Version(version or "0.dev0")
        except InvalidVersion:
            return Version("0.dev0")

    def info(self, spec: Spec) -> Info | None:
        from . import registry

        return registry.info(spec, range_of(spec))

    def newest(self, specs: Sequence[Spec]) -> Mapping[Spec, tuple[str, str]]:
        from . import registry

        return registry.newest(specs, [range_of(spec) for spec in specs])

    def audit(self, pins: Sequence[Pin]) -> list[Finding] | None:
        from . import registry

        return registry.audit(pins, [_locked(pin) for pin in pins])

    def provenance(self, pins: Sequence[Pin]) -> Mapping[str, str] | None:
        """Who published the files of each pin, as its index attests; see attestations.py."""
        from . import attestations

        return attestations.proved(uv.index(policy().root), pins)

    def export(self, specs: Sequence[Spec], pins: Sequence[Pin]) -> Mapping[str, str]:
        """requirements.txt, with hashes; and pylock.toml where an index can be asked for files."""
        head = "# Written by polyhy, from polyhy.lock.\n"
        texts = {"requirements.txt": head + "".join(f"{_locked(pin)}\n" for pin in pins)}
        if not policy().offline:
            builds = partial(_builds, asked=[p.name for p in pins if "asked" in p.native])
            lines = [_line(pin) for pin in pins]
            texts["pylock.toml"] = uv.pylock(lines, specs, policy().root, builds)
        return texts

    def programs(self, pin: Pin, env: Path) -> Mapping[str, Sequence[str]]:
        from . import programs

        return programs.find(pin.name, env)


def _this_python() -> str:
    return f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}"


def _blocks(text: str) -> list[tuple[re.Match[str], str]]:
    """What `uv pip compile` wrote: for each pin its line, and its hashes and who requires it."""
    found = [(_PIN.match(block), block) for block in re.split(r"\n(?=\w)", text.strip())]
    return [(match, block) for match, block in found if match]


def _pins(known: Sequence[tuple[re.Match[str], str]], asked: Mapping[str, Spec]) -> list[Pin]:
    requires: dict[str, set[str]] = {}
    for match, block in known:
        purl = Pin("pypi", match["name"], match["version"], "pypi").purl
        for parent in _parents(block):
            requires.setdefault(parent, set()).add(purl)
    return [_pin(match, block, requires, asked) for match, block in known]


def _pin(
    match: re.Match[str], block: str, requires: Mapping[str, set[str]], asked: Mapping[str, Spec]
) -> Pin:
    name, hashes = match["name"], sorted(re.findall(r"--hash=(\w+:\w+)", block))
    native: dict[str, Any] = {"hashes": hashes}
    if match["marker"]:
        native["marker"] = match["marker"].strip()
    if name in asked:
        native["asked"] = range_of(asked[name])
        if asked[name].extras:
            native["extras"] = sorted(asked[name].extras)
    digest = _digest(hashes)
    needed = tuple(sorted(requires.get(name, ())))
    return Pin("pypi", name, match["version"], "pypi", digest, needed, native)


def _digest(hashes: Sequence[str]) -> str:
    """The hash of a pin: that of the hashes of its files, for none of them is the only one."""
    return "sha256:" + hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()


def _parents(block: str) -> Iterator[str]:
    found = re.search(r"# via (.+)", block)
    for parent in found[1].split(", ") if found else ():
        if not parent.startswith("-"):
            yield parent.partition("[")[0].strip()


def _install(pins: Sequence[Pin], folder: Path) -> None:
    lines, wheels = [], []
    for pin in pins:
        hashes = pin.native["hashes"]
        if _digest(hashes) != pin.hash:
            raise LockError(f"{pin.label}: {_APART}", file="polyhy.lock")
        lines.append(" ".join([f"{pin.name}=={pin.version}", *(f"--hash={h}" for h in hashes)]))
        built = "asked" in pin.native or _builds(pin.name)
        wheels += [] if built else [f"--only-binary={pin.name}"]
    file = folder.with_suffix(".txt")
    file.write_text("\n".join(lines), "utf-8")
    target = ["--target", str(folder), "--requirement", str(file)]
    specs = [Spec("pypi", pin.name, f"=={pin.version}") for pin in pins]
    uv.run([*_INSTALL, *wheels, *target], specs, policy().root)


def _builds(name: str, asked: Container[str] = ()) -> bool:
    """Whether the source of a package may run what it likes, to be built."""
    return name in asked or named("pypi", name, policy().scripts)


def _recorded(info: Path) -> list[str]:
    """The files that a distribution recorded as its own, in the folder it was installed into."""
    with (info / "RECORD").open(encoding="utf-8", newline="") as stream:
        paths = [PurePosixPath(row[0]) for row in csv.reader(stream) if row]
    return ["/".join(part for part in path.parts if part != "..") for path in paths]


def _move(files: Sequence[str], at: Path, to: Path) -> None:
    to.mkdir()
    for name in files:
        if (at / name).is_file():  # two may record the same file: the first has it
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            (at / name).rename(to / name)


def _young() -> list[str]:
    """What leaves out versions that are too young, as the project's policy has it."""
    if not policy().before or named("pypi", "*", policy().ageless):
        return []
    late = [name.removeprefix("pypi:") for name in policy().ageless if name.startswith("pypi:")]
    flags = [f"--exclude-newer-package={name}=9999-01-01T00:00:00Z" for name in late]
    return [f"--exclude-newer={policy().before}", *flags]


def _locked(pin: Pin) -> str:
    """A pin as a line of requirements.txt."""
    return " \\\n    ".join([_line(pin), *(f"--hash={each}" for each in pin.native["hashes"])])


def _line(pin: Pin) -> str:
    marker = pin.native.get("marker")
    return f"{pin.name}=={pin.version}" + (f" ; {marker}" if marker else "")
