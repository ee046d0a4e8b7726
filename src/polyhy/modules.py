"""Lisp modules: what a `(module :name … :requires … :exports …)` form says. Read, never run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from polyhy.errors import ManifestError, SpecError
from polyhy.spec import Spec

HEAD = "module"
_SHAPE = '(module :name "tools" :requires ["npm:lodash@^4"] :exports [analyze])'


class Malformed(Exception):
    """A form that says nothing a module could say: `form` is the part, `detail` what is wrong."""

    def __init__(self, form: Any, detail: str) -> None:
        super().__init__(detail)
        self.form, self.detail = form, detail


@dataclass(frozen=True)
class Module:
    """A module's own name, the packages it needs, and what it gives, with the forms of those."""

    name: str
    requires: tuple[Spec, ...] = ()
    exports: tuple[Any, ...] = ()


def parse(forms: list[Any]) -> Module:
    """Read what stands after `module`; Malformed where that can't be meant.

    >>> import hy
    >>> parse(list(hy.read('(module :name "tools" :requires ["npm:lodash@^4"])'))[1:]).requires
    (Spec(ecosystem='npm', name='lodash', version='^4', subpath='', extras=()),)
    """
    from hy.models import Keyword

    said: dict[str, Any] = {}
    for at in range(0, len(forms), 2):
        keyword = forms[at]
        if not isinstance(keyword, Keyword) or keyword.name not in _CLAUSES:
            raise Malformed(keyword, f"a module says :name, :requires and :exports: {_SHAPE}")
        if keyword.name in said:
            raise Malformed(keyword, f"this is the second {keyword}")
        if at + 1 == len(forms):
            raise Malformed(keyword, f"nothing follows {keyword}")
        said[keyword.name] = _CLAUSES[keyword.name](forms[at + 1])
    if "name" not in said:
        raise Malformed(forms[0] if forms else None, f"a module has a :name: {_SHAPE}")
    return Module(**said)


def find(source: str, filename: str) -> Iterator[Module]:
    """The modules that a source declares; what can't be read is left for the compiler to say."""
    with suppress(Malformed):
        for form in _forms(source, filename):
            yield parse(list(form[1:]))


def demand(source: str, filename: str) -> Iterator[Module]:
    """The modules that a source declares, where nobody compiles it; ManifestError where amiss."""
    for form in _forms(source, filename):
        try:
            yield parse(list(form[1:]))
        except Malformed as error:
            place = error.form if hasattr(error.form, "start_line") else form
            where, hint = f"{filename}:{place.start_line}", "mend that line, then run it again"
            raise ManifestError(error.detail, file=where, hint=hint) from None


def read(source: str, filename: str) -> Iterator[Any]:
    """The forms of a source. Tags of reader macros are passed over, whatever they would do."""
    from hy.errors import HyLanguageError
    from hy.reader import HyReader, read_many

    reader = HyReader()
    reader.reader_macros = _AnyTag(reader.reader_macros)
    try:
        yield from read_many(source, filename, reader, skip_shebang=True)
    except HyLanguageError:
        return


def _forms(source: str, filename: str) -> Iterator[Any]:
    """The `(module …)` forms of a source."""
    if f"({HEAD}" not in source:
        return
    from hy.models import Expression, Symbol

    for form in read(source, filename):
        if isinstance(form, Expression) and form and form[0] == Symbol(HEAD):
            yield form


class _AnyTag(dict[str, Any]):
    """Reader macros, with one for every tag: it reads nothing, so the form behind it counts."""

    def __contains__(self, tag: object) -> bool:
        return True

    def __missing__(self, tag: str) -> Callable[..., None]:
        return lambda reader, tag: None


def _name(form: Any) -> str:
    from hy.models import String

    if not isinstance(form, String) or not form:
        raise Malformed(form, 'the :name is a string: :name "tools"')
    return str(form)


def _requires(form: Any) -> tuple[Spec, ...]:
    from hy.models import List, String

    if not isinstance(form, List) or not all(isinstance(each, String) for each in form):
        raise Malformed(form, 'what it :requires is a list of strings: ["npm:lodash@^4"]')
    return tuple(_spec(each) for each in form)


def _spec(form: Any) -> Spec:
    try:
        return Spec.parse(str(form))
    except SpecError as error:
        raise Malformed(form, "; ".join(map(str.strip, str(error).splitlines()))) from None


def _exports(form: Any) -> tuple[Any, ...]:
    from hy.models import List, Symbol

    if not isinstance(form, List) or not all(isinstance(each, Symbol) for each in form):
        raise Malformed(form, "what it :exports is a list of names: [analyze-data]")
    return tuple(form)


_CLAUSES: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "requires": _requires,
    "exports": _exports,
}
