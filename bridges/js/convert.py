"""Files of ESM, TypeScript or JSX as CommonJS, by esbuild, each with its source map beside it.

esbuild has no CommonJS for a module that awaits at its top. Such an `await` is hidden from it as an
operator of the same rank, and is there again in what it made, which runs in an async function.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from . import esbuild

OPTIONS = (
    "--format=cjs",
    "--platform=node",
    "--target=firefox136",
    "--sourcemap=external",
    "--sources-content=false",
    "--supported:dynamic-import=false",
    "--define:import.meta=__meta",
)
AWAITS = "\n//# awaits at its top\n"
"""The end of a text whose function is async."""

# As node has it, the default export of a CommonJS module is its `exports`, marked or not; esbuild
# can't know that a module was ESM before it converted that one too.
_INTEROP = ("isNodeMode || !mod", "isNodeMode && !__esm(mod) || !mod")

_REFUSED = re.compile(
    r'ERROR\] Top-level await .*"cjs" output format\n\n {4}(\S.*):(\d+):(\d+):$', re.MULTILINE
)
_HIDDEN = "void void void void "
_FOR = re.compile(rb"((?:[\w$]+\s*:\s*)*)\bfor\s*\Z")
_CASE = re.compile(rb"\bcase\s[^;{}]*\Z")
_LOOP = re.compile(r"__each_\d+_\d+: for \(")
_LABELLED = re.compile(r"/\*! __each_\d+_\d+ \*/(\s*(?:[\w$]+:\s*)+)for \(")
_LITERAL = re.compile(
    rb"\s*((?:null|true|false|undefined|\d[\w.]*)(?![\w.])|\"[^\"\\]*\"|'[^'\\]*')(?!\s*(?:[.\[(`]|\?\.))"
)
_LOADERS = {".jsx": "--loader:.mjs=jsx", ".tsx": "--loader:.mts=tsx"}


def convert(
    tools: Path, folder: Path, targets: Mapping[Path, Path], options: Sequence[str] = ()
) -> None:
    """Write what esbuild makes of each source to its target, all of them or none."""
    for target in targets.values():
        target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=next(iter(targets.values())).parent) as work:
        awaiting = _run(tools, folder, list(targets), Path(work), options)
        made = [Path(work, f"{number}.js") for number in range(len(targets))]
        for source, text in zip(targets, made, strict=True):
            _finish(source, text, awaiting.get(source, set()))
        for text, target in zip(made, targets.values(), strict=True):
            os.replace(f"{text}.map", f"{target}.map")
            os.replace(text, target)


def _run(
    tools: Path, folder: Path, sources: Sequence[Path], work: Path, options: Sequence[str]
) -> dict[Path, set[tuple[int, int]]]:
    """Convert `sources` into `work`, by their numbers; where those await that do."""
    run = partial(esbuild.run, tools, folder, *OPTIONS, *options, f"--outdir={work}")
    done = run(*(f"{number}={path}" for number, path in enumerate(sources)))
    if not done.returncode:
        return {}
    awaiting, complaints = _places(done.stderr, folder), _REFUSED.sub("", done.stderr)
    if "ERROR]" in complaints:
        raise esbuild.failure(os.path.relpath(sources[0], folder), complaints, folder)
    read = [
        _hide(path, awaiting[path], work / f"source-{number}") if path in awaiting else path
        for number, path in enumerate(sources)
    ]
    loaders = [_LOADERS[path.suffix] for path in awaiting if path.suffix in _LOADERS]
    if run(*loaders, *(f"{number}={path}" for number, path in enumerate(read))).returncode:
        raise _refusal(*next(iter(awaiting.items())))
    return awaiting


def _refusal(source: Path, places: set[tuple[int, int]]) -> Exception:
    line, column = min(places)
    text = f"ERROR] Top-level await\n\n    {source}:{line}:{column}:"
    return esbuild.failure(source.name, text, source.parent)


def _places(text: str, folder: Path) -> dict[Path, set[tuple[int, int]]]:
    """Where esbuild says that each file awaits: lines from 1, columns in bytes from 0."""
    found: dict[Path, set[tuple[int, int]]] = {}
    for file, line, column in _REFUSED.findall(text):
        path = Path(os.path.normpath(folder / file))
        found.setdefault(path, set()).add((int(line), int(column)))
    return found


def _hide(source: Path, places: set[tuple[int, int]], stem: Path) -> Path:
    """A copy of `source` in which no `await` is seen at these places."""
    lines = source.read_bytes().split(b"\n")
    for line, column in sorted(places, reverse=True):
        text = lines[line - 1]
        before, after = text[:column], text[column:].removeprefix(b"await")
        if loop := _FOR.search(before):
            before = _mark(before, loop, b"__each_%d_%d" % (line, column))
        elif literal := _LITERAL.match(after):  # which esbuild would see through
            after = _HIDDEN.encode() + b"__settled(%s)%s" % (literal[1], after[literal.end() :])
        else:
            after = _HIDDEN.encode() + after
        lines[line - 1] = before + after
    typed = source.suffix in (".ts", ".tsx", ".mts")
    copy = stem.with_suffix(".mts" if typed else ".mjs")
    copy.write_bytes(b"\n".join(lines))
    return copy


def _mark(before: bytes, loop: re.Match[bytes], mark: bytes) -> bytes:
    """Mark a loop by a label; one that has labels by a comment, which esbuild keeps before it."""
    labels = loop[1]
    if labels and not labels.startswith(b"default") and not _CASE.search(before[: loop.start()]):
        return b"%s/*! %s */ %s" % (before[: loop.start()], mark, loop[0])
    return b"%s%s: %s" % (before[: loop.end(1)], mark, before[loop.end(1) :])


def _finish(source: Path, made: Path, places: set[tuple[int, int]]) -> None:
    """Import CommonJS as node does, and await again; an error if esbuild lost one of them."""
    text = made.read_text("utf-8").replace(*_INTEROP)
    if places:
        text, loops = _LOOP.subn("for await (", text)
        text, labelled = _LABELLED.subn(r"\1for await (", text)
        if text.count(_HIDDEN) + loops + labelled != len(places):
            raise _refusal(source, places)
        text = text.replace(f"{_HIDDEN}__settled(", "await (").replace(_HIDDEN, "await ")
        text += AWAITS
    made.write_text(text, "utf-8")
