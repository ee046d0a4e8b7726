"""Lisp modules of others: a folder, a Git repository or a wheel that holds Hy, and what it needs.

The manifest says where each is; `polyhy add ./tools` writes it so:

    [tool.polyhy.dependencies.lisp]
    my-tools = "path:../my-tools"
    grammars = "git+https://example.org/grammars.git@v2"
    shapes = "wheel:dist/shapes-1.0-py3-none-any.whl"

Its files are locked by their hash, a repository by its commit, and what its `module` forms require
comes into the lock of the project that adds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from polyhy import store
from polyhy.ecosystem import Ecosystem, Info, Tool, lay
from polyhy.errors import SpecError, Tampered, UnknownPackage
from polyhy.policy import policy
from polyhy.spec import Pin, Spec

from . import sources
from .sources import Source


class Lisp(Ecosystem):
    """`lisp:my-tools`. A pin's native part: what it brings of other ecosystems, and its commit."""

    name = "lisp"
    purl_type = "generic"
    bridge = "python"
    native: ClassVar = {"source": str, "brings": list, "commit": str}
    required = ("source",)

    def resolve(self, specs: Sequence[Spec], locked: Sequence[Pin]) -> list[Pin]:
        return [self._pin(spec, locked) for spec in specs]

    def fetch(self, pins: Sequence[Pin], into: Path) -> Mapping[Pin, Path]:
        fetched = {}
        for number, pin in enumerate(pins):
            fetched[pin] = into / f"package-{number}"
            with sources.opened(
                pin.native["source"], _root(), pin.native.get("commit", "")
            ) as found:
                sources.copy(found.folder, fetched[pin])
            if store.tree_hash(fetched[pin]) != pin.hash:
                raise Tampered(what=pin.label, expected=pin.hash, hint="run: polyhy sync")
        return fetched

    def link(self, stored: Mapping[Pin, Path], env: Path) -> None:
        for pin, folder in stored.items():
            lay(folder, env)
            sources.describe(pin.name, pin.version, folder, env)

    def claims(self, text: str, root: Path) -> Spec | None:
        """`./folder`, `git+https://…@rev` and `some.whl`, whatever they are called inside."""
        source = sources.source(text, root)
        if source is None:
            return None
        with sources.opened(source, root) as found:
            return Spec(self.name, found.name, source)

    def answers(self, spec: Spec, pin: Pin) -> bool:
        return spec.name == pin.name and spec.version in (
            "",
            "*",
            pin.version,
            pin.native["source"],
        )

    def info(self, spec: Spec) -> Info | None:
        """There is no registry of Lisp: nothing has a name alone."""
        raise UnknownPackage(ecosystem=self.name, name=spec.name, origin_of_name="the command")

    def brings(self, pin: Pin) -> list[Spec]:
        return [Spec.parse(text) for text in pin.native.get("brings", ())]

    def changed(self, pin: Pin) -> bool:
        """True where the files of a folder or a wheel are no longer those that were locked.

        Where it is gone, as on a machine that has a bundle of it, what was locked will do.
        """
        if pin.native["source"].startswith("git+"):
            return False
        try:
            with sources.opened(pin.native["source"], _root()) as found:
                return sources.tree_hash(found.folder) != pin.hash
        except UnknownPackage:
            return False

    def tools(self) -> list[Tool]:
        need = "Lisp modules in repositories are fetched by it"
        return [Tool("git", sources.git_version(), need, "apt-get install git")]

    def _pin(self, spec: Spec, locked: Sequence[Pin]) -> Pin:
        if not spec.version.startswith(sources.KINDS):
            raise SpecError("it does not say where it is", spec=str(spec), hint=_WHERE)
        same = (p for p in locked if p.name == spec.name and p.native["source"] == spec.version)
        commit = next((p.native.get("commit", "") for p in same), "")
        with sources.opened(spec.version, _root(), commit) as found:
            return _pinned(spec, found)


def _pinned(spec: Spec, found: Source) -> Pin:
    native: dict[str, object] = {"source": spec.version}
    if brings := sorted({str(each) for module in found.modules for each in module.requires}):
        native["brings"] = brings
    if found.commit:
        native["commit"] = found.commit
    digest = sources.tree_hash(found.folder)
    return Pin("lisp", spec.name, found.version, "generic", digest, (), native, found.licence)


def _root() -> Path:
    return Path(policy().root or ".")


_WHERE = 'write "path:../tools", "git+https://…@rev" or "wheel:dist/tools-1.0-py3-none-any.whl"'
