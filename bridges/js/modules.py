"""Modules: finds the file that a name means, and gives modules.js its text when it is required."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from polyhy.errors import NotInstalled
from polyhy.values import Lent

from . import imports, sources, stacks, tasks
from .convert import AWAITS
from .engine import core, script
from .engine_guest import EngineGuest
from .errors import engine_error
from .jobs import LOOP
from .packages import File, Packages

_PACKAGED = {
    "@pkgjs/parseargs": "@pkgjs/parseargs",
    "acorn": "acorn",
    "assert": "assert/",
    "buffer": "buffer/",
    "crypto-browserify": "crypto-browserify",
    "events": "events/",
    "http-parser-js": "http-parser-js",
    "node-inspect-extracted": "node-inspect-extracted",
    "path": "path/",
    "path-browserify": "path-browserify",
    "process": "process/",
    "punycode": "punycode/",
    "querystring-es3": "querystring-es3",
    "readable-stream": "readable-stream/lib/ours/browser.js",
    "string_decoder": "string_decoder/",
    "undici/events": "undici/lib/web/websocket/events.js",
    "undici/fetch": "undici/lib/web/fetch/index.js",
    "undici/formdata": "undici/lib/web/fetch/formdata.js",
    "undici/headers": "undici/lib/web/fetch/headers.js",
    "undici/request": "undici/lib/web/fetch/request.js",
    "undici/response": "undici/lib/web/fetch/response.js",
    "undici/websocket": "undici/lib/web/websocket/websocket.js",
    "url": "url/",
    "util": "util/",
    "web-streams-polyfill": "web-streams-polyfill",
    "whatwg-url": "whatwg-url",
}
"""The room's own packages that the scripts in node/ stand on; a slash where node has that name."""

_HEAD = "(function (exports, require, module, __filename, __dirname, __meta, __esm) {"
_HEAD_OF_ESM = _HEAD.replace("__filename, __dirname", "__not_filename, __not_dirname")
_HEADS = {"script": _HEAD, "esm": _HEAD_OF_ESM, "awaits": f"(async {_HEAD_OF_ESM[1:]}"}


class Modules:
    """One life's modules: each file runs once."""

    def __init__(self, guest: EngineGuest) -> None:
        self._guest = guest
        self._places: list[Packages] = []
        self._tools: Packages | None = None
        self._scripts = _scripts()
        guest.extend("builtins.js")
        guest.extend("modules.js")
        guest.ask("modules", Lent(_Loader(self)))
        imports.serve(guest._part("imported"))

    def search(self, paths: Sequence[Path]) -> None:
        """Look for packages under each path's node_modules; its `tools` hold the room's own."""
        for path in paths:
            if all(path.resolve() != place.root for place in self._places):
                tools = path / "tools"
                self._places.insert(0, Packages(path, tools))
                self._tools = Packages(tools, tools, "browser,main")

    def load(self, module: str) -> tuple[Any, Any]:
        """The exports of a module, and its default export."""
        if module.startswith("node:"):
            file = module
        else:
            file = self._own(module) if sources.is_path(module) else self._installed(module)
        exports = self._guest.ask("exports", file)
        return exports, self._guest.ask("default", exports)

    def packaged(self, name: str) -> str | None:
        """The file of one of the room's own packages; None where they are not installed."""
        tools = self._tools
        here = [each for each in _PACKAGED.values() if tools and tools.has(each)]
        if tools is None or _PACKAGED[name] not in here:
            return None
        tools.learn(here)
        return tools.entry(_PACKAGED[name])

    def script(self, name: str) -> bool:
        """Leave in the guest what a script of node/ evaluates to, if there is one."""
        file = name.replace("/", "_")
        if file not in self._scripts:
            return False
        self._guest._part("compiled")(script(f"node/{file}.js"))
        return True

    def resolve(self, origin: str, spec: str) -> str:
        """What a name that esbuild did not see (`require(computed)`) means in the file `origin`."""
        if spec.startswith("file:"):
            spec = url2pathname(urlsplit(spec).path)
        if sources.is_path(spec):
            return sources.existing(os.path.join(os.path.dirname(origin), spec)) or ""
        inner = sources.internal(origin, spec)
        if inner is not None:
            return self.resolve(origin, inner)
        for place in self._places:
            if place.has(spec):
                return place.entry(spec, Path(origin))
        return ""

    def wait(self, settled: Callable[[], bool]) -> None:
        """Serve jobs and timers until `settled()`, or until nothing is left."""
        LOOP.run(settled)
        if not settled():
            tasks.serve()

    def file(self, path: str) -> File:
        for place in [*self._places, *([self._tools] if self._tools else [])]:
            if place.knows(path):
                return place.file(path)
        return sources.file(path, self._tools)

    def compile(self, path: str, text: str, head: str) -> None:
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
        kind = "awaits" if source.endswith(AWAITS) else "esm" if file.esm else "script"
        self._modules.compile(path, source, _HEADS[kind])
        return [kind, "", file.imports]

    def resolve(self, origin: str, spec: str) -> str:
        return self._modules.resolve(origin, spec)

    def packaged(self, name: str) -> str | None:
        return self._modules.packaged(name)

    def wait(self, settled: Any) -> None:
        self._modules.wait(settled)

    def script(self, name: str) -> bool:
        return self._modules.script(name)

    def folder(self) -> str:
        return os.getcwd()


def _scripts() -> frozenset[str]:
    """The names of the scripts in node/."""
    folder = files("polyhy.bridges.js").joinpath("node")
    names = (each.name for each in folder.iterdir())
    return frozenset(name.removesuffix(".js") for name in names if name.endswith(".js"))
