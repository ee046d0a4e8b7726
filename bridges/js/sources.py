"""Files of the project's own: which one a path means, and TypeScript, JSX and ESM as CommonJS.

What esbuild makes of a file is kept in the cache by what it was made of, never beside it.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from polyhy.errors import MissingTool

from . import convert, resolution
from .packages import File, Packages

_SUFFIXES = (".js", ".ts", ".tsx", ".jsx", ".cjs", ".mjs", ".cts", ".mts", ".json")
_ENDINGS = ("", *_SUFFIXES, *(f"/index{suffix}" for suffix in _SUFFIXES))
_WRITTEN = {".js": (".ts", ".tsx"), ".mjs": (".mts",), ".cjs": (".cts",), ".jsx": (".tsx",)}
"""The file that TypeScript means by a name: `./a.js` where there is only `a.ts`."""

_CONVERTED = (".ts", ".tsx", ".jsx", ".mts", ".cts", ".mjs")
_COMMON = (".cjs", ".cts", ".json")
_ESM = re.compile(
    r"^\s*(?:import\b\s*[\w*{'\"]|export\b\s*[\w*{])|\bimport\s*\(|\bimport\.meta\b", re.M
)


def is_path(module: str) -> bool:
    return module in (".", "..") or module.startswith(("./", "../")) or os.path.isabs(module)


def existing(path: str) -> str | None:
    """The file that a path means, as node and TypeScript find it; None where there is none."""
    stem, suffix = os.path.splitext(path)
    candidates = [path + ending for ending in _ENDINGS]
    candidates += [stem + other for other in _WRITTEN.get(suffix, ())]
    found = next((each for each in candidates if os.path.isfile(each)), None)
    return os.path.normpath(found) if found else None


def internal(origin: str, name: str) -> str | None:
    """What a name inside its own package means there: `#name`, and the package's own."""
    kind = "import" if os.path.isfile(origin) and _is_esm(Path(origin)) else "require"
    return resolution.internal(origin, name, kind)


def file(path: str, tools: Packages | None) -> File:
    """How to load a file that belongs to no package."""
    source = Path(path)
    if not _is_converted(source):
        return File(source, {})
    if tools is None:
        need = f"{path} must be converted by it"
        raise MissingTool(tool="esbuild", need=need, command="polyhy add npm:esbuild")
    text = _converted(source, tools)
    return File(text, {}, _is_esm(source), text.with_name(f"{text.name}.map"))


def _is_converted(source: Path) -> bool:
    return source.suffix in _CONVERTED or (source.suffix == ".js" and _is_esm(source))


def _is_esm(source: Path) -> bool:
    if source.suffix in (".mjs", ".mts"):
        return True
    return source.suffix not in _COMMON and bool(_ESM.search(source.read_text("utf-8", "replace")))


def _converted(source: Path, tools: Packages) -> Path:
    """The CommonJS of a file, made anew where it or its tsconfig.json changed."""
    settings = next(
        (p / "tsconfig.json" for p in source.parents if (p / "tsconfig.json").is_file()), None
    )
    parts = (str(source).encode(), source.read_bytes(), settings.read_bytes() if settings else b"")
    digest = hashlib.sha256(b"\0".join((*parts, *map(str.encode, convert.OPTIONS)))).hexdigest()
    made = tools.root / "cache" / "own" / f"{source.stem}-{digest[:24]}.js"
    if not made.is_file():
        made.parent.mkdir(parents=True, exist_ok=True)
        options = (f"--tsconfig={settings}",) if settings else ("--jsx=automatic",)
        convert.convert(tools.tools, source.parent, {source: made}, options)
    return made
