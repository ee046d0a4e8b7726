"""Modules: finds the file that a name means, and gives modules.js its text when it is required."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from polyhy.errors import NotInstalled
from polyhy.values import Lent

from . import sources, stacks
from .engine import core, script
from .errors import engine_error
from .guest import Guest
from .packages import File, Packages

_PACKAGED = {
    "@pkgjs/parseargs": "@pkgjs/parseargs",
    "assert": "assert/",
    "buffer": "buffer/",
    "crypto-browserify": "crypto-browserify",
    "events": "events/",
    "node-inspect-extracted": "node-inspect-extracted",
    "path": "path/",
    "path-browserify": "path-browserify",
    "punycode": "punycode/",
    "querystring-es3": "querystring-es3",
    "readable-stream": "readable-stream/lib/ours/browser.js",
    "string_decoder": "string_decoder/",
    "undici/fetch": "undici/lib/web/fetch/index.js",
    "undici/formdata": "undici/lib/web/fetch/formdata.js",
    "undici/headers": "undici/lib/web/fetch/headers.js",
    "undici/request": "undici/lib/web/fetch/request.js",
    "undici/response": "undici/lib/web/fetch/response.js",
    "url": "url/",
    "util": "util/",
    "web-streams-polyfill": "web-streams-polyfill",
    "whatwg-url": "whatwg-url",
}
"""The room's own packages that the scripts in node/ stand on; a slash where node has that name."""

_HEAD = "(function (exports, require, module, __filename, __dirname, __meta_url, __esm) {"
_HEAD_OF_ESM = _HEAD.replace("__filename, __dirname", "__meta_filename, __meta_dirname")


class Modules:
    """One life's modules: each file runs once."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._places: list[Packages] = []
        self._tools: Packages | None = None
        self._scripts = _scripts()
        guest.extend("builtins.js")
        guest.extend("modules.js")
        guest.ask("modules", Lent(_Loader(self)))

    def search(self, paths: Sequence[Path]) -> None:
        """Look for packages under each path's node_modules; its `tools` hold the room's own."""
        for path in paths:
            if all(path.resolve() != place.root for place in self._places):
                tools = path / "tools"
                self._places.insert(0, Packages(path, tools))
                self._tools = Packages(tools, tools, "browser,main")

    def load(self, module: str) -> tuple[Any, Any]:
        """The exports of a module, and its default export."""
        file = self._own(module) if sources.is_path(module) else self._installed(module)
        exports = self._guest.ask("exports", file)
        return exports, self._guest.ask("default", exports)

    def packaged(self, name: str) -> str | None:
        """The file of one of the room's own packages; None where they are not installed."""
        if self._tools is None or not self._tools.has(_PACKAGED[name]):
            return None
        self._tools.learn([*_PACKAGED.values()])
        return self._tools.entry(_PACKAGED[name])

    def script(self, name: str) -> bool:
        """Leave in the guest what a script of node/ evaluates to, if there is one."""
        file = name.replace("/", "_")
        if file not in self._scripts:
            return False
        self._guest._part("compiled")(script(f"node/{file}.js"))
        return True

    def resolve(self, origin: str, spec: str) -> str:
        """What a name that esbuild did not see (`require(computed)`) means in the file `origin`."""
        if sources.is_path(spec):
            return sources.existing(os.path.join(os.path.dirname(origin), spec)) or ""
        for place in self._places:
            if place.has(spec):
                return place.entry(spec)
        return ""

    def file(self, path: str) -> File:
        for place in [*self._places, *([self._tools] if self._tools else [])]:
            if place.knows(path):
                return place.file(path)
        return sources.file(path, self._tools)

    def compile(self, path: str, text: str, head: str = _HEAD) -> None:
        """Compile a module's text as node does, and leave the function in the guest."""
        if text.startswith("#!"):
            text = "//" + text
        stacks.compiled(path, len(head))
        try:
            function = core().eval(f"{head}{text}\n}})", {"filename": path, "lineno": 1})
        except Exception as error:
            raise engine_error(error) from None
        self._guest._part("compiled")(function)

    def _installed(self, module: str) -> str:
        for place in self._places:
            if place.has(module):
                return place.entry(module)
        raise NotInstalled(spec=f"npm:{module}")

    def _own(self, module: str) -> str:
        found = sources.existing(os.path.abspath(module))
        if found is None:
            raise NotInstalled(f"there is no file {module}", spec=module, hint="check the path")
        return found


class _Loader:
    """What modules.js asks."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules

    def read(self, path: str) -> list[Any]:
        file = self._modules.file(path)
        if path.endswith(".node"):
            return ["native", "", file.imports]
        source = file.text.read_text(encoding="utf-8", errors="replace")
        if path.endswith(".json"):
            return ["json", source.removeprefix("\ufeff"), file.imports]
        stacks.mapped(path, file.map)
        self._modules.compile(path, source, _HEAD_OF_ESM if file.esm else _HEAD)
        return ["esm" if file.esm else "script", "", file.imports]

    def resolve(self, origin: str, spec: str) -> str:
        return self._modules.resolve(origin, spec)

    def packaged(self, name: str) -> str | None:
        return self._modules.packaged(name)

    def script(self, name: str) -> bool:
        return self._modules.script(name)


def _scripts() -> frozenset[str]:
    """The names of the scripts in node/."""
    folder = files("polyhy.bridges.js").joinpath("node")
    names = (each.name for each in folder.iterdir())
    return frozenset(name.removesuffix(".js") for name in names if name.endswith(".js"))
