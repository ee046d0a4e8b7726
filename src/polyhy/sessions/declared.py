"""What a program declares: in its header, its `module` form and its literal `import-from` forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from polyhy import modules, plugins
from polyhy.packages import header
from polyhy.spec import Spec

if TYPE_CHECKING:
    from polyhy.guests.clauses import Clause, Reader


def declared(source: str, filename: str) -> list[Spec]:
    """Return the specs of a Hy source, header first, each once; of a Python source, its header's.

    Forms at any depth count, unless they are quoted. The source is read, never run: a tag of a
    reader macro is passed over, and what can't be read or meant so is left to the compiler, which
    says it under the form.
    """
    specs = header.read(source, filename)
    if filename.endswith(".py"):
        return specs
    specs += [spec for module in modules.find(source, filename) for spec in module.requires]
    if "import-from" in source or ":from" in source:
        for clause in _clauses(source, filename):
            if not clause.is_file:
                specs.append(plugins.ecosystem(str(clause.ecosystem)).spec(clause.text))
    return list(dict.fromkeys(specs))


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
