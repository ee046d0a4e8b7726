"""Plan: one call of a function as Rust, with the types of all its parameters chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from .borrow import Borrows
from .choose import Choice, Chooser, lasting
from .document import Document
from .model import Model, type_arguments, type_parameters
from .rusty import Unnameable, Writer

OPEN = "open"
"""What reads an argument whose type may be another."""
_BIG = re.compile(r"\[(u8|[iuf]\d+|[iu]size)\]|\bOctets\b")


class Skip(Exception):
    """Why a function has no line; the message is its reason."""


@dataclass
class Target:
    """What is bound: a function, and how it is called and named."""

    document: Document
    name: str
    signature: Mapping[str, Any]
    generics: Mapping[str, Any]
    header: Mapping[str, Any]
    call: str
    """The function's path: `<regex::Regex>::find`."""
    label: str
    owner: Any = None
    """The type of the impl block, for lifetimes."""
    chosen: Mapping[str, str] = field(default_factory=dict)
    enumeration: bool = False
    docs: str = ""
    item: Any = None


class Call:
    """One call with all its types chosen."""

    def __init__(
        self,
        model: Model,
        hints: Mapping[str, str],
        target: Target,
        choices: Mapping[str, Choice],
        chosen: Mapping[str, str],
        found: Borrows,
        is_method: bool,
        rank: int,
    ) -> None:
        self.model, self.target, self.choices, self.chosen = model, target, choices, chosen
        self.found, self.is_method, self.rank = found, is_method, rank
        self.writer = Writer(model, target.document, chosen)
        self.chooser = Chooser(model, target.document, chosen, hints)
        self.lets: list[str] = []
        self.open: list[str] = []
        """The types of arguments that may be others: the choice may be made by the value."""
        self.big = self.python = self.sends = False

    def bodies(self) -> list[str]:
        """The body of the line; where the call may be slow, one that lets the GIL go first."""
        target = self.target
        arguments = [
            self._argument(at, type_) for at, (_, type_) in enumerate(target.signature["inputs"])
        ]
        call = f"{target.call}{self._turbofish()}({', '.join(arguments)})"
        # What decides which line is meant goes first: nothing else is used up where it is another.
        lets = " ".join(sorted(self.lets, key=lambda let: f" = {OPEN}" not in let))
        output = target.signature["output"]
        future = _future(output)
        shape = self._shape(future or output)
        if self.found.lease:
            lets += " lease_of(s, k);"
        ways = [call]
        if self.sends:
            ways = [f"detached(true, || {call})"]
        elif self.big and not self.python and not target.header["is_async"]:
            ways.insert(0, f"detached(f.bytes + k.bytes > SLOW, || {call})")
        leave = "leave_attached" if self.found.attached else "leave"
        if future or target.header["is_async"]:
            leave = "leave_future"
        return [f"{lets} {leave}!({shape} f k s {way})" for way in ways]

    def _shape(self, type_: Any) -> str:
        """What a result is a shape of (its `Err` is raised), and of which type: see lines.py."""
        document = self.target.document
        if type_ is None:
            return "plain {()}"
        outer, inside, where = self._unwrapped(document, type_)
        if not outer:
            return self._holding("plain", type_, document)
        if inside is None or self._is_of_alias(inside, type_):
            within = self._unwrapped(where, inside)[0] if inside else ""
            return f"{outer}_{within}".lower() if within not in ("", outer) else outer.lower()
        within, innermost, there = self._unwrapped(where, inside)
        if within and within != outer:
            return self._holding(f"{outer}_{within}".lower(), innermost, there)
        return self._holding(outer.lower(), inside, where)

    def _holding(self, shape: str, type_: Any, document: Document) -> str:
        with suppress(Unnameable):
            text = Writer(self.model, document, self.chosen).write(type_ or {"tuple": []})
            if "{" not in text:
                return f"{shape} {{{text}}}"
        return shape

    def _is_of_alias(self, inside: Any, type_: Any) -> bool:
        """True for what an alias says in terms of its own parameters."""
        return "'generic'" in str(inside) and inside not in type_arguments(type_["resolved_path"])

    def _unwrapped(self, document: Document, type_: Any) -> tuple[str, Any, Document]:
        said = type_.get("resolved_path")
        if not said:
            return "", None, document
        arguments = type_arguments(said)
        first = arguments[0] if arguments else None
        definition = document.definition(said["id"])
        if (
            definition
            and definition[-1] in ("Result", "Option")
            and definition[0] in ("core", "std")
        ):
            return definition[-1], first, document
        item = self.model.find(document, said["id"])
        if item is not None and item.kind == "type_alias":
            outer, rest, where = self._unwrapped(item.document, item.inner["type"])
            if rest is not None and "generic" in rest and first is not None:
                return outer, first, document
            return outer, rest, where
        if definition and definition[-1] == "Result":
            return "Result", first, document
        return "", None, document

    def _turbofish(self) -> str:
        names = [p["name"] for p in type_parameters(self.target.generics)]
        if not names:
            return ""
        texts = (self.choices[name].text for name in names)
        return f"::<{', '.join(texts)}>"

    def _argument(self, at: int, type_: Any) -> str:
        frame = "k" if self.found.kept[at] else "f"
        if self.is_method and at == 0 and not self.target.enumeration:
            self.lets.append(f"let x0 = got!(receiver(s, {'f' if self.found.lease else frame}));")
            if "borrowed_ref" not in type_:
                self.lets[-1] = "let x0 = got!(receiver(s, k));"
            return "x0"
        place = at - (self.is_method and not self.target.enumeration)
        if closure := self._closure(type_, place, frame):
            self.python = True
            return closure
        wanted = self._wanted(type_)
        said = str(type_) + wanted
        self.big = self.big or bool(_BIG.search(said)) or "'slice'" in said
        self.python = self.python or any(w in said for w in ("PyFile", "PyIter", "PyData"))
        text = f"::<{wanted}, _>" if wanted else ""
        read = self._reading(at, wanted)
        self.lets.append(f"let x{at} = got!({read}{text}(p, {place}, {frame}));")
        return f"x{at}"

    def _reading(self, at: int, wanted: str) -> str:
        """What reads an argument; a trait's method on a type of others may be for another one."""
        of_trait = self.is_method and at == 0
        if self.found.forever[at]:
            return "arg_forever"
        if wanted or of_trait:
            self.open.append(wanted or self.chosen["Self"])
            return OPEN
        return "arg"

    def _wanted(self, type_: Any) -> str:
        """The type to ask for, where the signature leaves it open."""
        if "impl_trait" in type_:
            traits = [b["trait_bound"] for b in type_["impl_trait"] if "trait_bound" in b]
            known = lasting(type_["impl_trait"], self.chooser.of_bounds(traits))
            choices = [c for c in known if not _is_unsized(c.text)]
            if not choices:
                raise Skip("nothing is known for one of its type parameters")
            return choices[min(self.rank, len(choices) - 1)].text
        reference = type_.get("borrowed_ref")
        if reference and "impl_trait" in reference["type"]:
            mutable = "mut " if reference["is_mutable"] else ""
            return f"&'static {mutable}{self._wanted(reference['type'])}"
        if "generic" in type_ and type_["generic"] in self.choices:
            return self.choices[type_["generic"]].text
        return ""

    def _closure(self, type_: Any, at: int, frame: str) -> str:
        """A closure in the place of an argument: rustc must see it there to know its types."""
        if "impl_trait" in type_:
            traits = [b["trait_bound"] for b in type_["impl_trait"] if "trait_bound" in b]
            choice = next(iter(self.chooser.of_bounds(traits)), None)
            return self._callback(choice, at, frame)
        if "generic" in type_:
            return self._callback(self.choices.get(type_["generic"]), at, frame)
        if "borrowed_ref" in type_:
            inside = type_["borrowed_ref"]
            if made := self._closure(inside["type"], at, frame):
                return f"&mut {made}" if inside["is_mutable"] else f"&{made}"
        if "dyn_trait" in type_:
            traits = [each["trait"] for each in type_["dyn_trait"]["traits"]]
            bounds = [{"trait": trait} for trait in traits if trait["path"].startswith("Fn")]
            return self._callback(next(iter(self.chooser.of_bounds(bounds)), None), at, frame)
        if self.writer.is_std(type_, "Box", "Rc", "Arc"):
            name = self.target.document.definition(type_["resolved_path"]["id"])[-1]
            arguments = type_arguments(type_["resolved_path"])
            path = {"Box": "Box", "Rc": "std::rc::Rc", "Arc": "std::sync::Arc"}[name]
            if arguments and "dyn_trait" in arguments[0]:
                made = self._closure(arguments[0], at, frame)
                return f"{path}::new({made})" if made else ""
        return ""

    def _callback(self, choice: Choice | None, at: int, frame: str) -> str:
        if choice is None or choice.closure is None:
            return ""
        self.sends = self.sends or choice.sends
        self.open.append("_")
        self.lets.append(f"let g{at} = got!({OPEN}::<Callable, _>(p, {at}, {frame}));")
        names = [f", a{n}" for n in range(len(choice.closure))]
        if not choice.signature:
            return f"callback!(g{at}{''.join(names)})"
        *types, result = choice.signature
        typed = (f"{name}: {text}" for name, text in zip(names, types, strict=True))
        return f"callback!(g{at} => {result}{''.join(typed)})"


def _future(type_: Any) -> Any:
    """What an `impl Future<Output = T>` gives."""
    for bound in (type_ or {}).get("impl_trait", []):
        trait = (bound.get("trait_bound") or {}).get("trait")
        if trait and trait["path"].endswith("Future"):
            said = (trait.get("args") or {}).get("angle_bracketed") or {}
            for constraint in said.get("constraints", []):
                return constraint["binding"].get("equality", {}).get("type")
    return None


def _is_unsized(text: str) -> bool:
    return text == "str" or text.startswith("dyn ") or (text[0] == "[" and ";" not in text)
