"""What runs while a program is compiled: a namespace per target, and the files it writes."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from polyhy import store

_namespaces: WeakKeyDictionary[ModuleType, dict[str, Namespace]] = WeakKeyDictionary()


class StaleOutput(UserWarning):
    """A file that `meta` wrote is not what it would write now."""


class Namespace(ModuleType):
    """The variables and macros of one target's `meta` blocks in one file.

    In it are `target`; `cache`, a dict; `here`, the folder of the file; `read` and `write`.
    """

    def __init__(self, target: str, folder: Path) -> None:
        super().__init__(f"{target}.macros")
        self.here, self.target = folder, target
        self.cache: dict[str, Any] = {}
        self.read, self.write = self._read, self._write
        self._inputs: dict[str, str] = {}
        self._outputs: dict[str, str] = {}

    def _read(self, name: str) -> str:
        """Read a file beside the program. When it changes, what was written is stale."""
        text = (self.here / name).read_text("utf-8")
        self._inputs[name] = _hash(text.encode())
        return text

    def _write(self, name: str, text: str) -> str:
        """Write a file beside the program, whole or not at all; return its name."""
        data = text.encode()
        self._outputs[name] = _hash(data)
        place = self.here / name
        if not place.is_file() or place.read_bytes() != data:
            place.parent.mkdir(parents=True, exist_ok=True)
            store.write(place, text)
        return name

    @property
    def record(self) -> tuple[dict[str, str], dict[str, str]]:
        """The hashes of what was read and of what was written."""
        return self._inputs, self._outputs


def namespace(module: ModuleType, target: str, filename: str) -> Namespace:
    """The namespace of a target in a file, kept from one `meta` to the next."""
    found = _namespaces.setdefault(module, {})
    if target not in found:
        file = Path(filename)
        folder = file.absolute().parent if file.is_file() else Path.cwd()
        found[target] = Namespace(target, folder)
    return found[target]


def run(
    module: ModuleType, target: str, forms: Sequence[Any], filename: str, source: str = ""
) -> Namespace:
    """Run forms in a target's namespace."""
    import hy
    from hy.compiler import hy_eval
    from hy.macros import require

    space = namespace(module, target, filename)
    if not hasattr(space, "_hy_macros"):
        require("polyhy", space, assignments="EXPORTS")
        space.__dict__["hy"] = hy  # what macros expand to names it
    for form in forms:
        hy_eval(
            form,
            space.__dict__,
            module=space,
            filename=filename,
            source=source,
            import_stdlib=False,
        )
    return space


def check_built(inputs: Mapping[str, str], outputs: Mapping[str, str]) -> None:
    """Warn of files that are not what they were when the program was compiled."""
    file = sys._getframe(1).f_globals.get("__file__")
    folder = Path(file).absolute().parent if file else Path.cwd()
    for name, known in {**inputs, **outputs}.items():
        place = folder / name
        if not place.is_file() or _hash(place.read_bytes()) != known:
            what = "changed since" if name in inputs else "is not what was written when"
            text = f"{place} {what} {file or 'this program'} was compiled: compile it again"
            warnings.warn(text, StaleOutput, stacklevel=2)


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]
