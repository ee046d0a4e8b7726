"""Modules: finds the file that a name means, and gives modules.js its text when it is required."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from polyhy.errors import NotInstalled
from polyhy.values import Lent

from .engine import core
from .errors import engine_error
from .guest import Guest
from .packages import File, Packages

_BUILT_IN = {
    "assert": "assert/",
    "buffer": "buffer/",
    "events": "events/",
    "os": "os-browserify/browser",
    "path": "path-browserify",
    "punycode": "punycode/",
    "querystring": "querystring-es3",
    "stream": "stream-browserify",
    "string_decoder": "string_decoder/",
    "util": "util/",
    "zlib": "browserify-zlib",
    "url/legacy": "url/",
    "url/standard": "whatwg-url",
}
"""Node's built-ins that the room's own packages stand in for."""

_HEAD = "(function (exports, require, module, __filename, __dirname, __meta_url, __esm) {"
_ENDINGS = ("", ".js", ".cjs", ".mjs", ".json", "/index.js")


class Modules:
    """One life's modules: each file runs once."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._places: list[Packages] = []
        self._tools: Packages | None = None
        guest.extend("builtins.js")
        guest.extend("modules.js")
        guest.ask("modules", Lent(_Loader(self)))

    def search(self, paths: Sequence[Path]) -> None:
        """Look for packages under each path's node_modules; its `tools` hold the room's own."""
        for path in paths:
            if all(path.resolve() != place.root for place in self._places):
                tools = path / "tools"
                self._places.insert(0, Packages(path, tools))
                self._tools = Packages(tools, tools)

    def load(self, module: str) -> tuple[Any, Any]:
        """The exports of a module, and its default export."""
        file = self._own(module) if _is_path(module) else self._installed(module)
        return self._guest.ask("exports", file), self._guest.ask("default", file)

    def built_in(self, name: str) -> str | None:
        """The file that stands in for one of node's built-ins."""
        module = _BUILT_IN.get(name)
        return self._tools.entry(module) if module and self._tools else None

    def resolve(self, origin: str, spec: str) -> str:
        """What a name that esbuild did not see (`require(computed)`) means in the file `origin`."""
        if _is_path(spec):
            return _existing(os.path.join(os.path.dirname(origin), spec)) or ""
        for place in self._places:
            if place.has(spec):
                return place.entry(spec)
        return ""

    def file(self, path: str) -> File:
        places = [*self._places, *([self._tools] if self._tools else [])]
        for place in places:
            if path in place._files:
                return place.file(path)
        return File(Path(path), {})

    def compile(self, path: str, text: str) -> None:
        """Compile a module's text as node does, and leave the function in the guest."""
        if text.startswith("#!"):
            text = "//" + text
        try:
            function = core().eval(f"{_HEAD}{text}\n}})", {"filename": path, "lineno": 1})
        except Exception as error:
            raise engine_error(error) from None
        self._guest._part("compiled")(function)

    def _installed(self, module: str) -> str:
        for place in self._places:
            if place.has(module):
                return place.entry(module)
        raise NotInstalled(spec=f"npm:{module}")

    def _own(self, module: str) -> str:
        found = _existing(os.path.abspath(module))
        if found is None:
            raise NotInstalled(f"there is no file {module}", spec=module, hint="check the path")
        return found


class _Loader:
    """What modules.js asks."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules

    def read(self, path: str) -> list[Any]:
        text, imports, esm = self._modules.file(path)
        source = text.read_text(encoding="utf-8", errors="replace")
        if path.endswith(".json"):
            return ["json", source, imports]
        if path.endswith(".node"):
            return ["native", "", imports]
        self._modules.compile(path, source)
        return ["esm" if esm else "script", "", imports]

    def resolve(self, origin: str, spec: str) -> str:
        return self._modules.resolve(origin, spec)

    def builtin(self, name: str) -> str | None:
        return self._modules.built_in(name)


def _is_path(module: str) -> bool:
    return module.startswith(("./", "../", "/")) or os.path.isabs(module)


def _existing(path: str) -> str | None:
    return next((path + e for e in _ENDINGS if os.path.isfile(path + e)), None)
