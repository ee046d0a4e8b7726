"""What esbuild knows of packages: the file a name means, what it imports, ESM as CommonJS.

Each file is loaded once, whoever imports it, so packages share what they depend on; and none is
read before it is wanted. What esbuild said is kept beside the packages, in `cache/`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from polyhy.errors import GuestError, MissingTool, NoSuchFile, ToolFailed

_COMMON = ("--platform=node", "--log-level=error", "--log-limit=0", "--color=false")
_LOADERS = (".node=empty", ".css=empty", ".wasm=binary", ".html=text", ".txt=text")
_CONVERT = (
    "--format=cjs",
    "--target=firefox136",
    "--supported:dynamic-import=false",
    "--define:import.meta.url=__meta_url",
    "--define:import.meta.dirname=__dirname",
    "--define:import.meta.filename=__filename",
)
# As node has it, the default export of a CommonJS module is its `exports`, marked or not; esbuild
# can't know that a module was ESM before it converted that one too.
_INTEROP = ("isNodeMode || !mod", "isNodeMode && !__esm(mod) || !mod")


class File(NamedTuple):
    """A file as a module: where its text is, what each of its imports means, and if it was ESM."""

    text: Path
    imports: dict[str, str]
    esm: bool = False


class Packages:
    """The packages under `root/node_modules`, by the esbuild in `tools`."""

    def __init__(self, root: Path, tools: Path) -> None:
        self.root = root.resolve()
        self._tools = tools
        self._cache = self.root / "cache"
        self._files: dict[str, dict[str, Any]] = {}
        self._entries: dict[str, str] = {}
        self._recall()

    def has(self, module: str) -> bool:
        """True if the package that `module` belongs to is installed here."""
        return (self.root / "node_modules" / _package(module)).is_dir()

    def entry(self, module: str) -> str:
        """The file that `module` means: a package, a subpath of one, or a path."""
        if module not in self._entries:
            self._learn(module)
        return self._entries[module]

    def file(self, path: str) -> File:
        """How to load one of the files that `entry` found, or that one of those imports."""
        known = self._files.get(path)
        if known is None:
            return File(Path(path), {})
        text = self._cache / "esm" / (os.path.relpath(path, self.root) + ".js")
        esm = known["converted"]
        return File(text if esm else Path(path), known["imports"], esm)

    def _learn(self, module: str) -> None:
        """Ask esbuild about `module` and all it reaches, and convert what is not CommonJS."""
        inputs = self._inputs(module)
        found = {
            str((self.root / name).resolve()): each
            for name, each in inputs.items()
            if name != "<stdin>"
        }
        files = {path: self._describe(each) for path, each in found.items()}
        self._convert(
            [p for p, each in files.items() if each["converted"] and p not in self._files]
        )
        (target,) = inputs["<stdin>"]["imports"]
        self._files.update(files)
        self._entries[module] = str((self.root / target["path"]).resolve())
        self._remember()

    def _inputs(self, module: str) -> dict[str, Any]:
        """The inputs of a bundle of `module`: as CommonJS sees it or, if it can't, as ESM does."""
        text = json.dumps(module)
        missing: set[str] = set()
        failed = ""
        for statement in (f"require({text})", f"import {text}"):
            for _ in range(8):
                done = self._bundle(statement, missing)
                if isinstance(done, dict):
                    return done
                failed = done
                lacking = (
                    set(re.findall(r'Could not resolve "([^"]+)"', failed)) - missing - {module}
                )
                if not lacking:
                    break
                missing |= lacking  # optional dependencies: an error when the script asks for them
        raise self._problem(module, failed)

    def _bundle(self, statement: str, missing: set[str]) -> dict[str, Any] | str:
        with tempfile.TemporaryDirectory() as folder:
            meta = Path(folder, "meta.json")
            done = self._esbuild(
                "--bundle",
                f"--metafile={meta}",
                f"--outfile={folder}/out.js",
                *(f"--loader:{loader}" for loader in _LOADERS),
                *(f"--external:{name}" for name in sorted(missing)),
                text=statement,
            )
            return done.stderr if done.returncode else json.loads(meta.read_text())["inputs"]

    def _describe(self, each: dict[str, Any]) -> dict[str, Any]:
        imports = {}
        lazy = False
        for one in each["imports"]:
            lazy = lazy or one["kind"] == "dynamic-import"
            if not one.get("external"):
                imports[one["original"]] = str((self.root / one["path"]).resolve())
        return {"imports": imports, "converted": lazy or each.get("format") == "esm"}

    def _convert(self, paths: list[str]) -> None:
        if not paths:
            return
        with tempfile.TemporaryDirectory(dir=self._folder(self._cache)) as folder:
            done = self._esbuild(*_CONVERT, f"--outbase={self.root}", f"--outdir={folder}", *paths)
            if done.returncode:
                raise self._problem(os.path.relpath(paths[0], self.root), done.stderr)
            for path in paths:
                name = os.path.relpath(path, self.root)
                target = self._cache / "esm" / (name + ".js")
                self._folder(target.parent)
                made = Path(folder, name).with_suffix(".js")
                made.write_text(made.read_text().replace(*_INTEROP))
                os.replace(made, target)

    def _esbuild(self, *options: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._program, *_COMMON, *options],
            cwd=self.root,
            input=text,
            capture_output=True,
            text=True,
        )

    @cached_property
    def _program(self) -> str:
        pattern = "@esbuild/*/bin/esbuild" if os.name != "nt" else "@esbuild/*/esbuild.exe"
        for found in sorted((self._tools / "node_modules").glob(pattern)):
            return str(found)
        raise MissingTool(tool="esbuild", need="packages are read by it", command="polyhy sync")

    def _problem(self, module: str, text: str) -> Exception:
        line = next(
            (line for line in text.splitlines() if "ERROR" in line or "error:" in line), text
        )
        reason = line.partition("ERROR]")[2].strip() or line.strip()
        if f'Could not resolve "{module}"' in text:
            where = f"the package {_package(module)}"
            hint = "look in its package.json for what it exports"
            return NoSuchFile(language="JavaScript", file=module, where=where, hint=hint)
        if "Top-level await" in text:
            error = GuestError()
            error.type_name, error.language = "SyntaxError", "js"
            error.message = f"{module} awaits at its top level, which only node can load"
            return error
        return ToolFailed(reason, tool=f"esbuild, reading {module},")

    # --- what is kept

    def _recall(self) -> None:
        try:
            kept = json.loads((self._cache / "graph.json").read_text())
        except (OSError, ValueError):
            return
        if kept.get("root") == str(self.root):
            self._files, self._entries = kept["files"], kept["entries"]

    def _remember(self) -> None:
        kept = {"root": str(self.root), "files": self._files, "entries": self._entries}
        with tempfile.NamedTemporaryFile("w", dir=self._folder(self._cache), delete=False) as out:
            json.dump(kept, out)
        os.replace(out.name, self._cache / "graph.json")

    def _folder(self, path: Path) -> Path:
        path.mkdir(parents=True, exist_ok=True)
        return path


def _package(module: str) -> str:
    """The package of a module: `@scope/name` of `@scope/name/sub`."""
    return "/".join(module.split("/")[: 1 + module.startswith("@")])
