"""What can't be meant is said when it is compiled, with a caret under the form and a hint."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import hy
import pytest
from hy.compiler import hy_compile
from hy.errors import HySyntaxError

HEAD = "(require polyhy * :readers *)\n"

# The form that is wrong stands between « and ».
MISTAKES = [
    ('(import-from «"toi"» greet)', "there is no ecosystem 'toi'; did you mean \"toy\"?"),
    ('(import-from «"xyz"» greet)', "there is no ecosystem 'xyz'; there are: "),
    ("(import-from «toy» greet)", 'the ecosystem is a literal string: (import-from "npm" lodash)'),
    ("(import-from «(f)» greet)", "the ecosystem is a literal string"),
    ("«(import-from)»", 'it names an ecosystem and packages: (import-from "npm" lodash)'),
    ('(import-from "toy" greet «:as»)', "after :as stands a name: :as name"),
    ('(import-from "toy" greet :as «"g"»)', "after :as stands a name"),
    ('(import-from "toy" «:as» g)', "a keyword follows the name of a package: lodash :as _"),
    ('(import-from "toy" «[hello]»)', "a list of members follows the name of a package"),
    ('(import-from "toy" greet «[]»)', "the list of members is empty"),
    ('(import-from "toy" greet [«3»])', "a member is a name or a string"),
    ('(import-from "toy" greet [hello «:as»])', "after :as stands a name"),
    ('(import-from "toy" greet [hello :as «4»])', "after :as stands a name"),
    ('(import-from "toy" greet :as g «[hello]»)', "this is the second clause of greet"),
    ('(import-from "toy" greet [hello] «:as» g)', "this is the second clause of greet"),
    ('(import-from "toy" «3»)', 'a package is a name or a string: lodash, "lodash@^4"'),
    ('(import-from "toy" «*»)', "a package is a name or a string"),
    ('(import-from "toy" greet@«~4»)', "a package is a name or a string"),
    ('(import-from "toy" «(f x)»)', "a package is a name or a string"),
    ('(import-from "toy" «"gr eet"»)', "'gr eet' is not a package spec: "),
    ('(import-from "toy" «"npm:lodash"»)', "it stands among packages of toy"),
    ('(import-from "toy" greet «:loud» True)', 'greet takes no :loud; did you mean "louder"?'),
    ('(import-from "toy" greet :from «"toy"»)', "the ecosystem stands first in import-from"),
    ('(defn f [] (import-from "toy" greet «*»))', "* is for the top of a file"),
    ('(import «"greet"»)', 'say where it comes from: (import "lodash" :from "npm")'),
    ('(import "greet" «:from»)', 'after :from stands an ecosystem: :from "npm"'),
    ('(import "greet" :from «toy»)', "after :from stands an ecosystem"),
    ('(import "greet" :from «"toi"»)', 'did you mean "toy"?'),
    ('(import «"gr eet"» :from "toy")', "'gr eet' is not a package spec"),
    ('(eval-in «"toi"» "1")', "there is no language 'toi'; did you mean \"toy\"?"),
    ('(eval-in "toy" "1" «:mta» True)', "this takes :meta True, for a MetaObject round the value"),
    ("(let («(a)») a)", "each binding is a pair: (let ((a 1) (b 2)) …)"),
    ("(let ((a 1) «b») a)", "each binding is a pair"),
    ("«(alias)»", "it names members: (alias np.linalg.norm)"),
    ("(alias «norm»)", "a member has a dot or a colon"),
    ("(alias «np.norm» :as)", "after :as stands a name"),
    ("(alias np.norm :as «4»)", "after :as stands a name"),
    ("(js:call «Math» 1)", 'a name in a string comes first: (js:call "Math.max" 1 2)'),
    ('(py.import "math" «math»)', "after the module stands :as name"),
    ('(start-runtime «"lau"»)', "there is no language 'lau'; did you mean \"lua\"?"),
    ('(start-runtime "lua" «"x"»)', "after the language stand settings"),
    ("«(js)»", 'what should be run in js? (js "source") or (js (defn …))'),
    ('(js «f"{x}"»)', "what is put into it could be read as code"),
    ("(macro «twice» [x] x)", "a target's macro has its name before a colon"),
    ("(macro js:twice «x» x)", "after the name stand parameters"),
    ("(js «unknown»)", "js knows no variable 'unknown'; define it first"),
    ("(js (defn f [number] (+ «numbr» 1)))", 'did you mean "number"?'),
    ("(lua («sortd» [1]))", 'did you mean "sorted"?'),
    ("(js «(if True 1)»)", "if takes a condition and two forms"),
    ("(js «(not)»)", "not takes 1 form, not 0"),
    ("(js (setv x 1 «y»))", "setv takes names and values in pairs"),
    ("(js (setv «5» 1))", "this can't be assigned to"),
    ("(js (setv «True» 1))", "True can't be assigned to"),
    ("(js (setv [a #* b «#* c»] [1 2]))", "only one #* may stand in a target"),
    ("(js (let [a 1 «b»] a))", "this binding has no value"),
    ("(js «(let)»)", "let begins with its bindings"),
    ("(js (fn [] «(global x)»))", "a variable of the Hy around is passed by value"),
    ("(js (fn [] (nonlocal «x»)))", "no function around has a variable 'x'"),
    ("(js «(-)»)", "- needs an operand"),
    ("(js «(chainc 1 <)»)", "chainc compares in a row"),
    ("(js «(get [1])»)", "get takes a collection and a key"),
    ("(js «(cut)»)", "cut takes a sequence and up to three places"),
    ("(js (. [1] «5»))", "after a dot stands a name, [a key] or (a method)"),
    ("(js («:key» 1))", "this is no function; (get x key) reads an item"),
    ("(js (print «:sep»))", "after :sep stands its value"),
    ("(js (defn f [a] a) (f «:b» 1))", "the function has no parameter 'b'"),
    ("(js (defn f [a b] a) (f «:b» 1))", "the parameter 'a' before it must be given, too"),
    ("(js «(fn)»)", "fn takes a list of parameters"),
    ("(js «(defn 5 [])»)", "defn takes a name and parameters"),
    ("(js (fn [«5»] 1))", "a parameter is a name, [name default], #* rest or #** options"),
    ("(js (fn [] (return 1 «2»)))", "return takes one value"),
    ("(js «(break)»)", "break outside of a loop"),
    ("(lua «(continue)»)", "continue outside of a loop"),
    ("(js «(while)»)", "while takes a condition"),
    ("(js «(for x [1])»)", "for takes its clauses in brackets"),
    ("(js (for [x [1] «:when» 1] x))", "a loop has no clause :when; there are :if, :do and :setv"),
    ("(js (for [«x»] x))", "this clause of the loop lacks what it loops over"),
    ("(js «(lfor x [1])»)", "lfor takes clauses and what to gather"),
    ("(js «(gfor x [1])»)", "gfor takes clauses and what to give"),
    ("(js «(try 1)»)", "try has an except or a finally"),
    ("(js (try 1 (except [] 1) «2»))", "after except, else and finally nothing more is tried"),
    ("(js (try 1 «(except* [e ValueError] 1)»))", "there are no groups of errors here"),
    ("(js «(raise)»)", "outside of except, raise takes an error"),
    ("(js «(with [])»)", "with takes its things in brackets"),
    ("(js «(match)»)", "match takes what is matched"),
    ("(js (match 1 «2»))", "this pattern has no result"),
    ("(js (match [1] [#* a «#* b»] 1))", "only one #* may stand in a pattern"),
    ("(js (match 1 «(| a 2)» 1))", "the patterns of | bind no names"),
    ("(js «(defclass)»)", "defclass takes a name"),
    ("(js (defclass A [Exception «ValueError»]))", "a class of js has one class above it"),
    ("(js (defclass A [] «(print 1)»))", "a class holds defn and setv"),
    ("(js (defclass A [] (defn f «[]» 1)))", "a method takes its object first: [self]"),
    ("(js (defclass A [] (defn [«cached»] f [self] 1)))", "a method may be a staticmethod"),
    ("(js (do (setv xs [1]) (setv (cut xs 0 1 «2») [3])))", "by cut has no steps"),
    ("(js «(lua (+ 1 2))»)", "lua stands outside of js: pass in what it gives"),
    ('(js (+ 1 (js «"2"»)))', "source of js stands outside of Lisp: pass in what it gives"),
    ("(js «(by-ref 1)»)", "by-ref is for the Lisp around: pass in what it gives"),
    ("(js (fn [] (import «os»)))", "js has no os; import it outside, and it is passed in"),
    ("(js «(defmacro m [] 1)»)", "defmacro has no meaning in js: define it outside"),
    ("(js «'a»)", "quote has no meaning in js"),
    ("(js «1j»)", "js has no complex numbers"),
    ("(lua (fn [] «()»))", "an empty form calls nothing"),
    ("(js (fn [] «(yield 1 2 3)»))", "yield takes one value"),
    ("(js (del «5»))", "this can't be deleted"),
    ('(import-from "toy" greet «as» g)', "a name of one's own follows a keyword: lodash :as _"),
    ("«(by-ref)»", "this is written (by-ref x)"),
    ("«(by-ref 1 2)»", "this is written (by-ref x)"),
    ('«(eval-in "toy")»', "this is written (eval-in language source …)"),
    ('(eval-in "js" «5»)', 'source is a text: (eval-in "js" "1 + 1")'),
    ("«(data)»", "data takes one form: (data x)"),
    ("«(members)»", "members asks of one thing: (members lodash)"),
    ("«(doc 1 2)»", "doc asks of one thing"),
    ("«(runtimes 1)»", "this is written (runtimes)"),
    ("«(stop-runtime)»", "this is written (stop-runtime name)"),
    ('«(send-json "js")»', "this is written (send-json runtime value)"),
    ('(receive-json "js" "1" «:mta» True)', "here stands nothing, or :meta and its value"),
    ('(alias «"a.b"»)', "a member has a dot or a colon"),
    ("«(py-> np)»", "this is written (py-> thing member …)"),
    ("(js-> x «5»)", "after the thing stands the name of a member"),
    ("(py.import «math»)", 'the module is named by a string: (py.import "os.path")'),
    ("«(js:call)»", "this is written (js:call path …)"),
    ("(meta («defmacro»))", "parse error for pattern macro 'defmacro'"),
    ("(js (defn f [a «a»] a))", "there are two parameters a"),
    ("(js (fn [#* a «#* b»] 1))", "one parameter takes the rest"),
    ("(js «(raise 1 2)»)", 'raise takes an error: (raise (ValueError "no") :from cause)'),
    ("(js («->» 1 2))", "-> is a macro of hyrule: (require hyrule [->])"),
    ("(js («super»))", "super stands before a method, in a class"),
    ("«(rust:defn #^ int f [])»", "this function is to give int, and is empty"),
    ("(sh «(+ 1 2)»)", "Lisp is not written in sh: give its source in a string"),
]


@pytest.fixture(autouse=True)
def _toys(toys: Path) -> None:
    """The toy is known."""


def compiled(source: str) -> Any:
    module = types.ModuleType("mistaken")
    return hy_compile(hy.read_many(source, filename="mistaken.hy"), module)


def test_there_are_enough_mistakes() -> None:
    assert len(MISTAKES) >= 60


@pytest.mark.parametrize(("marked", "message"), MISTAKES)
def test_a_mistake_is_a_syntax_error_under_its_form(marked: str, message: str) -> None:
    before, _, after = marked.partition("«")
    line = "  " + before + after.replace("»", "")
    with pytest.raises(HySyntaxError) as caught:
        compiled(f"{HEAD}\n{line}\n")
    assert message in caught.value.msg
    assert (caught.value.filename, caught.value.lineno) == ("mistaken.hy", 3)
    assert caught.value.offset == 2 + len(before) + 1
    assert caught.value.text is not None
    assert caught.value.text.startswith(line)


def test_the_error_is_shown_with_a_caret_and_no_frame_of_ours(tmp_path: Path, run: Any) -> None:
    (tmp_path / "mistaken.hy").write_text(f'{HEAD}(print 1)\n  (import-from "toi" greet)\n')
    done = run("hy", "mistaken.hy", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    *_, line, caret, message = done.stderr.splitlines()
    assert line.strip() == '(import-from "toi" greet)'
    assert caret.index("^") == line.index('"toi"')
    assert message.endswith("there is no ecosystem 'toi'; did you mean \"toy\"?")
    assert "clauses.py" not in done.stderr
    assert "imports.hy" not in done.stderr


def test_no_runtime_is_started_and_no_room_imported_by_a_mistake(tmp_path: Path, run: Any) -> None:
    (tmp_path / "mistaken.hy").write_text(f'{HEAD}(import-from "npn" greet)\n')
    program = (
        "import hy, sys\n"
        "try: import mistaken\n"
        "except hy.errors.HySyntaxError: pass\n"
        "print([m for m in sys.modules if m.startswith(('polyhy.bridges.', 'polyhy.testing'))])"
    )
    done = run(Path(sys.executable).name, "-c", program, cwd=tmp_path)
    assert done.stdout == "[]\n", done.stderr
