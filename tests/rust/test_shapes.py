"""Structs, enums, traits and modules as Python sees them."""

from __future__ import annotations

import copy
import enum
import inspect
from typing import Any

import pytest

from polyhy.bridges.rust.errors import Borrowed, RustError
from polyhy.errors import ConversionError


class TestStructs:
    def test_a_struct_of_public_fields_is_built_of_them(self, shapes: Any) -> None:
        point = shapes.Point(3, y=4.0)
        assert (point.x, point.y, point.norm()) == (3.0, 4.0, 5.0)
        point.x = 6
        assert point.x == 6.0
        with pytest.raises(ConversionError, match="a number is wanted"):
            point.x = "6"

    def test_display_is_str_and_debug_is_repr(self, shapes: Any) -> None:
        assert str(shapes.Point(1, 2)) == "(1, 2)"
        assert repr(shapes.Point(1, 2)) == "Point { x: 1.0, y: 2.0 }"

    def test_clone_is_copy(self, shapes: Any) -> None:
        point = shapes.Point(1, 2)
        for other in (point.copy(), copy.copy(point)):
            other.x = 5
            assert point.x == 1.0

    def test_values_are_compared_and_ordered(self, shapes: Any) -> None:
        assert shapes.Point(1, 2) == shapes.Point(1, 2)
        assert shapes.Point(1, 2) != shapes.Point(1, 3)
        assert shapes.Point(1, 2) < shapes.Point(2, 0)
        assert shapes.Point(1, 2) != "(1, 2)"
        assert len({shapes.Word("a"), shapes.Word("a"), shapes.Word("b")}) == 2
        with pytest.raises(TypeError, match="unhashable"):
            hash(shapes.Point(1, 2))

    def test_operators_are_operators(self, shapes: Any) -> None:
        assert shapes.Point(1, 2) + shapes.Point(1, 1) == shapes.Point(2, 3)
        assert shapes.Point(1, 2) * 2 == shapes.Point(2, 4)
        assert -shapes.Point(1, 2) == shapes.Point(-1, -2)
        with pytest.raises(TypeError, match="unsupported operand"):
            shapes.Point(1, 2) + "x"

    def test_from_str_and_default_are_functions_of_the_class(self, shapes: Any) -> None:
        assert shapes.Point.from_str("1,2") == shapes.Point(1, 2)
        assert shapes.Point.default() == shapes.Point(0, 0) == shapes.Point.ORIGIN
        with pytest.raises(RustError, match="no comma"):
            shapes.Point.from_str("1")

    def test_options_at_the_end_may_be_left_out(self, shapes: Any) -> None:
        assert shapes.Point(1, 1).moved(1) == shapes.Point(2, 1)

    def test_a_struct_has_a_signature_and_documentation(self, shapes: Any) -> None:
        assert shapes.Point.__doc__ == "A point of the plane."
        assert shapes.Point.x.__doc__ == "To the right."
        assert shapes.Point.norm.__doc__ == "The distance from the origin."
        assert str(inspect.signature(shapes.Point.moved)) == "(self, /, by_x, by_y=None)"


class TestEnums:
    def test_an_enum_without_data_is_an_int_enum(self, shapes: Any) -> None:
        assert issubclass(shapes.Color, enum.IntEnum)
        assert [*shapes.Color] == [3, 4, 10, 11]
        assert shapes.Color.Red.next() is shapes.Color.Green
        assert shapes.Color.of("red") is shapes.Color.Red
        assert shapes.Color.of("blue") is None
        assert shapes.Color.None_ == 11
        with pytest.raises(TypeError):
            shapes.Color.Red.next(1)

    def test_an_enum_with_data_has_a_class_for_each_variant(self, shapes: Any) -> None:
        circle = shapes.Shape.Circle(2)
        assert isinstance(circle, shapes.Shape)
        assert isinstance(circle, shapes.Shape.Circle)
        assert circle.area() == 12.0
        assert circle == shapes.Shape.Circle(2)
        assert circle != shapes.Shape.Nothing()
        assert shapes.Shape.Rect(height=3, width=2).width == 2.0

    def test_a_variant_without_fields_may_be_given_as_its_class(self, shapes: Any) -> None:
        assert shapes.area_of(shapes.Shape.Nothing) == 0.0
        assert shapes.areas([shapes.Shape.Nothing, shapes.Shape.Circle(2)]) == [0.0, 12.0]
        for wrong in (shapes.Shape.Circle, shapes.Shape, shapes.Word, int):
            with pytest.raises(ConversionError, match="a Shape is wanted, and this is a type"):
                shapes.area_of(wrong)

    @pytest.mark.parametrize(
        ("make", "said"),
        [
            (lambda m: m.Shape.Circle(1), ("circle", 1.0)),
            (lambda m: m.Shape.Rect(2, 3), ("rect", 2.0, 3.0)),
            (lambda m: m.Shape.Nothing(), ("nothing",)),
        ],
    )
    def test_match_takes_it_apart(self, shapes: Any, make: Any, said: tuple[Any, ...]) -> None:
        match make(shapes):
            case shapes.Shape.Circle(radius):
                found = ("circle", radius)
            case shapes.Shape.Rect(width, height):
                found = ("rect", width, height)
            case shapes.Shape.Nothing():
                found = ("nothing",)
            case _:
                found = ()
        assert found == said


class TestTraitsAndModules:
    def test_methods_of_the_crates_own_traits_are_methods(self, shapes: Any) -> None:
        assert shapes.Word("w").greet() == "I am w"

    def test_a_container_is_a_container(self, shapes: Any) -> None:
        shelf = shapes.Shelf.from_iter(["a", 2, None])
        shelf.put([])
        shelf.extend(x for x in "xy")
        assert len(shelf) == 6
        assert shelf[1] == 2
        assert list(shelf) == ["a", 2, None, [], "x", "y"]
        assert shelf.get(99) is None

    def test_an_object_comes_back_as_itself(self, shapes: Any) -> None:
        thing, shelf = object(), shapes.Shelf()
        shelf.put(thing)
        assert shelf.get(0) is thing

    def test_an_index_out_of_range_is_a_panic_with_its_message(self, shapes: Any) -> None:
        with pytest.raises(Exception, match="index out of bounds"):
            shapes.Shelf()[3]

    def test_constants_and_modules_are_there(self, shapes: Any) -> None:
        assert (shapes.LIMIT, shapes.GREETING) == (512, "hello")
        assert shapes.inner.deep() == "deep"
        assert shapes.deepest() == "deep"
        assert shapes.inner.Deep().depth() == 2
        assert shapes.from_("x") == "x"


class TestTypesWithParameters:
    """What stands in for type parameters is chosen by what the crate itself says of them."""

    def test_an_alias_is_a_class_of_its_own(self, shapes: Any) -> None:
        assert shapes.Square.filled(1.5).sum() == 6.0
        assert shapes.Row3.filled(2).sum() == 6.0
        assert (shapes.Square.filled(0).width(), shapes.Row3.filled(0).width()) == (2, 3)

    def test_a_type_and_a_function_may_share_a_name(self, shapes: Any) -> None:
        assert shapes.Pair(250, 9).both() == 259
        assert isinstance(shapes.Pair(1, 2), shapes.Pair_)

    def test_an_associated_type_decides_a_parameter(self, shapes: Any) -> None:
        assert shapes.brightest(shapes.Photo(999), shapes.Deep(1)) == 999


class TestPointers:
    """A type has the methods of what it points to, by Deref."""

    def test_methods_of_what_it_points_to_are_its_own(self, shapes: Any) -> None:
        pen = shapes.Pen("blue")
        assert pen.left() == 0
        assert (pen.spill(7), pen.spill(x=9)) == (1, 2)
        assert pen.left() == 2
        assert pen.deref().drops().tolist() == [7, 9]

    def test_its_own_methods_hide_them(self, shapes: Any) -> None:
        assert shapes.Pen("blue").drops() == "of a pen"

    def test_they_have_their_signatures(self, shapes: Any) -> None:
        assert str(inspect.signature(shapes.Pen.spill)) == "(self, /, x)"

    def test_what_points_in_keeps_it_borrowed(self, shapes: Any) -> None:
        pen = shapes.Pen("blue")
        ink = pen.deref()
        with pytest.raises(Borrowed):
            pen.spill(1)
        del ink
        assert pen.spill(1) == 1
