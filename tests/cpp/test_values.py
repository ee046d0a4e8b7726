"""What crosses into C++ and out of it: numbers, texts, containers, classes, exceptions."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polyhy
from polyhy.bridges.cpp.errors import CppError
from polyhy.errors import ConversionError, GuestError

Cpp = Callable[[str], Any]

TEXTS = """#include <string>
#include <string_view>
#include <vector>
#include <map>
#include <tuple>
---
struct person {
  std::string name = "bob";
  const std::string &get() const { return name; }
  std::string_view view() const { return name; }
};
inline std::string echo(const std::string &s) { return s; }
inline std::size_t size(const std::string &s) { return s.size(); }
inline std::string broken() { return "a\\xff"; }
inline std::vector<std::string> some() { return {"a", "b"}; }
inline std::map<std::string, int> numbers() { return {{"one", 1}}; }
inline std::pair<int, std::string> pair() { return {1, "x"}; }
inline std::tuple<int, std::string> tuple() { return {1, "x"}; }
"""

VECTORS = """#include <vector>
---
inline double sum(const std::vector<double> &xs) {
  double s = 0; for (auto x : xs) s += x; return s;
}
inline long whole(const std::vector<int> &xs) { long s = 0; for (auto x : xs) s += x; return s; }
inline void twice(std::vector<double> &xs) { for (auto &x : xs) x *= 2; }
inline std::vector<double> some() { return {1, 2.5}; }
inline std::vector<double> none() { return {}; }
struct box { std::vector<double> xs = {1, 2, 3}; };
"""


class TestNumbers:
    def test_they_cross_as_they_are(self, cpp: Cpp) -> None:
        lib = cpp("int add(int a, int b) { return a + b; } double half(double x) { return x / 2; }")
        assert (lib.add(2, 3), lib.half(3), lib.add(b=4, a=1)) == (5, 1.5, 5)

    @pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 1.5, "1"])
    def test_what_does_not_fit_is_refused(self, cpp: Cpp, number: Any) -> None:
        with pytest.raises((TypeError, ValueError), match="could not convert argument 1"):
            cpp("int same(int x) { return x; }").same(number)

    def test_complex_numbers_and_bools_cross(self, cpp: Cpp) -> None:
        lib = cpp(
            "#include <complex>\n---\nstd::complex<double> turn(std::complex<double> x)"
            "{ return x * std::complex<double>(0, 1); } bool no(bool x) { return !x; }"
        )
        assert lib.turn(1 + 2j) == -2 + 1j
        assert lib.no(False) is True


class TestTexts:
    def test_a_text_is_a_str_both_ways(self, cpp: Cpp) -> None:
        lib = cpp(TEXTS)
        person = lib.person()
        got = [lib.echo("héllo"), person.get(), person.view(), person.name]
        assert got == ["héllo", "bob", "bob", "bob"]
        assert {type(text) for text in got} == {str}

    def test_what_is_not_utf8_comes_back_as_bytes(self, cpp: Cpp) -> None:
        assert cpp(TEXTS).broken() == b"a\xff"

    def test_nuls_are_kept(self, cpp: Cpp) -> None:
        lib = cpp(TEXTS)
        assert (lib.size("a\0b"), lib.echo("a\0b")) == (3, "a\0b")

    @settings(deadline=None)  # the first call compiles
    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_any_text_comes_back_as_it_was(self, text: str) -> None:
        echo = polyhy.evaluate(
            "cpp", "#include <string>\nstd::string test_echo(const std::string &s) { return s; }"
        ).test_echo
        assert echo(text) == text

    def test_items_of_containers_are_texts_too(self, cpp: Cpp) -> None:
        lib = cpp(TEXTS)
        words = lib.some()
        assert (list(words), words[1]) == (["a", "b"], "b")
        assert {type(x) for x in [*words, words[1], *dict(lib.numbers())]} == {str}
        assert [type(x) for x in [*lib.pair(), *lib.tuple()]] == [int, str] * 2
        words[0] = "changed"
        assert list(words) == ["changed", "b"]
        assert dict(lib.numbers()) == {"one": 1}
        assert [*lib.pair()] == [*lib.tuple()] == [1, "x"]

    def test_a_member_is_set(self, cpp: Cpp) -> None:
        person = cpp(TEXTS).person()
        person.name = "ann"
        assert person.get() == "ann"

    def test_a_container_shows_what_it_holds(self, cpp: Cpp) -> None:
        lib = cpp(TEXTS)
        assert (str(lib.some()), str(lib.numbers())) == ('{ "a", "b" }', '{ "one" => 1 }')


class TestVectors:
    def test_lists_and_arrays_are_copied_into_one(self, cpp: Cpp) -> None:
        lib = cpp(VECTORS)
        assert [lib.sum([1, 2.5]), lib.sum(np.array([1.0, 2.5])), lib.sum(())] == [3.5, 3.5, 0]

    def test_items_of_another_type_are_converted_exactly_or_refused(self, cpp: Cpp) -> None:
        lib = cpp(VECTORS)
        assert lib.sum(np.array([1, 2])) == 3.0
        assert lib.sum(np.array([0.5, 2], dtype="f4")) == 2.5
        assert lib.whole(np.array([1, 2], dtype="i8")) == 3
        for wrong in (np.array([2**40]), np.array([1.5]), [1.5], ["x"]):
            with pytest.raises(TypeError, match="could not convert argument 1"):
                lib.whole(wrong)

    def test_an_array_with_gaps_is_copied_as_it_counts(self, cpp: Cpp) -> None:
        assert cpp(VECTORS).sum(np.arange(6.0)[::2]) == 6.0

    def test_one_that_c_would_change_is_no_copy(self, cpp: Cpp) -> None:
        lib = cpp(VECTORS)
        with pytest.raises(TypeError, match="could not convert argument 1"):
            lib.twice(np.array([1.0]))
        xs = polyhy.import_from("cpp", "vector").vector["double"]([1, 2])
        lib.twice(xs)
        assert list(xs) == [2, 4]

    def test_numpy_sees_the_same_memory_as_long_as_it_likes(self, cpp: Cpp) -> None:
        lib = cpp(VECTORS)
        box = lib.box()
        array = np.asarray(box.xs)
        array[0] = 9
        assert list(box.xs) == [9, 2, 3]
        kept = np.asarray(lib.some())
        gc.collect()
        _ = [lib.some() for _ in range(100)]
        assert kept.tolist() == [1, 2.5]
        assert np.asarray(lib.none()).tolist() == []

    def test_an_index_beyond_the_end_is_an_index_error(self, cpp: Cpp) -> None:
        with pytest.raises(IndexError):
            cpp(VECTORS).some()[7]

    @settings(deadline=None)  # the first call compiles
    @given(st.lists(st.floats(allow_nan=False)))
    def test_any_numbers_arrive_as_they_are(self, numbers: list[float]) -> None:
        vector = polyhy.import_from("cpp", "vector").vector["double"]
        made = vector(np.array(numbers, dtype="f8"))
        assert list(made) == numbers == np.asarray(made).tolist()

    def test_two_dimensions_are_refused(self) -> None:
        with pytest.raises(ConversionError, match="one dimension, not 2"):
            polyhy.import_from("cpp", "vector").vector["double"](np.zeros((2, 2)))


CLASSES = """#include <string>
#include <stdexcept>
---
struct shape {
  virtual ~shape() {}
  virtual double area() const { return 0; }
  virtual std::string name() const { return "shape"; }
  double twiceArea() const { return 2 * area(); }
  int sides = 0;
};
inline double area_of(const shape &s) { return s.area(); }
inline std::string name_of(const shape &s) { return s.name(); }
inline shape *nothing() { return nullptr; }
template <class T> T larger(T a, T b) { return a < b ? b : a; }
struct refusal : std::runtime_error {
  int code = 7;
  using std::runtime_error::runtime_error;
};
inline int fail() { throw refusal("not today"); }
enum color { red, green = 5 };
enum class mode { fast = 2 };
"""


class TestClasses:
    def test_one_is_made_and_its_members_are_reached(self, cpp: Cpp) -> None:
        shape = cpp(CLASSES).shape()
        shape.sides = 4
        assert (shape.sides, shape.area(), shape.name()) == (4, 0.0, "shape")

    def test_kebab_case_finds_camel_case(self, cpp: Cpp) -> None:
        shape = cpp(CLASSES).shape()
        assert shape.twice_area() == 0.0
        with pytest.raises(AttributeError, match="no_such"):
            _ = shape.no_such

    def test_python_derives_and_overrides(self, cpp: Cpp) -> None:
        lib = cpp(CLASSES)

        class Square(lib.shape):  # type: ignore[misc, name-defined]
            def area(self) -> float:
                return 4.0

            def name(self) -> str:
                return "squäre"

        square = Square()
        assert (lib.area_of(square), lib.name_of(square), square.twiceArea()) == (4.0, "squäre", 8)

    def test_an_error_in_an_override_passes_through_by_its_type(self, cpp: Cpp) -> None:
        lib = cpp(CLASSES)

        class Bad(lib.shape):  # type: ignore[misc, name-defined]
            def area(self) -> float:
                raise KeyError("mine")

        with pytest.raises(KeyError, match="mine"):
            lib.area_of(Bad())

    def test_templates_are_chosen_by_arguments_or_by_name(self, cpp: Cpp) -> None:
        lib = cpp(CLASSES)
        assert (lib.larger(1, 2), lib.larger(1.5, 0.5), lib.larger["double"](1, 2)) == (2, 1.5, 2.0)

    def test_enums_have_their_values(self, cpp: Cpp) -> None:
        lib = cpp(CLASSES)
        assert (int(lib.green), int(lib.mode.fast)) == (5, 2)

    def test_null_is_refused_where_an_object_is_wanted(self, cpp: Cpp) -> None:
        lib = cpp(CLASSES)
        with pytest.raises(ReferenceError, match="null-pointer"):
            lib.nothing().area()
        for wrong in (None, 3, "x"):
            with pytest.raises(TypeError, match="could not convert argument 1"):
                lib.area_of(wrong)


class TestExceptions:
    def test_they_are_guest_errors_and_keep_their_class(self, cpp: Cpp) -> None:
        lib = cpp(CLASSES)
        with pytest.raises(GuestError) as caught:
            lib.fail()
        error: Any = caught.value
        assert isinstance(error, (CppError, lib.refusal))
        assert isinstance(error, polyhy.import_from("cpp", "stdexcept").runtime_error)
        assert (error.message, error.code, error.language) == ("not today", 7, "cpp")
        assert str(error) == f"{error.type_name}: not today"
        assert error.type_name.endswith("::refusal")

    def test_they_are_caught_by_their_own_class(self, cpp: Cpp) -> None:
        lib = cpp(CLASSES)
        with pytest.raises(lib.refusal):
            lib.fail()

    def test_a_wrong_call_names_what_there_is(self, cpp: Cpp) -> None:
        with pytest.raises(TypeError, match=r"area_of\(const .*shape& s\)"):
            cpp(CLASSES).area_of()


class TestThreads:
    def test_any_thread_may_compile_and_call(self) -> None:
        got: list[int] = []

        def work(number: int) -> None:
            lib = polyhy.evaluate("cpp", f"int of_thread_{number}() {{ return {number}; }}")
            got.append(getattr(lib, f"of_thread_{number}")())

        workers = [threading.Thread(target=work, args=(n,)) for n in range(6)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        assert sorted(got) == list(range(6))
