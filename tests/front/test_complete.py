"""Completion: names, macros, members of any language's objects, packages, files, keywords."""

from __future__ import annotations

import time
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyhy.guests import host
from polyhy.packages import env
from polyhy.sessions import complete
from polyhy.sessions.session import Session


def texts(session: Session, text: str, language: str = "") -> list[str]:
    return [found.text for found in complete.complete(session, text, language)[1]]


@pytest.fixture
def filled(session: Session) -> Session:
    session.evaluate(
        "(import numpy :as np) (defn my-func [first [second-one 2]] None) (setv xs [1])"
    )
    session.names["thing"] = host.evaluate("toy", "new(groupBy=1, grow=2, other_name=3, _own=4)")
    return session


def test_names_of_the_session_of_python_and_macros(filled: Session) -> None:
    assert texts(filled, "(my-f") == ["my-func"]
    assert "sorted" in texts(filled, "(sort")
    assert {"defn", "defclass"} <= set(texts(filled, "(def"))
    assert texts(filled, "(import-f") == ["import-from"]
    kinds = {c.text: c.kind for c in complete.complete(filled, "")[1]}
    assert (kinds["np"], kinds["my-func"], kinds["when"]) == ("module", "function", "macro")


def test_a_words_start_is_told(filled: Session) -> None:
    assert complete.complete(filled, "(foo (my-f")[0] == 6
    assert complete.complete(filled, "(np.lin")[0] == 1


def test_a_session_hides_its_own_names(filled: Session) -> None:
    filled.evaluate("1")
    assert not [t for t in texts(filled, "") if t.startswith(("_hy_", "hyx_", "*1"))]


def test_members_of_python(filled: Session) -> None:
    assert "np.linspace" in texts(filled, "(np.lin")
    assert "np.linalg.eigvals" in texts(filled, "np.linalg.eig")
    assert texts(filled, "(xs.appe") == ["xs.append"]
    assert texts(filled, "xs.appe", "python") == ["xs.append"]


def test_members_of_a_guest(filled: Session) -> None:
    assert texts(filled, "(thing.gr") == ["thing.groupBy", "thing.grow"]
    assert texts(filled, "(thing.group-") == ["thing.group-by"]
    assert texts(filled, "(thing.other-") == ["thing.other-name"]
    assert texts(filled, "(thing:gr") == ["thing:groupBy", "thing:grow"]
    assert texts(filled, "thing.gr", "python") == ["thing.groupBy", "thing.grow"]
    assert "thing._own" not in texts(filled, "thing.")
    assert texts(filled, "thing._") == ["thing._own"]


def test_globals_of_a_guest(session: Session) -> None:
    assert texts(session, "x = sorte", "python") == ["sorted"]
    assert "str.join" in texts(session, "str.jo", "python")
    assert texts(session, "Mat", "js") == ["Math"]
    assert "Math.max" in texts(session, "(1 + Math.ma", "js")
    assert "string.format" in texts(session, "string.fo", "lua")


def test_keywords_of_a_function(filled: Session) -> None:
    assert texts(filled, "(my-func :") == [":first", ":second-one"]
    assert texts(filled, "(sorted xs :re") == [":reverse"]
    assert texts(filled, "(import-from :a") == [":as"]


def test_modules_and_ecosystems_and_packages(
    filled: Session, toy_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env, "_chosen", None)
    monkeypatch.chdir(toy_project)
    assert "json" in texts(filled, "(import js")
    import json.decoder

    assert json.decoder
    assert texts(filled, "(import json.deco") == ["json.decoder"]
    assert texts(filled, '(import-from "to') == ["toy"]
    assert texts(filled, '(import-from "toy" gree') == ["greet"]
    assert texts(filled, '(import-from "toy" "@sc') == ["@scope/pkg"]
    assert texts(filled, '(import-from "nope" gree') == []


def test_files(filled: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.lua").write_text("")
    (tmp_path / "sub").mkdir()
    (tmp_path / ".hidden").write_text("")
    monkeypatch.chdir(tmp_path)
    assert texts(filled, '(import-from "lua" "./o') == ["./one.lua"]
    assert texts(filled, f'(open "{tmp_path}/') == [f"{tmp_path}/one.lua", f"{tmp_path}/sub/"]
    assert texts(filled, "open('./s", "python") == ["./sub/"]
    assert texts(filled, '(open "./gone/') == []


def test_texts_and_comments_complete_nothing(filled: Session) -> None:
    assert texts(filled, '(print "sor') == []
    assert texts(filled, "; sor") == []


def test_an_object_that_fails_completes_nothing(session: Session) -> None:
    session.evaluate("(defclass Bad [] (defn __dir__ [self] (/ 1 0))"
                     " (defn [property] p [self] (/ 1 0)))\n(setv bad (Bad))")  # fmt: skip
    assert texts(session, "(bad.") == []
    assert texts(session, "(bad.p.") == []
    assert texts(session, "(nope.") == []
    assert texts(session, "(1.") == []


def test_no_call_is_made_to_complete(session: Session) -> None:
    session.evaluate("(setv called []) (defn f [] (.append called 1))")
    for text in ("(f).", "(.x (f) ", "f().", "(f ).a"):
        texts(session, text)
        texts(session, text, "python")
    assert session.names["called"] == []


def test_the_signature_of_the_form_at_the_cursor(filled: Session) -> None:
    found = complete.call_at(filled, "(my-func 1 [2 ")
    assert found is not None
    assert (found.name, found.signature) == ("my-func", "(first, second_one=2)")
    assert complete.call_at(filled, "(nope ") is None
    assert complete.call_at(filled, "") is None


@pytest.mark.parametrize("language", ["hy", "python"])
def test_hidden_names_are_completed_where_they_are_asked_for(language: str) -> None:
    session = Session()
    session.evaluate("(setv _hidden 1 shown 2)")
    names = [each.text for each in complete.complete(session, "", language)[1]]
    assert "shown" in names
    assert not [name for name in names if name.startswith("_")]
    assert "_hidden" in [each.text for each in complete.complete(session, "_h", language)[1]]


def test_numpy_completes_within_50_ms(filled: Session) -> None:
    assert numpy
    spent = []
    for _ in range(10):
        start = time.perf_counter()
        assert len(texts(filled, "(np.")) > 300
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.05


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40))
def test_any_text_can_be_completed(text: str) -> None:
    session = Session()
    for language in ("hy", "python"):
        start, found = complete.complete(session, text, language)
        assert 0 <= start <= len(text)
        assert all(each.text.startswith(text[start:]) for each in found)
