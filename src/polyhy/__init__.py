"""polyhy: a Lisp from which every other language is a library.

>>> import polyhy
>>> polyhy.evaluate("js", "(x) => x + 1")(1)
2
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from polyhy import errors

if TYPE_CHECKING:
    from polyhy.guests.host import evaluate
    from polyhy.guests.namespace import import_from
    from polyhy.proxy import by_ref, data, limited
    from polyhy.values import null, undefined

__all__ = ["by_ref", "data", "errors", "evaluate", "import_from", "limited", "null", "undefined"]

_LAZY = {
    "by_ref": "polyhy.proxy",
    "data": "polyhy.proxy",
    "MetaObject": "polyhy.guests.messages",
    "check_built": "polyhy.sessions.meta",
    "each_async": "polyhy.coroutines",
    "emitted": "polyhy.guests.runtime",
    "entered_async": "polyhy.coroutines",
    "evaluate": "polyhy.guests.host",
    "filled": "polyhy.guests.host",
    "finish": "polyhy.coroutines",
    "import_from": "polyhy.guests.namespace",
    "leaks": "polyhy.lifetimes",
    "limited": "polyhy.proxy",
    "meta_object": "polyhy.guests.messages",
    "null": "polyhy.values",
    "receive_json": "polyhy.guests.messages",
    "runtime_dispatch": "polyhy.guests.runtime",
    "runtimes": "polyhy.guests.runtime",
    "scope": "polyhy.lifetimes",
    "send_json": "polyhy.guests.messages",
    "start_runtime": "polyhy.guests.runtime",
    "stop_runtime": "polyhy.guests.runtime",
    "undefined": "polyhy.values",
}


_NAMES = {"start_runtime": "start", "stop_runtime": "stop"}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'polyhy' has no attribute {name!r}")
    import importlib

    value = globals()[name] = getattr(importlib.import_module(_LAZY[name]), _NAMES.get(name, name))
    return value


class _Ecosystems:
    """The last finder that Python asks: `polyhy.npm` is no file, so `namespace` makes it."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> Any:
        if not name.startswith("polyhy."):
            return None
        from polyhy import plugins

        if name.split(".")[1] not in plugins.ecosystems():
            return None
        from polyhy.guests import namespace

        return namespace.find_spec(name)


class _Macros(Mapping[str, Any]):
    """What `(require polyhy *)` takes: the dialect, loaded when Hy first asks."""

    def _table(self) -> dict[str, Any]:
        from polyhy import macros

        return macros._hy_macros

    def __getitem__(self, name: str) -> Any:
        return self._table()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._table())

    def __len__(self) -> int:
        return len(self._table())


class _Readers(Mapping[str, Any]):
    """What `:readers *` takes: `#polyhy`, which reads as nothing and makes colons dots."""

    def __getitem__(self, name: str) -> Any:
        from polyhy import names

        names.teach()
        return {names.MARK: names.mark}[name]

    def __iter__(self) -> Iterator[str]:
        return iter(("polyhy",))

    def __len__(self) -> int:
        return 1


sys.meta_path.append(_Ecosystems)  # pyright: ignore[reportArgumentType]
_hy_macros = _Macros()
_hy_reader_macros = _Readers()
