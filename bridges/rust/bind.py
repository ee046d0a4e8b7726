"""Plan: a function of the model as the lines of Rust that call it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from .borrow import borrows
from .calls import Call, Skip, Target
from .choose import Choice, Chooser
from .likely import BYTES, OCTETS
from .model import Model, type_parameters
from .names import parameters
from .patterns import matched
from .rusty import Unnameable, Writer


@dataclass
class Shim:
    """A function's alternatives, best first: the first that compiles is taken."""

    target: Target
    lines: list[str]
    parameters: list[str]
    required: int
    is_method: bool
    open: Mapping[str, Sequence[str]]
    """By line, the types of those arguments that are of another type in other lines."""


class Binder:
    """Makes shims; `hints` are the user's `:with`."""

    def __init__(self, model: Model, hints: Mapping[str, str]) -> None:
        self.model, self.hints = model, hints

    def bind(self, target: Target) -> Shim:
        header = target.header
        if header["is_unsafe"]:
            raise Skip("it is unsafe")
        if target.signature.get("is_c_variadic"):
            raise Skip("it takes any number of C arguments")
        inputs = target.signature["inputs"]
        is_method = bool(inputs) and inputs[0][0] == "self"
        names = parameters([name for name, _ in inputs[is_method:]])
        required = len(names)
        for _, type_ in reversed(inputs[is_method:]):
            if not self._writer(target, target.chosen).is_std(type_, "Option"):
                break
            required -= 1
        chooser = Chooser(self.model, target.document, target.chosen, self.hints)
        combinations = [*self._alike(target), *chooser.all_of(target.generics)]
        if not combinations:
            raise Skip("nothing is known for one of its type parameters")
        lines: dict[str, Sequence[str]] = {}
        for choices in combinations:
            fitting = _holding(target, choices)
            for line, types in self._alternatives(target, fitting, names, required, is_method):
                lines.setdefault(line, types)
        return Shim(target, list(lines)[:12], names, required, is_method, lines)

    def _alike(self, target: Target) -> list[dict[str, Choice]]:
        """The choice with which another argument is of the receiver's own type: `a.dot(b)`."""
        own, names = (
            target.chosen.get("Self"),
            [p["name"] for p in type_parameters(target.generics)],
        )
        marks = {**target.chosen, **{name: f"@{name}@" for name in names}}
        for _, type_ in target.signature["inputs"] if own and names else ():
            type_ = (type_.get("borrowed_ref") or {}).get("type") or type_
            if "resolved_path" not in type_ or not any(f"'{name}'" in str(type_) for name in names):
                continue
            with suppress(Unnameable):
                found = matched(self._writer(target, marks).write(type_), names, str(own))
                if found and own:
                    return self._completed(target, found)
        return []

    def _completed(self, target: Target, found: Mapping[str, str]) -> list[dict[str, Choice]]:
        """Some type parameters are known: choose the others."""
        params = [p for p in target.generics["params"] if p["name"] not in found]
        chooser = Chooser(self.model, target.document, {**target.chosen, **found}, self.hints)
        known = {name: Choice(text) for name, text in found.items()}
        others = chooser.all_of({**target.generics, "params": params}, limit=2)
        return [{**known, **each} for each in others]

    def _alternatives(
        self,
        target: Target,
        choices: Mapping[str, Choice],
        names: Sequence[str],
        required: int,
        is_method: bool,
    ) -> Iterator[tuple[str, Sequence[str]]]:
        chosen = {**target.chosen, **{name: c.text for name, c in choices.items()}}
        found = borrows(
            self.model, target.document, target.signature, target.generics, target.owner, chosen
        )
        if found.lease and target.enumeration:
            raise Skip("its result points into what its argument points into")
        if found.unsound:
            raise Skip("it may put one argument into another, which can't be kept alive")
        for rank in range(5 if "'impl_trait'" in str(target.signature["inputs"]) else 1):
            call = Call(self.model, self.hints, target, choices, chosen, found, is_method, rank)
            for body in call.bodies():
                yield self._line(target, body, names, required, is_method), call.open

    def _line(
        self, target: Target, body: str, names: Sequence[str], required: int, is_method: bool
    ) -> str:
        if target.enumeration and is_method:
            names, required = ["self", *names], required + 1
        listed = " ".join(f'"{name}"' for name in names)
        head = f'"{target.label}" [{listed}] {required}'
        return f"shim! {{ @ID {head} |s, p, f, k| {{ {body} }} }}"

    def _writer(self, target: Target, chosen: Mapping[str, str]) -> Writer:
        return Writer(self.model, target.document, chosen)


def _holding(target: Target, choices: Mapping[str, Choice]) -> dict[str, Choice]:
    """Where a result is made of what it is given, its class is that of bytes."""
    said = str(target.signature["output"])
    held = {name for name in choices if f"'generic': '{name}'" in said}
    return {
        name: each._replace(text=each.text.replace(OCTETS, BYTES)) if name in held else each
        for name, each in choices.items()
    }
