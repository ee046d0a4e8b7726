"""What any language's object says of itself: kind, signature, documentation, source."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from polyhy.guests import host
from polyhy.proxy import Proxy
from polyhy.sessions.session import LISP, Session

MISSING = object()
"""What `find` returns where there is nothing of that name."""


class Description(NamedTuple):
    """An object's answers; a text is empty where the object does not know."""

    name: str
    kind: str
    """`macro`, `function`, `class`, `module`, or `value`."""
    type: str
    signature: str
    """Its parameters: `(array, size=1)`."""
    doc: str
    language: str
    object: Any

    @property
    def source(self) -> str:
        """The text that defines it; read only when asked for."""
        return _source(self.object)

    @property
    def place(self) -> tuple[str, int]:
        """The file that defines it, and the line; `("", 0)` if unknown."""
        return _place(self.object)


def describe(session: Session, path: str, language: str = "") -> Description | None:
    """Describe what `path` (`lodash.chunk`, `defn`) names in a session; None if nothing."""
    language = language or session.target
    macro = _macro(session, path) if language == LISP else None
    thing = find(session, path, language) if macro is None else macro
    if thing is MISSING:
        return None
    return of(thing, path, is_macro=macro is not None)


def of(thing: Any, name: str = "", *, is_macro: bool = False) -> Description:
    """Describe an object."""
    language = thing.__bridge__.name if isinstance(thing, Proxy) else "python"
    signature = _quietly(_signature, thing, is_macro)
    return Description(
        name=name,
        kind="macro" if is_macro else kind(thing),
        type=type(thing).__name__,
        signature=signature,
        doc=_quietly(_doc, thing).removeprefix(f"{signature}\n").lstrip("\n")
        or (_CORE if is_macro else ""),
        language=LISP if is_macro else language,
        object=thing,
    )


_CORE = "One of Hy's own macros: https://hylang.org/hy/doc/stable/api"


def find(session: Session, path: str, language: str = "") -> Any:
    """The object that `path` names, reached by names and members alone; MISSING if none."""
    language = language or session.target
    head, *rest = parts(path, language)
    thing = _name(session, head, language)
    for part in rest:
        if thing is MISSING:
            break
        thing = _quietly(getattr, thing, part, MISSING, default=MISSING)
    return thing


def parts(path: str, language: str) -> list[str]:
    """Split `a.b-c` into the names of its parts; in Hy a colon between words is a dot."""
    if language != LISP:
        return path.split(".")
    import hy

    words = path.replace(":", ".") if not path.startswith(":") else path
    return [hy.mangle(part) if part else "" for part in words.split(".")]


def kind(thing: Any) -> str:
    """Say what a thing is in one word."""
    for word, test in _KINDS.items():
        if _quietly(test, thing, default=False):
            return word
    return "value"


_KINDS: dict[str, Callable[[Any], bool]] = {
    "module": inspect.ismodule,
    "class": inspect.isclass,
    "function": callable,
}


def tables(session: Session) -> list[Mapping[str, Any]]:
    """The macros that a cell of Hy sees, the module's own first."""
    import builtins

    return [session.names.get("_hy_macros", {}), getattr(builtins, "_hy_macros", {})]


def _macro(session: Session, name: str) -> Any:
    import hy

    found = [t[hy.mangle(name)] for t in tables(session) if name and hy.mangle(name) in t]
    return found[0] if found else None


def _name(session: Session, name: str, language: str) -> Any:
    import builtins

    if name in session.names:
        return session.names[name]
    if language == LISP:
        return vars(builtins).get(name, MISSING)
    world = _quietly(host.globals, language)
    return MISSING if world is None else _quietly(getattr, world, name, MISSING, default=MISSING)


def _signature(thing: Any, is_macro: bool) -> str:
    if isinstance(thing, Proxy):
        return thing.__bridge__.signature(thing.__native__)
    signature = inspect.signature(thing)
    if is_macro:  # the compiler comes first, if the macro wants it
        kept = [p for p in signature.parameters.values() if p.name != "_hy_compiler"]
        signature = signature.replace(parameters=kept)
    return _QUOTED.sub(r"\1\2", str(signature))


_QUOTED = re.compile(r"(: |-> )'([^']*)'")
"""Annotations that were never evaluated."""


def _doc(thing: Any) -> str:
    if isinstance(thing, Proxy):
        return thing.__bridge__.doc(thing.__native__)
    if not (callable(thing) or inspect.ismodule(thing)) and thing.__doc__ == type(thing).__doc__:
        return ""  # an int says no more than `int` does
    return inspect.getdoc(thing) or ""


def _source(thing: Any) -> str:
    if isinstance(thing, Proxy):
        return _quietly(thing.__bridge__.source, thing.__native__)
    if getattr(thing, "__module__", "") == "hy.macros":  # a core macro's own text is not kept
        return ""
    code = getattr(inspect.unwrap(thing) if callable(thing) else thing, "__code__", None)
    if code is not None and not code.co_filename.endswith(".py"):
        return _quietly(_form, code.co_filename, code.co_firstlineno)
    return _quietly(inspect.getsource, thing)


def _form(file: str, line: int) -> str:
    """The form of Hy that begins on that line: Python's own tools would look for Python."""
    import linecache
    import textwrap

    from polyhy.sessions.reading import place

    lines = linecache.getlines(file)[line - 1 :]
    for end in range(1, len(lines) + 1):
        text = textwrap.dedent("".join(lines[:end]))
        now = place(text)
        if not now.forms and now.inside != "string":
            return text
    return ""


def _place(thing: Any) -> tuple[str, int]:
    if isinstance(thing, Proxy):
        return "", 0
    thing = _quietly(inspect.unwrap, thing, default=thing)
    code = getattr(thing, "__code__", None)
    if code is not None:
        return code.co_filename, code.co_firstlineno
    return _quietly(inspect.getsourcefile, thing) or "", 1


def _quietly(ask: Callable[..., Any], *args: Any, default: Any = "") -> Any:
    """Ask an object that may fail at being asked: a prompt's help never does."""
    try:
        answer = ask(*args)
    except Exception:
        return default
    return default if answer is None else answer
