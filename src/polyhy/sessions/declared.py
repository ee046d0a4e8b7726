"""What a program declares: in its header, its `module` form and its literal imports."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polyhy import modules, plugins
from polyhy.errors import SpecError
from polyhy.guests import namespace
from polyhy.packages import header
from polyhy.spec import Spec

if TYPE_CHECKING:
    from polyhy.guests.clauses import Clause, Reader


def declared(source: str, filename: str) -> list[Spec]:
    """Return the specs of a source of Hy or Python, header first, each once.

    Forms at any depth count, unless they are quoted. The source is read, never run: a tag of a
    reader macro is passed over, and what can't be read or meant so is left to the compiler, which
    says it under the form.
    """
    specs = header.read(source, filename)
    if filename.endswith(".py"):
        named = {(spec.ecosystem, spec.name) for spec in specs}
        found = _imports(source, Path(filename).absolute().parent)
        specs += [spec for spec in found if (spec.ecosystem, spec.name) not in named]
    else:
        specs += _forms(source, filename)
    return list(dict.fromkeys(specs))


# --- Hy


def _forms(source: str, filename: str) -> Iterator[Spec]:
    for module in modules.find(source, filename):
        yield from module.requires
    if "import-from" in source or ":from" in source:
        for clause in _clauses(source, filename):
            if not clause.is_file:
                yield plugins.ecosystem(str(clause.ecosystem)).spec(clause.text)


def _clauses(source: str, filename: str) -> Iterator[Clause]:
    for form in modules.read(source, filename):
        yield from _within(form, filename, source)


def _within(form: Any, filename: str, source: str) -> Iterator[Clause]:
    from hy.errors import HySyntaxError
    from hy.models import Expression, Sequence

    from polyhy.guests.clauses import Reader, text

    head = text(form[0]).rpartition(".")[2] if isinstance(form, Expression) and form else ""
    if head in _READ:
        try:
            yield from _READ[head](Reader(form, filename, source))
        except HySyntaxError:
            return
    if isinstance(form, Sequence) and head not in ("quote", "quasiquote"):
        for each in form:
            yield from _within(each, filename, source)


_READ: dict[str, Callable[[Reader], list[Clause]]] = {
    "import-from": lambda reader: reader.import_from(),
    "import": lambda reader: reader.import_()[1],
}


# --- Python


def _imports(source: str, folder: Path) -> Iterator[Spec]:
    """Of `from polyhy.npm import lodash` and `import_from("npm", "lodash")`, anywhere in a file."""
    if "polyhy" not in source:
        return
    with suppress(SyntaxError, ValueError):
        for node in ast.walk(ast.parse(source)):
            for ecosystem, name in _named(node, folder):
                with suppress(SpecError):
                    yield plugins.ecosystem(ecosystem).spec(name)


def _named(node: ast.AST, folder: Path) -> Iterator[tuple[str, str]]:
    """The ecosystems and packages that a call or a statement names."""
    match node:
        case ast.Call(
            func=ast.Name(id="import_from") | ast.Attribute(attr="import_from"),
            args=[ast.Constant(value=str(ecosystem)), ast.Constant(value=str(name)), *_],
        ) if ecosystem in plugins.ecosystems() and not name.startswith((".", "/")):
            yield ecosystem, name
        case ast.Import(names=names):
            yield from _modules([each.name for each in names], folder)
        case ast.ImportFrom(module=str(module), names=names, level=0):
            deep = module.count(".") > 1  # `from polyhy.npm.lodash import chunk`
            inner = [f"{module}.{each.name}" for each in names if each.name != "*"]
            yield from _modules([module] if deep else inner, folder)
        case _:
            pass


def _modules(modules: list[str], folder: Path) -> Iterator[tuple[str, str]]:
    for module in modules:
        root, ecosystem, name = [*module.split(".", 2), "", ""][:3]
        if root == "polyhy" and name and ecosystem in plugins.ecosystems():
            yield ecosystem, namespace.spelled(ecosystem, name, folder)
