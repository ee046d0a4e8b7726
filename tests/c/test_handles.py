"""Records and opaque types: classes with fields and methods, freed once, never used after."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest

from polyhy.errors import ConversionError, UsageError

C = Callable[[str], Any]

COUNTED = """
#include <stdlib.h>
typedef struct thing thing;
static int alive = 0;
int thing_count(void) { return alive; }
thing *thing_new(int n) { int *p = malloc(sizeof(int)); *p = n; alive++; return (thing *)p; }
void thing_free(thing *t) { free(t); alive--; }
thing *thing_new_child(thing *t) { return thing_new(0); }
int thing_get(const thing *t) { return *(const int *)t; }
thing *thing_same(thing *t) { return t; }
int other_takes(int n, thing *t) { return n; }
typedef struct other other;
void other_use(other *o) { }
"""


@pytest.fixture(scope="module")
def things() -> Any:
    import polyhy

    return polyhy.evaluate("c", COUNTED, origin="things.hy:1")


class TestMethods:
    def test_functions_that_take_a_handle_first_are_its_methods(self, sqlite: Any) -> None:
        status, db = sqlite.sqlite3_open(":memory:")
        assert status == sqlite.SQLITE_OK
        assert db.errmsg() == "not an error"
        status, statement, _ = sqlite.sqlite3_prepare_v2(db, "select 'é', 2")
        assert statement.step() == sqlite.SQLITE_ROW
        assert (statement.column_text(0), statement.column_int(1)) == ("é", 2)
        assert statement.finalize() == db.close() == 0

    def test_functions_that_make_one_are_members_of_its_class(self, sqlite: Any) -> None:
        _, db = sqlite.sqlite3.open(":memory:")
        assert isinstance(db, sqlite.sqlite3)
        db.close()

    def test_kebab_case_finds_them(self, things: Any) -> None:
        thing = things.thing_new(3)
        assert thing.get() == 3
        with pytest.raises(AttributeError, match="has no member 'nothing'"):
            _ = thing.nothing

    def test_a_name_that_may_mean_several_is_refused_with_them(self, c: C) -> None:
        lib = c(
            """
            typedef struct x x;
            int a_read_open(x *p) { return 1; }
            int a_write_open(x *p) { return 2; }
            x *get(void) { return (x *)8; }
            """
        )
        with pytest.raises(AttributeError, match="it may be a_read_open or a_write_open"):
            _ = lib.get().open
        assert lib.get().write_open() == 2

    def test_dir_lists_fields_and_methods(self, things: Any) -> None:
        assert "thing_get" in dir(things.thing_new(1))


class TestIdentity:
    def test_a_pointer_that_comes_back_is_the_same_handle(self, things: Any) -> None:
        thing = things.thing_new(1)
        assert things.thing_same(thing) is thing
        assert thing != things.thing_new(1)
        assert hash(thing) == hash(things.thing_same(thing))


class TestFreeing:
    def test_what_was_freed_is_refused_before_the_call(self, things: Any) -> None:
        thing = things.thing_new(1)
        things.thing_free(thing)
        for use in (lambda: thing.get(), lambda: things.thing_get(thing), lambda: thing.free()):
            with pytest.raises(ReferenceError, match="thing was freed"):
                use()

    def test_a_with_frees_at_its_end(self, things: Any) -> None:
        before = things.thing_count()
        with things.thing_new(1) as thing:
            assert things.thing_count() == before + 1
        assert things.thing_count() == before
        assert "freed" in repr(thing)

    def test_what_nobody_holds_is_freed_by_its_partner(self, things: Any) -> None:
        gc.collect()
        before = things.thing_count()
        for n in range(100):
            things.thing_new(n).get()
        gc.collect()
        assert things.thing_count() == before

    def test_what_was_made_of_another_handle_is_left_alone(self, things: Any) -> None:
        gc.collect()
        before = things.thing_count()
        things.thing_new_child(things.thing_new(1))
        gc.collect()
        assert things.thing_count() == before + 1

    def test_a_record_of_ones_own_comes_back_as_itself(self, c: C) -> None:
        lib = c("typedef struct r r; struct r { r *me; int n; }; r *same(r *x) { return x; }")
        record = lib.r(n=1)
        record.me = record
        assert lib.same(record) is record.me is record

    def test_what_was_given_away_is_left_to_c(self, things: Any) -> None:
        gc.collect()
        before = things.thing_count()
        things.other_takes(1, things.thing_new(1))
        gc.collect()
        assert things.thing_count() == before + 1

    def test_a_refusal_to_free_leaves_the_handle(self, sqlite: Any) -> None:
        _, db = sqlite.sqlite3_open(":memory:")
        _, statement, _ = sqlite.sqlite3_prepare_v2(db, "select 1")
        assert db.close() == sqlite.SQLITE_BUSY
        statement.finalize()
        assert db.close() == sqlite.SQLITE_OK

    def test_handles_leave_no_memory_behind(self, things: Any) -> None:
        import tracemalloc

        def work() -> None:
            for n in range(2000):
                things.thing_new(n).get()

        work()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        work()
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - before < 50_000
        tracemalloc.stop()


class TestTypes:
    def test_another_librarys_handle_is_refused(self, things: Any, sqlite: Any) -> None:
        _, db = sqlite.sqlite3_open(":memory:")
        with pytest.raises(ConversionError, match=r"it is a sqlite3, and C wants a thing"):
            things.thing_get(db)

    def test_a_number_is_no_handle_and_none_is_null(self, things: Any) -> None:
        with pytest.raises(ConversionError, match=r"args\[0\] \(t\)"):
            things.thing_get("x")
        assert things.thing_same(None) is None

    def test_an_opaque_type_says_who_makes_it(self, things: Any) -> None:
        with pytest.raises(UsageError, match=r"thing is opaque.*\n.*thing_new"):
            things.thing()


class TestRecords:
    def test_fields_are_attributes(self, c: C) -> None:
        lib = c(
            "typedef struct { int x; double y; char name[8]; } p; int p_x(p *a) { return a->x; }"
        )
        point = lib.p(1, y=2.5)
        point.x += 1
        assert (lib.p_x(point), point.y, point.name) == (2, 2.5, "")
        assert repr(point) == "<p x=2, y=2.5, name=''>"
        with pytest.raises(AttributeError, match="no field 'z'"):
            point.z = 1
        with pytest.raises(ConversionError, match=r"p\.x"):
            point.x = "a"

    def test_an_array_of_characters_ends_where_it_ends(self, c: C) -> None:
        lib = c(
            "typedef struct { char head[4]; char rest[4]; } box; int f(box *b);"
            "int f(box *b) { return b->head[0]; }"
        )
        box = lib.box(head="abcd", rest="efgh")
        assert (box.head, box.rest) == ("abcd", "efgh")

    def test_a_field_may_have_any_name(self, c: C) -> None:
        names = ["tag", "fields", "library", "methods", "pointer", "freed", "makers", "partners"]
        lib = c(f"typedef struct {{ int {', '.join(names)}; }} box; int f(box *b) {{ return 1; }}")
        box = lib.box(**{name: number for number, name in enumerate(names)})
        assert [getattr(box, name) for name in names] == list(range(len(names)))

    def test_texts_and_buffers_in_fields_live_as_long_as_the_record(self, c: C) -> None:
        lib = c("typedef struct { const char *s; unsigned char *b; int n; } r;")
        record = lib.r(s="a text of some length", n=3)
        record.b = bytearray(b"xyz")
        gc.collect()
        assert record.s == "a text of some length"
        assert record.b[1] == ord("y")

    def test_a_record_may_have_several_names(self, c: C) -> None:
        lib = c(
            "typedef struct { short x, y; } point, corner, *spot;"
            "typedef struct { long n; corner *all; corner last; } shape;"
            "int of(point p) { return p.x; } int at(spot s) { return s->y; }"
            "shape make(void) { shape s = {1, 0, {3, 4}}; return s; }"
        )
        assert (lib.of(lib.corner(x=3, y=4)), lib.at(lib.point(x=3, y=4))) == (3, 4)
        assert (lib.make().last.x, lib.make().last.y) == (3, 4)

    def test_records_within_records_are_lent(self, c: C) -> None:
        lib = c("typedef struct { int x; } in; typedef struct { in a; int xs[3]; } out;")
        outer = lib.out()
        outer.a.x = 5
        assert (outer.a.x, outer.xs) == (5, [0, 0, 0])

    def test_a_type_that_is_an_array_of_records_may_be_a_parameter(self, c: C) -> None:
        lib = c(
            "typedef struct { int n; } one; typedef one many[2];int last(many m) { return m[1].n; }"
        )
        many = lib.ffi.new("many", [{"n": 1}, {"n": 5}])
        assert lib.last(many) == 5

    def test_records_that_name_each_other_are_laid_out_when_they_are_read(self, c: C) -> None:
        lib = c(
            """
            typedef struct tree tree; typedef struct { int n; } leaf;
            struct tree {
              tree *up; leaf at; struct { leaf in; } sub; union { int a; leaf b; };
            };
            """
        )
        tree = lib.tree(at={"n": 4})
        tree.up = tree
        assert tree.up.up.at.n == 4
        assert lib.ffi.sizeof("tree") == 24

    def test_unions_bitfields_and_unnamed_members_are_read(self, c: C) -> None:
        lib = c(
            """
            typedef struct {
              unsigned a : 3, b : 5;
              union { int i; float f; };
              struct { char k; } sub;
            } mixed;
            int mixed_b(mixed *m) { return m->b; }
            """
        )
        mixed = lib.mixed(a=7, b=17, i=0x3F800000)
        assert (mixed.a, mixed.b, lib.mixed_b(mixed), mixed.f) == (7, 17, 17, 1.0)

    @pytest.mark.parametrize(
        "record",
        [
            "struct __attribute__((packed)) odd { char a; int b; double c; short d; }",
            "struct odd { char a; int b __attribute__((aligned(32))); double c; short d; }",
            "struct __attribute__((aligned(64))) odd { char a; int b; double c; short d; }",
            "struct odd { char a; int b; double c; short d; } __attribute__((packed, aligned(4)))",
            "struct odd { short d; char a; double c; int b; }",
        ],
    )
    def test_any_layout_is_the_compilers(self, c: C, record: str) -> None:
        lib = c(
            f"""
            #include <stddef.h>
            typedef {record.replace("struct", "struct", 1)} odd;
            size_t size(void) {{ return sizeof(odd); }}
            size_t at(void) {{ return offsetof(odd, b) * 1000 + offsetof(odd, d); }}
            int read_b(odd *o) {{ return o->b; }}
            """
        )
        assert lib.ffi.sizeof("struct odd") == lib.size()
        offsets = dict(lib.ffi.typeof("struct odd").fields)
        assert offsets["b"].offset * 1000 + offsets["d"].offset == lib.at()
        assert lib.read_b(lib.odd(b=77)) == 77
