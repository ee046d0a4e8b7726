"""What things say of themselves: signature, documentation, source, in any language."""

from __future__ import annotations

import pytest

from polyhy.guests import host
from polyhy.sessions.describe import describe
from polyhy.sessions.session import Session


def test_a_function_of_a_cell(session: Session) -> None:
    session.evaluate(
        '(setv y 1)\n(defn my-f [a [b 2]]\n  "Add.\n\n  More."\n  (+ a b))\n(setv x 1)'
    )
    found = describe(session, "my-f")
    assert found is not None
    assert (found.kind, found.signature, found.doc) == ("function", "(a, b=2)", "Add.\n\nMore.")
    assert found.source == '(defn my-f [a [b 2]]\n  "Add.\n\n  More."\n  (+ a b))\n'
    assert found.place == ("<hy-1>", 2)


def test_a_macro_of_ours_and_of_hys_own(session: Session) -> None:
    ours, core = describe(session, "import-from"), describe(session, "while")
    assert ours is not None
    assert core is not None
    assert (ours.kind, ours.language) == ("macro", "hy")
    assert "Import packages" in ours.doc
    assert ours.source.startswith("(defmacro import-from")
    assert "hylang.org" in core.doc


@pytest.mark.parametrize(
    ("path", "kind", "doc", "source"),
    [
        ("sorted", "function", "Return a new list", ""),
        ("int", "class", "int(", ""),
        ("json", "module", "JSON", '"""JSON'),
        ("json.dumps", "function", "Serialize", "def dumps("),
        ("json:dumps", "function", "Serialize", "def dumps("),
        ("n", "value", "", ""),
    ],
)
def test_things_of_python(session: Session, path: str, kind: str, doc: str, source: str) -> None:
    session.evaluate("(import json) (setv n 3)")
    found = describe(session, path)
    assert found is not None
    assert found.kind == kind
    assert doc in found.doc
    assert (doc == "") == (found.doc == "")
    assert source in found.source


def test_things_of_a_guest(session: Session) -> None:
    session.names["o"] = host.evaluate("js", "({add: (a, b = 1) => a + b})")
    found = describe(session, "o.add")
    assert found is not None
    assert (found.language, found.kind) == ("js", "function")
    assert "a, b" in found.signature
    world = describe(session, "Math.max", "js")
    assert world is not None
    assert world.kind == "function"


@pytest.mark.parametrize("path", ["nope", "", "json.nope", "a..b", "3", ":k", "[", "f()"])
def test_what_is_not_there_is_none(session: Session, path: str) -> None:
    session.evaluate("(import json)")
    assert describe(session, path) is None
    assert describe(session, path, "python") is None


def test_a_thing_that_fails_at_being_asked_is_described_all_the_same(session: Session) -> None:
    session.evaluate(
        "(defclass Bad [] (defn [property] __doc__ [self] (/ 1 0))\n"
        "  (defn __call__ [self] 1) (defn [property] __signature__ [self] (/ 1 0)))\n(setv b (Bad))"
    )
    found = describe(session, "b")
    assert found is not None
    assert found.source == ""
