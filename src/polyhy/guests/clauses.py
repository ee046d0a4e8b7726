"""The clauses of `import-from` and of `import` with `:from`, read from Hy's models and checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any, NoReturn

from hy import mangle
from hy.errors import HySyntaxError
from hy.models import Expression, Keyword, List, String, Symbol

from polyhy import plugins
from polyhy.errors import SpecError, suggest


class Clause:
    """A package, and what of it is bound: `alias`, `members`, or everything (`star`)."""

    def __init__(self, name: Any) -> None:
        self.name = name
        self.text = text(name)
        self.forms = [name]
        self.ecosystem: Any = None
        self.alias: Any = None
        self.members: list[tuple[str, Any]] = []
        self.star: Any = None
        self.options: list[tuple[Keyword, Any]] = []

    @property
    def is_file(self) -> bool:
        """True where it is a file of the project's own, not a package."""
        return self.text.startswith((".", "/")) or str(self.ecosystem) not in plugins.ecosystems()

    @property
    def target(self) -> Any:
        """What it is bound to without members: its alias, or the last part of its name."""
        if self.alias is not None:
            return self.alias
        from polyhy.spec import Spec

        path = PurePosixPath(self.text)
        name = path.stem if self.is_file else Spec.parse(self.text, self.ecosystem).module
        return Symbol(re.sub(r"[^\w-]+", "-", re.split("[/:]", name)[-1])).replace(self.name)


class Reader:
    """Reads the clauses of one form. What can't be meant is a HySyntaxError with a caret."""

    def __init__(self, form: Any, filename: str, source: str) -> None:
        self.form, self.filename, self.source = form, filename, source

    def import_from(self) -> list[Clause]:
        """Read `(import-from "npm" lodash :as _ "date-fns" [format addDays])`."""
        forms = list(self.form[1:])
        if not forms:
            self.fail(self.form, 'it names an ecosystem and packages: (import-from "npm" lodash)')
        ecosystem = self._ecosystem(forms.pop(0))
        clauses = list(self._clauses(forms))
        for clause in clauses:
            if clause.ecosystem is not None:
                self.fail(clause.ecosystem, "the ecosystem stands first in import-from")
            clause.ecosystem = ecosystem
            self._check(clause)
        return clauses

    def import_(self) -> tuple[list[Any], list[Clause]]:
        """Read `(import os "lodash" :from "npm")`: the forms for Hy's own import, and the rest."""
        plain: list[Any] = []
        ours: list[Clause] = []
        for clause in self._clauses(list(self.form[1:])):
            if clause.ecosystem is not None:
                self._ecosystem(clause.ecosystem)
                self._check(clause)
                ours.append(clause)
            elif isinstance(clause.name, String):
                self.fail(clause.name, 'say where it comes from: (import "lodash" :from "npm")')
            else:
                plain += clause.forms
        return plain, ours

    def fail(self, form: Any, message: str) -> NoReturn:
        raise HySyntaxError(message, form, self.filename, self.source) from None

    def _clauses(self, forms: list[Any]) -> Iterator[Clause]:
        while forms:
            clause = Clause(forms.pop(0))
            if clause.name == Symbol("as"):
                self.fail(clause.name, "a name of one's own follows a keyword: lodash :as _")
            if not clause.text or clause.text == "*":
                self.fail(clause.name, _NAMELESS.get(type(clause.name), _NAME))
            while forms and self._takes(clause, forms):
                pass
            yield clause

    def _takes(self, clause: Clause, forms: list[Any]) -> bool:
        """Take from `forms` what belongs to `clause`; False where the next package begins."""
        form = forms[0]
        bound = clause.alias is not None or clause.members or clause.star is not None
        if form == Keyword("from"):
            clause.ecosystem = self._after(clause, forms, String, 'an ecosystem: :from "npm"')
        elif bound and (form == Keyword("as") or isinstance(form, List)):
            self.fail(form, f"this is the second clause of {clause.text}; one is enough")
        elif form == Keyword("as"):
            clause.alias = self._after(clause, forms, Symbol, "a name: :as name")
        elif isinstance(form, Keyword) and len(forms) > 1:
            clause.options.append((forms.pop(0), forms.pop(0)))
            clause.forms += clause.options[-1]
        elif isinstance(form, List):
            clause.members = list(self._members(form))
            clause.forms.append(forms.pop(0))
        elif form == Symbol("*"):
            clause.star = forms.pop(0)
            clause.forms.append(clause.star)
        else:
            return False
        return True

    def _after(self, clause: Clause, forms: list[Any], kind: type, what: str) -> Any:
        keyword = forms.pop(0)
        if not forms or not isinstance(forms[0], kind):
            self.fail(forms[0] if forms else keyword, f"after :{keyword.name} stands {what}")
        clause.forms += [keyword, forms[0]]
        return forms.pop(0)

    def _members(self, form: Sequence[Any]) -> Iterator[tuple[str, Any]]:
        if not form:
            self.fail(form, "the list of members is empty")
        rest = list(form)
        while rest:
            member = rest.pop(0)
            if not isinstance(member, (Symbol, String)):
                self.fail(member, 'a member is a name or a string: [format "max-len" :as n]')
            alias = Symbol(str(member)).replace(member)
            if rest and rest[0] == Keyword("as"):
                alias = self._after(Clause(member), rest, Symbol, "a name: :as name")
            yield mangle(member) if isinstance(member, Symbol) else str(member), alias

    def _ecosystem(self, form: Any) -> Any:
        if not isinstance(form, String):
            self.fail(form, 'the ecosystem is a literal string: (import-from "npm" lodash)')
        known = [*plugins.ecosystems(), *plugins.languages()]
        if str(form) not in known:
            hint = plugins.suggestion(str(form), known)
            self.fail(form, f"there is no ecosystem {str(form)!r}; {hint}")
        return form

    def _check(self, clause: Clause) -> None:
        if not clause.is_file:
            from polyhy.spec import Spec

            try:
                Spec.parse(clause.text, clause.ecosystem)
            except SpecError as error:
                self.fail(clause.name, "; ".join(map(str.strip, str(error).splitlines())))
        for keyword, _ in clause.options:
            known = self._options(clause)
            if str(keyword.name) not in known:
                hint = suggest(str(keyword.name), known, "there are")
                self.fail(keyword, f"{clause.text} takes no {keyword}; {hint}")

    def _options(self, clause: Clause) -> list[str]:
        """What may follow the name of a package or file of this ecosystem."""
        name = str(clause.ecosystem)
        language = plugins.ecosystem(name).bridge if name in plugins.ecosystems() else name
        options = plugins.bridge_class(language).options
        return ["as", "from", "in", *("with" if each == "types" else each for each in options)]


def text(name: Any) -> str:
    """The text of a symbol, a string or a name with dots; empty for anything else."""
    if isinstance(name, (String, Symbol)):
        return str(name)
    if isinstance(name, Expression) and name and name[0] == Symbol("."):
        return ".".join(map(str, name[1:]))
    return ""


_NAME = 'a package is a name or a string: lodash, "lodash@^4", "@scope/pkg"'

_NAMELESS = {
    Keyword: "a keyword follows the name of a package: lodash :as _",
    List: "a list of members follows the name of a package: lodash [chunk]",
}
