"""What esbuild knows of packages: the file a name means, what it imports, ESM as CommonJS.

Each file is loaded once, whoever imports it, so packages share what they depend on; and none is
read before it is wanted. What esbuild said is kept beside the packages, in `cache/`.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from . import convert, esbuild

_LOADERS = (".node=empty", ".css=empty", ".wasm=binary", ".html=text", ".txt=text")
_FORM = 6  # of what is kept

_ABSENT = re.compile(r'Could not resolve "([^"]+)"')
_UNREADABLE = re.compile(r"ERROR\] (.*)\n\n {4}(\S.*):\d+:\d+:$", re.MULTILINE)
_CERTAIN = ('Could not resolve "', "No matching export")
"""What node refuses, too, when it links a module."""


class File(NamedTuple):
    """A file as a module: where its text is, what each of its imports means, and if it was ESM.

    `map` is the source map of a text that was made of another.
    """

    text: Path
    imports: dict[str, str]
    esm: bool = False
    map: Path | None = None


class Packages:
    """The packages under `root/node_modules`, by the esbuild in `tools`.

    `fields` are what says in a package.json which file the package is.
    """

    def __init__(self, root: Path, tools: Path, fields: str = "main,module") -> None:
        self.root = root.resolve()
        self.tools = tools
        self._fields = fields
        self._cache = self.root / "cache"
        self._files: dict[str, dict[str, Any]] = {}
        self._entries: dict[str, str] = {}
        self._recall()

    def has(self, module: str) -> bool:
        """True if the package that `module` belongs to is installed here."""
        return (self.root / "node_modules" / esbuild.package(module)).is_dir()

    def knows(self, path: str) -> bool:
        """True if `path` is one of the files that `entry` found, or that one of those imports."""
        return path in self._files

    def entry(self, module: str, origin: Path | None = None) -> str:
        """The file that `module` means: a package, a subpath of one, or a path.

        `origin` is the file that asks for it, where that is in a package.
        """
        folder = self._nearest(module, origin) if origin else self.root
        key = module if folder == self.root else f"{module} in {folder}"
        if key not in self._entries:
            self._learn([module], folder)
        return self._entries[key]

    def learn(self, modules: Sequence[str]) -> None:
        """Find out about many modules at once, which is quicker."""
        if missing := [module for module in modules if module not in self._entries]:
            self._learn(missing)

    def file(self, path: str) -> File:
        """How to load one of the files that are known."""
        known = self._files[path]
        if not known["converted"]:
            return File(Path(path), known["imports"])
        text = self._converted(path)
        return File(text, known["imports"], known["esm"], text.with_name(f"{text.name}.map"))

    def _nearest(self, module: str, origin: Path) -> Path:
        """The folder whose node_modules has what `module` means in the file `origin`."""
        package = esbuild.package(module)
        inner = (p for p in origin.parents if self.root in p.parents)
        return next((p for p in inner if (p / "node_modules" / package).is_dir()), self.root)

    def _learn(self, modules: Sequence[str], folder: Path | None = None) -> None:
        """Ask esbuild about `modules` and all they reach, and convert what is not CommonJS."""
        folder = folder or self.root
        inputs = self._inputs(modules, folder)
        asked = inputs.pop("<stdin>")["imports"]
        found = {str((folder / name).resolve()): each for name, each in inputs.items()}
        files = {path: self._describe(folder, path, each) for path, each in found.items()}
        self._convert(
            [p for p, each in files.items() if each["converted"] and p not in self._files]
        )
        self._files.update(files)
        for target in asked:
            # What esbuild could not read has lost its name here.
            name = target["original"] if len(modules) > 1 else modules[0]
            key = name if folder == self.root else f"{name} in {folder}"
            self._entries[key] = str((folder / target["path"]).resolve())
        self._remember()

    def _inputs(self, modules: Sequence[str], folder: Path) -> dict[str, Any]:
        """The inputs of a bundle of `modules`: as CommonJS sees them or, if not so, as ESM does."""
        texts = [json.dumps(module) for module in modules]
        absent: set[str] = set()
        failed = ""
        for form in ("require({})", "import {}"):
            for _ in range(8):
                done = self._bundle(";".join(map(form.format, texts)), absent, folder)
                if isinstance(done, dict):
                    return done
                failed = done
                lacking = _lacking(failed, folder) - {*absent, *modules}
                if not lacking:
                    break
                absent |= lacking
        raise esbuild.failure(modules[0], failed, folder)

    def _bundle(self, statement: str, absent: set[str], folder: Path) -> dict[str, Any] | str:
        with tempfile.TemporaryDirectory() as out:
            meta = Path(out, "meta.json")
            done = esbuild.run(
                self.tools,
                folder,
                "--bundle",
                "--format=esm",  # in which modules may await at their top
                "--platform=node",
                "--conditions=node",  # and not `module`, which only bundlers know
                f"--main-fields={self._fields}",
                f"--metafile={meta}",
                f"--outfile={out}/out.js",
                *(f"--loader:{loader}" for loader in _LOADERS),
                *(f"--external:{name}" for name in sorted(absent)),
                text=statement,
            )
            if done.returncode:
                return done.stderr
            inputs = json.loads(meta.read_text())["inputs"]
            for each in inputs["<stdin>"]["imports"]:  # of what is left out: as seen from `out`
                each["path"] = os.path.join(out if each.get("external") else "", each["path"])
            return inputs

    def _describe(self, folder: Path, path: str, each: dict[str, Any]) -> dict[str, Any]:
        imports = {}
        lazy = False
        for one in each["imports"]:
            lazy = lazy or one["kind"] == "dynamic-import"
            if not one.get("external"):
                imports[one["original"]] = str((folder / one["path"]).resolve())
        esm = each.get("format") == "esm" and not path.endswith(".json")
        return {"imports": imports, "converted": lazy or esm, "esm": esm}

    def _convert(self, paths: list[str]) -> None:
        if paths:
            self._folder(self._cache)
            convert.convert(self.tools, self.root, {Path(p): self._converted(p) for p in paths})

    def _converted(self, path: str) -> Path:
        return self._cache / "esm" / f"{os.path.relpath(path, self.root)}.js"

    # --- what is kept

    def _recall(self) -> None:
        try:
            kept = json.loads((self._cache / "graph.json").read_text())
        except (OSError, ValueError):
            return
        if (kept.get("form"), kept.get("root")) == (_FORM, str(self.root)):
            self._files, self._entries = kept["files"], kept["entries"]

    def _remember(self) -> None:
        kept = {"form": _FORM, "root": str(self.root), "files": self._files}
        kept["entries"] = self._entries
        with tempfile.NamedTemporaryFile("w", dir=self._folder(self._cache), delete=False) as out:
            json.dump(kept, out)
        os.replace(out.name, self._cache / "graph.json")

    def _folder(self, path: Path) -> Path:
        path.mkdir(parents=True, exist_ok=True)
        return path


def _lacking(failed: str, folder: Path) -> set[str]:
    """Optional dependencies and unreadable files: an error where a script asks for one."""
    lacking = set(_ABSENT.findall(failed))
    for reason, file in _UNREADABLE.findall(failed):
        if file != "<stdin>" and not reason.startswith(_CERTAIN):
            lacking.add(os.path.normpath(folder / file))
    return lacking
