"""C++ in this process, by cppyy: headers compiled as they are imported, classes as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from polyhy.bridge import Bridge
from polyhy.errors import NoSuchFile

from . import engine, find, library, sources


class Cpp(Bridge):
    """C++. One compiler serves the process, and nothing that it declared can be taken back."""

    name: ClassVar[str] = "cpp"
    suffixes: ClassVar[tuple[str, ...]] = (".hpp", ".cpp", ".hh", ".cc", ".hxx", ".cxx")
    keeps: ClassVar[tuple[str, ...]] = ("cpp/*",)
    survives_fork: ClassVar[bool] = True
    several: ClassVar[bool] = False
    lexer: ClassVar[str] = "cpp"
    options: ClassVar[Mapping[str, str]] = {
        "include": "folders with headers: paths beside the importing header, or a list of them",
        "lib": "the shared object behind a header: a path beside it, a library's name, or a list",
    }

    def start(self, paths: Sequence[Path]) -> None:
        engine.cppyy()

    def stop(self) -> None:
        """C++ can't be unloaded: what came out of it works on as long as the process."""

    def search(self, paths: Sequence[Path]) -> None:
        """Headers lie where the compiler looks for them."""

    def eval(self, source: str, origin: str) -> Any:
        """The value of an expression; of declarations a module that has them."""
        return sources.evaluate(source, origin)

    def cell(self, source: str, origin: str, names: MutableMapping[str, Any]) -> Any:
        """Run what was typed, and bind what it declares."""
        before = library.declared()
        value = sources.run(source, origin)
        made = library.Library("cell", library.declared() - before)
        names.update({name: getattr(made, name) for name in made.__all__})
        return value

    def load(self, module: str, **options: Any) -> Any:
        """Compile a header of the system (`nlohmann/json.hpp`), or a file of the project's own."""
        own = module.startswith((".", "/")) or Path(module).is_absolute()
        if own:
            file = Path(module).resolve()
            if not file.is_file():
                raise NoSuchFile(language="C++", file=file.name, where=file.parent)
            header, folders, beside = f'"{file}"', [file.parent], file.parent
        else:
            header, folders, beside = f"<{module}>", [find.folder(module)], Path.cwd()
        folders += [beside / each for each in _listed(options.get("include"))]
        for each in _listed(options.get("lib")):
            sources.link(each, beside)
        return sources.include(header, module, folders, find.namespaces(module))

    def incomplete(self, source: str) -> bool:
        """True where a bracket, a comment or a text is still open, or a backslash ends the line."""
        code = re.sub(
            r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|//[^\n]*|/\*.*?\*/', "", source, flags=re.S
        )
        opened = sum(code.count(c) for c in "([{") - sum(code.count(c) for c in ")]}")
        return opened > 0 or "/*" in code or source.rstrip(" \t\n").endswith("\\")

    def globals(self) -> Any:
        return library.Library("C++", library.declared())

    # --- what front ends ask of a function or a class

    def signature(self, native: Any) -> str:
        """Each overload on a line, as C++ declares it."""
        return self.doc(native) if callable(native) else ""

    def doc(self, native: Any) -> str:
        return getattr(native, "__doc__", None) or ""


def _listed(given: Any) -> list[str]:
    return [str(each) for each in ([given] if isinstance(given, (str, Path)) else given or ())]
