"""What a program declares: the packages of its header and of its literal `import-from` forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from polyhy import manifest, plugins
from polyhy.spec import Spec

if TYPE_CHECKING:
    from polyhy.clauses import Clause, Reader


def declared(source: str, filename: str) -> list[Spec]:
    """Return the specs of a Hy source, header first, each once.

    Forms at any depth count, unless they are quoted. The source is read, never run: a tag of a
    reader macro is passed over, and what can't be read or meant so is left to the compiler, which
    says it under the form.
    """
    specs = manifest.read_header(source, filename)
    if "import-from" in source or ":from" in source:
        for clause in _clauses(source, filename):
            if not clause.is_file:
                specs.append(plugins.ecosystem(str(clause.ecosystem)).spec(clause.text))
    return list(dict.fromkeys(specs))


def _clauses(source: str, filename: str) -> Iterator[Clause]:
    from hy.errors import HyLanguageError
    from hy.reader import HyReader, read_many

    reader = HyReader()
    reader.reader_macros = _AnyTag(reader.reader_macros)
    try:
        for form in read_many(source, filename, reader, skip_shebang=True):
            yield from _within(form, filename, source)
    except HyLanguageError:
        return


def _within(form: Any, filename: str, source: str) -> Iterator[Clause]:
    from hy.errors import HySyntaxError
    from hy.models import Expression, Sequence

    from polyhy.clauses import Reader, text

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


class _AnyTag(dict[str, Any]):
    """Reader macros, with one for every tag: it reads nothing, so the form behind it counts."""

    def __contains__(self, tag: object) -> bool:
        return True

    def __missing__(self, tag: str) -> Callable[..., None]:
        return lambda reader, tag: None
