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

from . import esbuild

_LOADERS = (".node=empty", ".css=empty", ".wasm=binary", ".html=text", ".txt=text")
_FORM = 5  # of what is kept


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

    def entry(self, module: str) -> str:
        """The file that `module` means: a package, a subpath of one, or a path."""
        if module not in self._entries:
            self._learn([module])
        return self._entries[module]

    def learn(self, modules: Sequence[str]) -> None:
        """Find out about many modules at once, which is quicker."""
        if missing := [module for module in modules if module not in self._entries]:
            self._learn(missing)

    def file(self, path: str) -> File:
        """How to load one of the files that are known."""
        known = self._files[path]
        if not known["converted"]:
            return File(Path(path), known["imports"])
        text = self._cache / "esm" / (os.path.relpath(path, self.root) + ".js")
        return File(text, known["imports"], known["esm"], text.with_name(f"{text.name}.map"))

    def _learn(self, modules: Sequence[str]) -> None:
        """Ask esbuild about `modules` and all they reach, and convert what is not CommonJS."""
        inputs = self._inputs(modules)
        found = {
            str((self.root / name).resolve()): each
            for name, each in inputs.items()
            if name != "<stdin>"
        }
        files = {path: self._describe(path, each) for path, each in found.items()}
        self._convert(
            [p for p, each in files.items() if each["converted"] and p not in self._files]
        )
        self._files.update(files)
        for target in inputs["<stdin>"]["imports"]:
            self._entries[target["original"]] = str((self.root / target["path"]).resolve())
        self._remember()

    def _inputs(self, modules: Sequence[str]) -> dict[str, Any]:
        """The inputs of a bundle of `modules`: as CommonJS sees them or, if not so, as ESM does."""
        texts = [json.dumps(module) for module in modules]
        missing: set[str] = set()
        failed = ""
        for form in ("require({})", "import {}"):
            for _ in range(8):
                done = self._bundle(";".join(map(form.format, texts)), missing)
                if isinstance(done, dict):
                    return done
                failed = done
                lacking = set(re.findall(r'Could not resolve "([^"]+)"', failed))
                lacking -= {*missing, *modules}
                if not lacking:
                    break
                missing |= lacking  # optional dependencies: an error when the script asks for them
        raise esbuild.failure(modules[0], failed, self.root)

    def _bundle(self, statement: str, missing: set[str]) -> dict[str, Any] | str:
        with tempfile.TemporaryDirectory() as folder:
            meta = Path(folder, "meta.json")
            done = esbuild.run(
                self.tools,
                self.root,
                "--bundle",
                "--platform=node",
                "--conditions=node",  # and not `module`, which only bundlers know
                f"--main-fields={self._fields}",
                f"--metafile={meta}",
                f"--outfile={folder}/out.js",
                *(f"--loader:{loader}" for loader in _LOADERS),
                *(f"--external:{name}" for name in sorted(missing)),
                text=statement,
            )
            return done.stderr if done.returncode else json.loads(meta.read_text())["inputs"]

    def _describe(self, path: str, each: dict[str, Any]) -> dict[str, Any]:
        imports = {}
        lazy = False
        for one in each["imports"]:
            lazy = lazy or one["kind"] == "dynamic-import"
            if not one.get("external"):
                imports[one["original"]] = str((self.root / one["path"]).resolve())
        esm = each.get("format") == "esm" and not path.endswith(".json")
        return {"imports": imports, "converted": lazy or esm, "esm": esm}

    def _convert(self, paths: list[str]) -> None:
        if not paths:
            return
        with tempfile.TemporaryDirectory(dir=self._folder(self._cache)) as folder:
            named = [f"{number}={path}" for number, path in enumerate(paths)]
            out = f"--outdir={folder}"
            done = esbuild.run(self.tools, self.root, *esbuild.CONVERT, out, *named)
            if done.returncode:
                raise esbuild.failure(os.path.relpath(paths[0], self.root), done.stderr, self.root)
            for number, path in enumerate(paths):
                target = self._cache / "esm" / f"{os.path.relpath(path, self.root)}.js"
                self._folder(target.parent)
                made = Path(folder, f"{number}.js")
                esbuild.finish(made)
                os.replace(f"{made}.map", f"{target}.map")
                os.replace(made, target)

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
