"""What Rust's compiler would refuse is refused as it runs: nothing dangles, nothing aliases."""

from __future__ import annotations

import gc
import random
import subprocess
import sys
import textwrap
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest

from polyhy.bridges.rust.errors import Borrowed, Moved, RustPanic, WrongThread
from polyhy.errors import ConversionError

SOURCE = Path(__file__).with_name("sources") / "safety.rs"


class TestBorrows:
    """A value that points into another one keeps it alive, and unchanged."""

    def test_a_borrow_keeps_its_owner_alive(self, safety: Any) -> None:
        before = safety.alive()
        item = safety.Bag(3).get(1)
        gc.collect()
        assert safety.alive() == before + 1
        assert item.label() == "item 1"
        del item
        assert safety.alive() == before

    def test_what_is_borrowed_from_can_not_be_changed(self, safety: Any) -> None:
        bag = safety.Bag(2)
        item = bag.get(0)
        with pytest.raises(Borrowed, match="values that point into it are in use"):
            bag.clear()
        assert (item.label(), bag.len()) == ("item 0", 2)
        del item
        bag.clear()
        assert bag.len() == 0

    def test_a_shared_borrow_can_not_be_changed(self, safety: Any) -> None:
        item = safety.Bag(1).get(0)
        with pytest.raises(Borrowed, match="shared borrow"):
            item.rename("x")

    def test_while_something_may_be_changed_nobody_else_reads_it(self, safety: Any) -> None:
        bag = safety.Bag(2)
        item = bag.get_mut(1)
        item.rename("new")
        for use in (bag.len, bag.clear, lambda: bag.get(0), lambda: bag.get_mut(0)):
            with pytest.raises(Borrowed):
                use()
        del item
        assert bag.get(1).label() == "new"

    def test_an_iterator_borrows_and_its_items_outlive_it(self, safety: Any) -> None:
        bag = safety.Bag(3)
        items = list(bag.iter())
        assert [item.label() for item in items] == ["item 0", "item 1", "item 2"]
        with pytest.raises(Borrowed):
            bag.push("x")
        del items
        bag.push("x")

    def test_a_method_that_returns_itself_returns_the_same_object(self, safety: Any) -> None:
        bag = safety.Bag(0)
        assert bag.push("a").push("b") is bag
        assert bag.len() == 2

    def test_one_value_is_not_read_and_changed_by_one_call(self, safety: Any) -> None:
        bag, other = safety.Bag(1), safety.Bag(2)
        bag.merge(other)
        assert bag.len() == 3
        with pytest.raises(Borrowed):
            bag.merge(bag)
        assert bag.len() == 3

    def test_only_what_the_result_points_into_is_kept(self, safety: Any) -> None:
        kept, free = safety.Bag(1), safety.Bag(1)
        item = safety.pick(kept, free)
        free.clear()
        with pytest.raises(Borrowed):
            kept.clear()
        assert item.label() == "item 0"

    def test_a_callback_can_not_reach_what_is_being_changed(self, safety: Any) -> None:
        bag = safety.Bag(2)
        with pytest.raises(Borrowed):
            bag.each(lambda item: bag.clear())
        assert bag.len() == 2

    def test_what_a_callback_is_lent_ends_with_it(self, safety: Any) -> None:
        bag, kept = safety.Bag(1), []
        bag.each(lambda item: (item.rename("seen"), kept.append(item)))
        assert bag.get(0).label() == "seen"
        with pytest.raises(Moved):
            kept[0].label()

    def test_what_points_into_what_a_callback_is_lent_ends_with_it(self, safety: Any) -> None:
        kept, eyes = list[Any](), safety.Eyes()

        def look(row: Any) -> None:
            eyes.push(row.eye())
            kept.extend([row.trail(), row.eye(), row.eye().next(), next(row.trails())])
            assert eyes.sum() == row.eye().sum() == 3.0

        safety.lend(look)
        for use in (kept[0].ends, kept[1].sum, kept[2].sum, kept[3].ends, eyes.sum):
            with pytest.raises(Moved):
                use()

    def test_iterators_over_what_a_callback_is_lent_end_with_it(self, safety: Any) -> None:
        kept: list[Any] = []
        safety.lend(lambda row: kept.append(row.trails()))
        assert list(kept[0]) == []

    def test_what_is_copied_out_of_what_a_callback_is_lent_stays(self, safety: Any) -> None:
        kept: list[Any] = []
        safety.lend(
            lambda row: kept.extend(
                [row.numbers(), row.trail().copy(), row.trail().on(safety.Step(3))]
            )
        )
        numbers, trail, longer = kept
        assert [*numbers, trail.ends(), longer.ends()] == [1.0, 2.0, 3, 6]

    def test_what_is_put_into_a_value_stays_alive(self, safety: Any) -> None:
        words = safety.Words()
        for n in range(200):
            words.add("".join(["word ", str(n)]))
        gc.collect()
        assert words.all() == [f"word {n}" for n in range(200)]


class TestMoves:
    """A value that was moved is gone."""

    def test_what_is_wanted_for_good_is_kept_for_good(self, safety: Any) -> None:
        for keep in (
            safety.keep,
            safety.keep_any,
            lambda text: safety.Name(text).keep(),
            lambda text: safety.Name.from_str(text).keep(),
        ):
            text = "".join(["for ", "good"])
            before = sys.getrefcount(text)
            keep(text)
            assert sys.getrefcount(text) > before
        del text
        assert safety.kept() == ["for good"] * 4

    def test_what_becomes_a_part_of_a_value_by_a_trait_stays_alive(self, safety: Any) -> None:
        words = safety.Phrase()
        for n in range(100):
            words.add("".join(["word", str(n)]))
        assert words.joined() == " ".join(f"word{n}" for n in range(100))

    def test_a_moved_value_says_so(self, safety: Any) -> None:
        bag = safety.Bag(2)
        assert bag.into_labels() == ["item 0", "item 1"]
        for use in (bag.len, bag.into_labels, lambda: bag.get(0)):
            with pytest.raises(Moved, match="Bag was moved"):
                use()

    def test_what_can_be_cloned_is_not_moved(self, safety: Any) -> None:
        step, trail = safety.Step(3), safety.Trail([1])
        assert [step.twice(), step.twice()] == [6, 6]
        assert [(step + step).by, (step + step).by] == [6, 6]
        assert [trail.on(step).ends(), trail.on(step).ends(), trail.ends()] == [4, 4, 1]

    def test_what_is_borrowed_from_can_not_be_moved(self, safety: Any) -> None:
        bag = safety.Bag(1)
        item = bag.get(0)
        with pytest.raises(Borrowed, match="can't be moved"):
            bag.swap()
        assert item.label() == "item 0"

    def test_each_value_is_dropped_once(self, safety: Any) -> None:
        before = safety.alive()
        bags = [safety.Bag(1) for _ in range(10)]
        moved = [bag.swap() for bag in bags]
        assert safety.alive() == before + 10
        del bags
        assert safety.alive() == before + 10
        del moved
        assert safety.alive() == before

    def test_handles_can_be_referred_to_weakly(self, safety: Any) -> None:
        bag = safety.Bag(1)
        seen = weakref.ref(bag)
        assert seen() is bag
        del bag
        assert seen() is None


class TestThreadsAndPanics:
    """Values that are not Send stay on their thread; panics are exceptions."""

    def test_a_value_that_is_not_send_stays_on_its_thread(self, safety: Any) -> None:
        local, said = safety.Local(), []

        def use() -> None:
            try:
                local.up()
            except WrongThread as error:
                said.append(str(error))

        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
        assert "Local may be used only on the thread that made it" in said[0]
        assert local.up() == 1

    def test_a_value_that_is_not_send_is_dropped_on_its_thread(self, safety: Any) -> None:
        values = [safety.Tied()]
        thread = threading.Thread(target=values.clear)
        thread.start()
        thread.join()
        assert safety.tied() == 1, "it was dropped by the other thread"
        values.append(safety.Tied())
        assert safety.tied() == 1, "nobody dropped it"
        del values[:]
        assert safety.tied() == 0

    def test_other_values_go_anywhere(self, safety: Any) -> None:
        bag, got = safety.Bag(4), []
        thread = threading.Thread(target=lambda: got.append(bag.len()))
        thread.start()
        thread.join()
        assert got == [4]

    def test_a_panic_says_its_message_and_place(self, safety: Any) -> None:
        with pytest.raises(RustPanic, match="exploded: now") as caught:
            safety.explode("now")
        lines = SOURCE.read_text("utf-8").splitlines()
        frame = caught.value.frames[0]
        assert frame.file.endswith("safety.hy")
        assert "panic!" in lines[frame.line - 1]
        with pytest.raises(RustPanic, match="index out of bounds"):
            safety.index([1], 5)

    def test_what_is_raised_while_a_panic_unwinds_does_not_end_the_process(self) -> None:
        program = f"""
            import polyhy, sys
            source = open({str(SOURCE)!r}).read()
            safety = polyhy.evaluate("rust", source, origin="safety.hy:1")
            class Full:
                def write(self, text):
                    raise OSError("the disk is full")
            seen = []
            sys.unraisablehook = lambda said: seen.append(str(said.exc_value))
            try:
                safety.Closing(Full()).fail()
            except Exception as error:
                print(error)
            print(seen)
        """
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, timeout=300
        )
        assert done.returncode == 0, done.stderr.decode()
        assert b"before it is closed" in done.stdout
        assert done.stdout.endswith(b"['the disk is full']\n")

    def test_nothing_is_printed_by_a_panic(
        self, safety: Any, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(RustPanic):
            safety.explode("quietly")
        assert capfd.readouterr().err == ""


def _drop(xs: list[Any], dice: random.Random, least: int) -> None:
    if len(xs) > least:
        xs.pop(dice.randrange(len(xs)))


MOVES = [
    lambda m, dice, bags, others, bag: bags.append(m.Bag(dice.randrange(5))),
    lambda m, dice, bags, others, bag: others.append(bag.get(dice.randrange(6))),
    lambda m, dice, bags, others, bag: others.append(bag.get_mut(dice.randrange(6))),
    lambda m, dice, bags, others, bag: others.append(bag.iter()),
    lambda m, dice, bags, others, bag: bag.push("pushed" * dice.randrange(9)),
    lambda m, dice, bags, others, bag: bag.clear(),
    lambda m, dice, bags, others, bag: bag.merge(dice.choice(bags)),
    lambda m, dice, bags, others, bag: bags.append(bag.swap()),
    lambda m, dice, bags, others, bag: bag.each(others.append),
    lambda m, dice, bags, others, bag: _drop(others, dice, 0),
    lambda m, dice, bags, others, bag: _drop(bags, dice, 1),
    lambda m, dice, bags, others, bag: others and _touch(dice.choice(others), others),
]


def play(safety: Any, seed: int, steps: int) -> int:
    """Call methods at random on values that borrow from each other; count what was refused."""
    dice, refused = random.Random(seed), 0
    bags, others = [safety.Bag(4)], []
    for _ in range(steps):
        try:
            dice.choice(MOVES)(safety, dice, bags, others, dice.choice(bags))
        except (Borrowed, Moved):
            refused += 1
    return refused


def _touch(value: Any, others: list[Any]) -> None:
    if value is None:
        return
    if hasattr(value, "label"):
        assert value.label() == value.label()
        value.rename("renamed")
    else:
        others.append(next(value, None))


class TestAnyOrder:
    """Methods called in any order never crash, leak or read what is gone."""

    @pytest.mark.parametrize("seed", range(20))
    def test_random_calls_are_answered_or_refused(self, safety: Any, seed: int) -> None:
        before = safety.alive()
        assert play(safety, seed, 400) > 0
        gc.collect()
        assert safety.alive() == before

    def test_a_million_calls_leave_no_memory_behind(self) -> None:
        program = f"""
            import gc, polyhy, resource
            source = open({str(SOURCE)!r}).read()
            safety = polyhy.evaluate("rust", source, origin="safety.hy:1")
            def work(n):
                bag = safety.Bag(3)
                for i in range(n):
                    bag.get(1).label(); bag.push("x") if i % 100 == 0 else bag.len()
                    safety.Bag(1).iter()
            def rss():
                gc.collect()
                return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
            work(100_000)
            before = rss()
            work(200_000)
            assert rss() - before < 8e6, rss() - before
        """
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, timeout=300
        )
        assert done.returncode == 0, done.stderr.decode()


class TestLists:
    """A list that a call changes is copied for it: what points into the copy keeps it."""

    def test_a_result_may_point_into_a_list_of_numbers(self, safety: Any) -> None:
        for own in ([1, 2], bytearray([1, 2])):
            given = safety.marked(own)
            assert list(own) == [1, 2, 33]
            own[1] = 9
            assert bytes(given) == bytes([2, 33])

    def test_none_points_into_a_list_of_what_is_dropped(self, safety: Any) -> None:
        names = ["a"]
        with pytest.raises(ConversionError, match="the result would point into the list"):
            safety.named(names)
        assert names == ["a"]
