"""The messages that CIDER, Calva and Conjure send as they connect and as their users work."""

from __future__ import annotations

import pytest

from .conftest import Editor, Served


@pytest.fixture
def wire(served: Served) -> Editor:
    """A connection whose messages name no session."""
    return served.connect()


def test_cider_connects_and_works(wire: Editor) -> None:
    who = {"client-name": "CIDER", "client-version": "1.16"}
    main, tooling = (wire.ask("clone", **who)["new-session"] for _ in range(2))
    assert wire.ask("describe", session=main)["aux"]["current-ns"] == "user"
    at = {"session": main, "file": "*cider-repl x(clj)*", "line": 1, "column": 1}
    printed = {"nrepl.middleware.print/stream?": "1", "nrepl.middleware.print/quota": 1048576}
    answer = wire.ask("eval", code="(clojure.core/require 'x)", **at, **printed)
    assert (answer["ns"], answer["status"]) == ("user", ["eval-error", "done"])
    assert wire.ask("eval", code="(+ 1 2)", **at, **printed)["values"] == ["3"]
    wire.ask("eval", code='(defn area [w h] "Of a box." (* w h))', **at)
    found = wire.ask("completions", session=tooling, ns="user", prefix="are")["completions"]
    assert found == [{"candidate": "area", "type": "function"}]
    info = wire.ask("lookup", session=tooling, ns="user", sym="area")["info"]
    assert (info["arglists-str"], info["doc"]) == ("(w, h)", "Of a box.")
    eldoc = wire.ask("eldoc", session=tooling, ns="user", sym="area")
    assert (eldoc["eldoc"], eldoc["type"]) == ([["w", "h"]], "function")
    form = {"code": "(when a b)", "expander": "macroexpand-1", "ns": "user"}
    assert wire.ask("cider/macroexpand", session=main, **form)["expansion"] == "(if a (do b) None)"
    assert wire.ask("cider/out-subscribe", session=main)["status"] == [
        "error",
        "unknown-op",
        "done",
    ]
    assert "session-closed" in wire.ask("close", session=tooling)["status"]


def test_calva_connects_and_works(wire: Editor) -> None:
    assert wire.ask("eval", code="*ns*")["ns"] == "user"
    session = wire.ask("clone")["new-session"]
    ops = wire.ask("describe", verbose=1, session=session)["ops"]
    wanted = ("clone", "close", "complete", "eval", "info", "interrupt", "load-file", "stdin")
    assert all(ops[op] for op in (*wanted, "classpath", "ls-sessions"))
    where = {"file": "/w/a.hy", "line": 7, "column": 3, "pprint": 1}
    assert wire.ask("eval", code="(setv n 4) n", session=session, ns="user", **where)["values"] == [
        "None",
        "4",
    ]
    error = wire.ask("eval", code="(nope)", session=session, ns="user", **where)
    assert 'File "/w/a.hy", line 7' in error["err"]
    files = {"file-name": "b.hy", "file-path": "/w/b.hy"}
    assert wire.ask("load-file", session=session, file="(setv m 5)", **files)["status"] == ["done"]
    found = wire.ask("complete", session=session, ns="user", symbol="sorte", context="")
    assert found["completions"] == [{"candidate": "sorted", "type": "function"}]
    assert wire.ask("info", session=session, ns="user", symbol="len")["doc"].startswith("Return")
    assert isinstance(wire.ask("classpath", session=session)["classpath"], list)
    for op in ("stacktrace", "debug-input", "test-var-query", "ns-list", "format-code"):
        assert wire.ask(op, session=session)["status"] == ["error", "unknown-op", "done"]


def test_conjure_connects_and_works(wire: Editor) -> None:
    assert "eval" in wire.ask("describe")["ops"]
    session = wire.ask("clone", session="no-session")
    assert "new-session" in session
    own = session["new-session"]
    kind = wire.ask("eval", code="#?(:clj 'clj :default 'unknown)", session=own)
    assert kind["status"] == ["eval-error", "done"]
    assert own in wire.ask("ls-sessions", session="no-session")["sessions"]
    quota = {"nrepl.middleware.print/quota": 4096, "nrepl.middleware.print/buffer-size": 4096}
    answer = wire.ask(
        "eval", code="(print 1) (+ 1 2)", ns="user", session=own, file="/w/a.hy", line=3, column=1,
        **quota,
    )  # fmt: skip
    assert (answer["out"], answer["values"]) == ("1\n", ["None", "3"])
    extra = {"context": "", "extra-metadata": ["arglists", "doc"]}
    assert wire.ask("complete", session=own, symbol="sorte", **extra)["completions"]
    info = wire.ask("info", ns="user", symbol="sorted", session=own, **{"download-sources-jar": 1})
    assert info["name"] == "sorted"
    assert "no-info" in wire.ask("info", ns="user", symbol="nope", session=own)["status"]
    assert "session-idle" in wire.ask("interrupt", session=own)["status"]
