"""Typed functions in Lisp, compiled by Rust, give what the same Hy gives; what can't be is said."""

from __future__ import annotations

import math
import subprocess
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hy
import numpy as np
import pytest
from hy.compiler import HyASTCompiler
from hypothesis import given, settings
from hypothesis import strategies as st

import polyhy
from polyhy.bridges.rust.errors import RustPanic, RustSyntaxError
from polyhy.guests import targets

FUNCTIONS = """
(defn #^ float mean [#^ (get list float) xs]
  "The mean of some numbers."
  (setv s 0)
  (for [x xs] (+= s x))
  (/ s (len xs)))
(defn #^ int fib [#^ int n] (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(defn #^ int arith [#^ int a #^ int b] (+ (* 3 (// a b)) (% a b) (- b) (abs a)))
(defn #^ float floats [#^ float a #^ float b] (+ (* 3 (// a b)) (% a b) (- b) (abs a)))
(defn #^ float over [#^ int a #^ int b] (/ a b))
(defn #^ int power [#^ int a #^ int b] (** a b))
(defn #^ float roots [#^ float a] (+ (math.sqrt a) (** a 0.5) (math.log (+ a 1))))
(defn #^ int bits [#^ int a #^ int n] (| (& a 255) (^ (<< 1 n) (>> a n)) (bnot a)))
(defn #^ (get list int) primes [#^ int n]
  (setv found [])
  (for [i (range 2 n)]
    (when (not (any (gfor p found (= (% i p) 0))))
      (.append found i)))
  found)
(defn #^ int collatz [#^ int n]
  (setv k 0)
  (while True
    (when (= n 1)
      (return k))
    (setv n (if (% n 2) (+ (* 3 n) 1) (// n 2)))
    (+= k 1)))
(defn #^ int gcd [#^ int a #^ int b]
  (while b
    (setv [a b] [b (% a b)]))
  a)
(defn #^ (get tuple #(float float)) ends [#^ (get list float) xs]
  (setv [lo hi] [(get xs 0) (get xs -1)])
  (for [x xs]
    (cond (< x lo) (setv lo x)
          (> x hi) (setv hi x)))
  #(lo hi))
(defn #^ str greet [#^ str name #^ bool loud]
  (let [text (+ "hello " name "!")]
    (if loud (.upper text) text)))
(defn #^ int length [#^ str text] (len text))
(defn #^ (get list (get list float)) outer [#^ (get list float) a #^ (get list float) b]
  (lfor x a (lfor y b :if (> y 0) (* x y))))
(defn #^ float trace [#^ (get list (get list float)) m]
  (sum (gfor [i row] (enumerate m) (get row i))))
(defn #^ float dot [#^ (get list float) a #^ (get list float) b]
  (sum (gfor [x y] (zip a b) (* x y))))
(defn #^ (get list int) down [#^ int n #^ int step] (list (range n 0 step)))
(defn #^ (get list float) sorts [#^ (get list float) xs]
  (setv ys (sorted xs))
  (.reverse ys)
  (+ ys (* [0.0] 2) (cut ys 1 -1)))
(defn #^ bool between [#^ int a #^ int b #^ int c] (and (< a b c) (not (= a 7)) (in b [1 2 3 b])))
(defn #^ int place [#^ int a #^ int b] (or (and a b) (- b 1)))
(defn #^ int skip [#^ int n]
  (setv s 0)
  (for [i (range n) j (range i) :if (!= i j)]
    (when (> j 5) (break))
    (when (= (% j 2) 0) (continue))
    (+= s (* i j)))
  s)
(defn #^ float smallest [#^ float a #^ int b] (- (max a b) (min a b 3)))
(defn #^ int rounds [#^ float x] (+ (round x) (int x) (math.floor x) (math.ceil x)))
(defn #^ bool even [#^ int n] (if (= n 0) True (odd (- n 1))))
(defn #^ bool odd [#^ int n] (if (= n 0) False (even (- n 1))))
(defn #^ int item [#^ (get list int) xs #^ int i] (get xs i))
(defn #^ int checked [#^ int n]
  (assert (!= n 3) "not three")
  (when (> n 10) (raise (ValueError "too big")))
  n)
(defn #^ None fill [#^ (get list float) xs #^ float by]
  (for [i (range (len xs))]
    (setv (get xs i) (+ (get xs i) by))))
(defn #^ None twice [#^ (get list float) xs] (fill xs 1) (fill xs 1))
(defn #^ int empty [#^ (get list str) words]
  (setv n 0)
  (for [w words] (when (not (.strip w)) (+= n 1)))
  n)
(defn #^ (get list str) names [#^ (get list str) xs #^ str extra]
  (setv out (list xs))
  (.append out extra)
  (setv xs (sorted out))
  xs)
(defn #^ int count-all [#^ (get list (get list int)) rows]
  (setv n 0)
  (for [row rows  x row :if (in x [1 2 3])]
    (+= n 1))
  n)
(defn #^ (get tuple #(int (get list int))) split [#^ (get list int) xs]
  (setv evens (lfor x xs :if (= 0 (% x 2)) x))
  #((len evens) evens))
(defn #^ int use-split [#^ (get list int) xs]
  (setv [n evens] (split xs))
  (+ n (sum evens)))
(defn #^ str longest [#^ (get list str) words]
  (setv best "")
  (for [w words]
    (when (> (len w) (len best))
      (setv best w)))
  best)
(defn #^ (get list float) moving [#^ (get list float) xs #^ int k]
  (lfor i (range (- (len xs) k -1))
    (/ (sum (cut xs i (+ i k))) k)))
(defn #^ int nested-let [#^ int n]
  (let [a n  b (+ a 1)]
    (let [a (* b 2)]
      (setv a (+ a 1))
      (+ a b))))
(defn #^ bool is-prime [#^ int n]
  (and (> n 1) (all (gfor d (range 2 n) :if (<= (* d d) n) (% n d)))))
(defn #^ int loop [#^ int match]
  (setv fn match)
  fn)
(defn #^ (get list int) pops [#^ int n]
  (setv xs (list (range n)))
  (setv last (.pop xs))
  (setv (get xs 0) last)
  (.append xs (max xs))
  xs)
(defn #^ float mix [#^ int a #^ float b]
  (setv r (if (> a 0) a b))
  (+= r 1)
  (or r 2.5))
(defn #^ (get list (get list int)) grid [#^ int n]
  (setv rows (lfor _ (range n) (* [0] n)))
  (for [i (range n)]
    (setv (get rows i i) 1)
    (+= (get (get rows i) -1) 2))
  rows)
"""

CASES: list[tuple[str, Any]] = [
    ("mean", ([1, 2, 4],)),
    ("mean", ([],)),
    ("fib", (15,)),
    ("arith", (-7, 2)),
    ("arith", (7, -2)),
    ("arith", (7, 0)),
    ("floats", (-7.5, 2.0)),
    ("floats", (7.5, -2.0)),
    ("floats", (1.0, 0.0)),
    ("over", (1, 3)),
    ("power", (3, 7)),
    ("power", (-1, 9)),
    ("roots", (2.0,)),
    ("roots", (-4.0,)),
    ("bits", (1234, 3)),
    ("bits", (1, -1)),
    ("primes", (40,)),
    ("collatz", (27,)),
    ("gcd", (48, 36)),
    ("ends", ([3, 1, 2],)),
    ("ends", ([],)),
    ("greet", ("you", True)),
    ("greet", ("Ünï", False)),
    ("length", ("Ünï✓",)),
    ("outer", ([1, 2], [3, -4, 5])),
    ("trace", ([[1, 2], [3, 4]],)),
    ("dot", ([1, 2, 3], [4, 5, 6])),
    ("down", (10, -3)),
    ("down", (10, 0)),
    ("sorts", ([2, 3, 1, 5],)),
    ("between", (1, 2, 3)),
    ("between", (1, 3, 3)),
    ("place", (2, 5)),
    ("place", (0, 5)),
    ("skip", (12,)),
    ("smallest", (2.5, 7)),
    ("rounds", (2.5,)),
    ("rounds", (-3.5,)),
    ("rounds", (math.nan,)),
    ("even", (10,)),
    ("item", ([1, 2, 3], -1)),
    ("item", ([1, 2, 3], 3)),
    ("item", ([1, 2, 3], -4)),
    ("checked", (4,)),
    ("checked", (3,)),
    ("checked", (11,)),
    ("empty", (["a", " ", ""],)),
    ("names", (["b", "a"], "c")),
    ("count_all", ([[1, 5], [2, 3]],)),
    ("split", ([1, 2, 4],)),
    ("use_split", ([1, 2, 4],)),
    ("longest", (["a", "ccc", "bb"],)),
    ("moving", ([1, 2, 3, 4], 2)),
    ("nested_let", (3,)),
    ("is_prime", (97,)),
    ("is_prime", (91,)),
    ("loop_", (4,)),
    ("pops", (4,)),
    ("mix", (1, 2.5)),
    ("mix", (-1, -1.0)),
    ("grid", (3,)),
]


def written(source: str, file: str = "typed.hy", names: list[str] | None = None) -> Any:
    module = types.ModuleType("typed")
    module.__dict__["math"], module.__dict__["scale"] = math, 10
    forms = list(hy.read_many(source, filename=file))
    found = [str(form[1][1]) for form in forms] if names is None else names
    return targets.written(HyASTCompiler(module, file, source), "rust", forms, found)


@pytest.fixture(scope="session")
def compiled() -> Any:
    piece = written(FUNCTIONS)
    return polyhy.evaluate("rust", piece.source, f"typed.hy:{piece.line}")


@pytest.fixture(scope="session")
def in_hy() -> dict[str, Any]:
    module = types.ModuleType("plain")
    module.__dict__["math"] = math
    hy.eval(hy.read_many(FUNCTIONS), module.__dict__, module=module)
    return module.__dict__


def outcome(function: Callable[..., Any], args: Any) -> Any:
    """The result, or the type of error that Python would raise."""
    try:
        result = function(*args)
    except (ArithmeticError, LookupError, ValueError, AssertionError) as error:
        return next(each for each in type(error).__mro__ if each.__module__ == "builtins")
    return list(result) if isinstance(result, tuple) else result


@pytest.mark.parametrize(("name", "args"), CASES)
def test_a_typed_function_gives_what_hy_gives(
    compiled: Any, in_hy: dict[str, Any], name: str, args: Any
) -> None:
    assert outcome(getattr(compiled, name), args) == outcome(in_hy[name.rstrip("_")], args)


numbers = st.integers(-(2**31), 2**31)


@settings(max_examples=200, deadline=None)
@given(numbers, numbers)
def test_any_ints_divide_as_in_python(compiled: Any, in_hy: dict[str, Any], a: int, b: int) -> None:
    for name in ("arith", "over", "gcd"):
        assert outcome(getattr(compiled, name), (a, b)) == outcome(in_hy[name], (a, b))


@settings(max_examples=200, deadline=None)
@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_any_floats_divide_as_in_python(
    compiled: Any, in_hy: dict[str, Any], a: float, b: float
) -> None:
    assert outcome(compiled.floats, (a, b)) == outcome(in_hy["floats"], (a, b))


@pytest.mark.parametrize(
    ("name", "args"), [("arith", (2**62, 1)), ("power", (10, 19)), ("bits", (2**62, 70))]
)
def test_an_int_beyond_64_bits_is_an_error(compiled: Any, name: str, args: Any) -> None:
    with pytest.raises(OverflowError, match="is beyond 64 bits") as caught:
        getattr(compiled, name)(*args)
    assert isinstance(caught.value, RustPanic)
    first = next(i for i, line in enumerate(FUNCTIONS.splitlines(), 1) if f"int {name} " in line)
    assert [(f.file, f.line) for f in caught.value.frames] == [("typed.hy", first)]


def test_a_list_of_numbers_is_changed_where_it_is(compiled: Any) -> None:
    xs = np.array([1.0, 2.0])
    compiled.fill(xs, 1)
    compiled.twice(xs)
    assert list(xs) == [4.0, 5.0]
    assert compiled.mean(xs) == 4.5


def test_its_text_is_its_documentation(compiled: Any) -> None:
    assert "The mean of some numbers." in compiled.mean.__doc__


def test_a_definition_is_bound_by_its_name(tmp_path: Path, run: Any) -> None:
    program = """(require polyhy * :readers *)
(defmacro square [x] `(* ~x ~x))
(rust:defn #^ int sum-of-squares [#^ int n]
  (sum (gfor i (range n) (square i))))
(print (sum-of-squares 10))
(try
  (sum-of-squares 10000000)
  (except [e OverflowError]
    (print e)))
"""
    (tmp_path / "typed.hy").write_text(program)
    done = run("hy", "typed.hy", cwd=tmp_path)
    first, error, place = done.stdout.splitlines()
    assert (first, error) == ("285", "OverflowError: the result of + is beyond 64 bits")
    assert place.endswith("(typed.hy:4)"), done.stderr


def test_what_rustc_refuses_is_said_at_the_line_of_the_lisp() -> None:
    source = "(defn #^ int f [#^ int n]\n  (when n\n    (setv x 1))\n\n  (+ 1 x))"
    piece = written(source)
    with pytest.raises(RustSyntaxError, match="possibly-uninitialized") as caught:
        polyhy.evaluate("rust", piece.source, f"typed.hy:{piece.line}")
    assert caught.value.frames[0].line == 5


def test_a_file_of_typed_functions_is_a_file_of_rust(tmp_path: Path) -> None:
    from polyhy.sessions import compile

    (tmp_path / "typed.hy").write_text("(import math)" + FUNCTIONS)
    made = compile.file(tmp_path / "typed.hy", "rust")
    assert made.suffix == ".rs"
    assert "pub fn length(text: &str) -> i64 {\n    (text.chars().count() as i64)\n}" in made.source
    (tmp_path / "typed.rs").write_text(made.source)
    words = ["rustc", "--edition=2021", "--crate-type=lib", "--emit=metadata", "typed.rs"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# The form that is wrong stands between « and ».
MISTAKES = [
    ("(defn «f» [] 1)", "does not say the type of its result: (rust:defn #^ float mean"),
    ("«(defn)»", "defn takes types, a name and parameters"),
    ("(defn #^ int f [«x»] 1)", "this parameter has no type: #^ float x"),
    ("(defn #^ int f [«[x 1]»] 1)", "plain parameters: no defaults"),
    ("(defn #^ int f [«#* xs»] 1)", "plain parameters"),
    ("(defn #^ «complex» f [] 1)", "this is no type of Rust's; there are int, float"),
    ("(defn #^ «flaot» f [] 1)", 'did you mean "float"?'),
    ("(defn #^ int f [#^ «list» xs] 1)", "say of what: (get list float)"),
    ("(defn #^ int f [#^ (get list «dict») xs] 1)", "this is no type of Rust's"),
    ("(defn #^ int f [#^ «None» x] 1)", "a parameter is something"),
    ("«(defn :async #^ int f [] 1)»", "neither async nor decorated"),
    ("«(+ 1 2)»", "Rust has typed functions here"),
    ("(defn #^ int f [] «1.5»)", "this is of type float, and int is wanted"),
    ("(defn #^ int f [#^ int n] (+ n «scale»))", "make it a parameter"),
    ("(defn #^ int f [#^ int number] «numbr»)", 'did you mean "number"?'),
    ("(defn #^ int f [] («scale» 1))", "scale is no typed function of this block"),
    ("(defn #^ int f [] («lne» [1]))", 'did you mean "len"?'),
    ("(defn #^ int f [] («try» 1))", "typed functions have no form 'try'"),
    ("(defn #^ int f [] «99999999999999999999»)", "which has 64 bits"),
    ("(defn #^ str f [] «f\"{1}\"»)", "typed functions have no fstring"),
    ("(defn #^ int f [] (setv x 1) (setv «x» \"a\") 1)", "x is of type int, and here it would"),
    ("(defn #^ int f [#^ int x] (setv «x» 1.5) 1)", "x is of type int, and here it would"),
    ("(defn #^ int f [] [1 «\"a\"»] 1)", "items of a list are of one type"),
    ("(defn #^ int f [#^ bool b] (setv x (if b 1 «\"a\"»)) 1)", "both ways give values of one"),
    ("(defn #^ int f [#^ (get list int) xs] (setv ys «xs») 1)", "a copy is made by (list xs)"),
    ("(defn #^ int f [#^ (get list int) xs] (.append «xs» 1) 1)", "keeps its length: copy it"),
    ("(defn #^ int f [#^ int x] «(.upper x)»)", "what is of type int has no method 'upper'"),
    ("(defn #^ int f [#^ int x] (get x «0»))", "what is of type int has no items"),
    ("(defn #^ int f [#^ str s] (+ 1 «s»))", "+ is for numbers; str is none"),
    ("(defn #^ bool f [#^ str s] «(< 1 s)»)", "int and str don't compare"),
    ("(defn #^ int f [#^ int a] «(f a a)»)", "f takes 1 arguments, not 2"),
    ("(defn #^ int f [#^ int a] (f «:a» 1))", "given in their order"),
    ("(defn #^ float f [#^ float a] («math.sqr» a))", 'did you mean "sqrt"?'),
    ("(defn #^ int f [] (raise «(KeyError \"a\")»))", "a typed function raises one of ValueError"),
    ("(defn #^ int f [] «(break)»)", "break outside of a loop"),
    ("(defn #^ int f [] «(if True 1)»)", "if takes a condition and two forms"),
    ("(defn #^ int f [] «(range 3)» 1)", "range is looped over; a list is made by (list"),
    ("(defn #^ int f [] (setv x 1 «y»))", "setv takes names and values in pairs"),
    ("(defn #^ int f [] (setv «[a b]» [1 2 3]) 1)", "3 values don't go into 2 names"),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "message"), MISTAKES)
def test_a_mistake_is_a_syntax_error_under_its_form(marked: str, message: str) -> None:
    before, _, after = marked.partition("«")
    line = "  " + before + after.replace("»", "")
    with pytest.raises(hy.errors.HySyntaxError) as caught:
        written("\n" + line, names=[])
    assert message in caught.value.msg
    assert (caught.value.filename, caught.value.lineno) == ("typed.hy", 2)
    assert caught.value.offset == 2 + len(before) + 1
