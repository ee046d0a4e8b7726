"""The laws of a runtime, as tests: a room inherits them and says a few words of its language."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

import polyhy
from polyhy.errors import (
    ConversionError,
    GuestError,
)
from polyhy.proxy import Proxy

BIG = 2**53


class BridgeLaws:
    """The laws. `say` gives, in the guest's words, an expression for each of these names:

    identity        x -> x
    increment       x -> x + 1
    apply           (f, x) -> f(x)
    catch           f -> calls f; returns "caught" if that raised
    fail            x -> raises an error of the guest's own whose message is "broken"
    thing           an object by reference, with a member `name` equal to "thing"
    counter         () -> an object by reference whose method `up()` returns 1, 2, 3…
    options         (x, options) -> the member `width` of the last argument
    """

    language: ClassVar[str]
    say: ClassVar[Mapping[str, str]]
    calls: ClassVar[int] = 1_000_000
    """How many calls must leave no memory behind."""

    exact_integers: ClassVar[bool] = True
    """False where integers beyond 2^53 - 1 can't be held: they must raise ConversionError."""

    def ask(self, name: str) -> Any:
        return polyhy.evaluate(self.language, self.say[name], origin="laws.hy:1")

    # --- identity

    def test_a_python_object_comes_home_as_itself(self) -> None:
        class Thing:
            pass

        for thing in (Thing(), Thing, len, lambda x: x, iter([1])):
            assert self.ask("identity")(thing) is thing

    def test_a_guest_object_comes_home_as_itself(self) -> None:
        thing = self.ask("thing")
        assert isinstance(thing, Proxy)
        assert self.ask("identity")(thing) == thing
        assert hash(self.ask("identity")(thing)) == hash(thing)
        assert self.ask("thing") != thing

    def test_a_member_is_an_attribute(self) -> None:
        assert self.ask("thing").name == "thing"

    def test_a_missing_member_is_an_attribute_error_that_names_it(self) -> None:
        with pytest.raises(AttributeError, match="no_such_member"):
            _ = self.ask("thing").no_such_member

    def test_a_method_keeps_its_object(self) -> None:
        counter = self.ask("counter")()
        up = counter.up
        assert [counter.up(), up(), counter.up()] == [1, 2, 3]

    # --- numbers

    @pytest.mark.parametrize("number", [0, 1, -1, 255, -(2**31), 2**31, BIG - 1, 1 - BIG])
    def test_a_safe_integer_arrives_as_the_same_int(self, number: int) -> None:
        for back in (self.ask("identity")(number), self.ask("identity")([number])[0]):
            assert back == number
            assert type(back) is int

    @pytest.mark.parametrize("number", [BIG, BIG + 1, -BIG, -BIG - 1, 2**64, -(2**64), 10**40])
    def test_a_big_integer_arrives_exactly_or_not_at_all(self, number: int) -> None:
        for send in (lambda x: x, lambda x: [x]):
            if (self.exact_integers and abs(number) < 2**63) or self.exact_integers_of_any_size:
                assert self.ask("identity")(send(number)) == send(number)
            else:
                with pytest.raises(ConversionError, match=r"args\[0\]"):
                    self.ask("identity")(send(number))

    exact_integers_of_any_size: ClassVar[bool] = False
    """True where the guest has integers without bounds."""

    @pytest.mark.parametrize("number", [0.5, -1.25, 1e300, 5e-324, math.pi, math.inf, -math.inf])
    def test_a_float_arrives_as_the_same_float(self, number: float) -> None:
        assert self.ask("identity")(number) == number
        assert self.ask("identity")([number]) == [number]

    def test_minus_zero_and_nan_keep_their_nature(self) -> None:
        for send in (lambda x: x, lambda x: [x]):
            zero, nan = self.ask("identity")(send(-0.0)), self.ask("identity")(send(math.nan))
            assert math.copysign(1, zero[0] if isinstance(zero, list) else zero) == -1
            assert math.isnan(nan[0] if isinstance(nan, list) else nan)

    def test_booleans_and_none_are_themselves(self) -> None:
        for x in (True, False, None):
            assert self.ask("identity")(x) is x

    # --- text

    @pytest.mark.parametrize(
        "text",
        ["", "a", "é", "日本", "\U0001f600", "a\0b", "\U00010000", "x\r", "\r", "\x01", "ÿ" * 300],
    )
    def test_a_text_arrives_as_it_was(self, text: str) -> None:
        for send in (lambda x: x, lambda x: [x], lambda x: {"k": x}):
            assert self.ask("identity")(send(text)) == send(text)
        assert type(self.ask("identity")(text)) is str

    @pytest.mark.parametrize("text", ["\ud83d", "a\udc00b"])
    def test_a_lone_surrogate_is_refused_with_its_path(self, text: str) -> None:
        for send, path in ((lambda x: x, r"args\[0\]"), (lambda x: [1, x], r"args\[0\]\[1\]")):
            with pytest.raises(ConversionError, match=path):
                self.ask("identity")(send(text))

    # --- data

    def test_data_is_copied_deeply(self) -> None:
        data = {"id": 1, "tags": ["a", "b"], "at": {"x": 1.5, "y": [[1, [2]]], "ok": True}}
        back = self.ask("identity")(data)
        assert back == data
        assert back is not data

    def test_behaviour_within_data_stays_in_its_place(self) -> None:
        thing, mark = self.ask("thing"), object()
        back = self.ask("identity")([1, thing, mark])
        assert back[1] == thing
        assert back[2] is mark

    def test_data_that_contains_itself_is_refused(self) -> None:
        cycle: list[Any] = []
        cycle.append(cycle)
        with pytest.raises(ConversionError, match=r"args\[0\]"):
            self.ask("identity")(cycle)

    # --- calls

    def test_kwargs_arrive(self) -> None:
        assert self.ask("options")(1, width=7) == 7

    def test_a_callback_is_called_with_what_it_takes(self) -> None:
        assert self.ask("apply")(lambda x: x + 1, 41) == 42
        assert self.ask("apply")(lambda: "none", 1) == "none"

    # --- exceptions

    def test_a_python_exception_comes_home_as_the_same_object(self) -> None:
        mine = KeyError("mine")

        def raiser(_: Any) -> None:
            raise mine

        with pytest.raises(KeyError) as caught:
            self.ask("apply")(raiser, 1)
        assert caught.value is mine

    def test_a_guest_can_catch_a_python_exception(self) -> None:
        def raiser() -> None:
            raise ValueError("for the guest")

        assert self.ask("catch")(raiser) == "caught"

    def test_a_guest_error_has_type_message_frames_and_origin(self) -> None:
        with pytest.raises(GuestError) as caught:
            self.ask("fail")(1)
        error = caught.value
        assert error.type_name
        assert "broken" in error.message
        assert error.language == self.language
        assert any(f.file.endswith("laws.hy") and f.line == 1 for f in error.frames), error.frames
        assert "laws.hy:1" in str(error)

    def test_a_syntax_error_says_where(self) -> None:
        with pytest.raises(GuestError) as caught:
            polyhy.evaluate(self.language, "(((", origin="laws.hy:7")
        assert "laws.hy:7" in str(caught.value)

    # --- threads, forks, lives

    def test_a_second_thread_may_call(self) -> None:
        increment, got = self.ask("increment"), []
        worker = threading.Thread(target=lambda: got.append([increment(i) for i in range(50)]))
        worker.start()
        worker.join(30)
        assert got == [list(range(1, 51))]

    def test_a_second_thread_gets_the_exception(self) -> None:
        fail, got = self.ask("fail"), []

        def work() -> None:
            try:
                fail(1)
            except GuestError as error:
                got.append(error)

        worker = threading.Thread(target=work)
        worker.start()
        worker.join(30)
        assert len(got) == 1

    def test_the_first_use_may_be_in_a_second_thread(self) -> None:
        self.in_a_child(
            f"""
            import threading
            got = []
            f = lambda: got.append(polyhy.evaluate({self.language!r}, {self.say["increment"]!r})(1))
            t = threading.Thread(target=f); t.start(); t.join(30)
            assert got == [2], got
            """
        )

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
    def test_a_forked_child_is_answered_or_refused_clearly(self) -> None:
        self.in_a_child(
            f"""
            import os, signal
            f = polyhy.evaluate({self.language!r}, {self.say["increment"]!r})
            assert f(1) == 2
            survives = polyhy.guests.host.bridge({self.language!r}).survives_fork
            child = os.fork()
            if not child:
                signal.alarm(20)
                for use in (lambda: f(1), lambda: polyhy.evaluate({self.language!r}, "1")):
                    try:
                        use()
                        os._exit(0) if survives else os._exit(1)
                    except polyhy.errors.Forked as e:
                        if survives or "spawn" not in str(e): os._exit(2)
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
            assert f(2) == 3
            """
        )

    def test_it_stops_and_starts_again(self) -> None:
        self.in_a_child(
            f"""
            say = {dict(self.say)!r}
            ask = lambda name: polyhy.evaluate({self.language!r}, say[name])
            for life in range(3):
                thing, f = ask("thing"), ask("increment")
                assert f(life) == life + 1
                polyhy.guests.host.stop({self.language!r})
                assert {self.language!r} not in polyhy.guests.host.running()
                for use in (lambda: thing.name, lambda: f(1)):
                    try:
                        use()
                    except polyhy.errors.Stopped:
                        continue
                    raise SystemExit("a stopped runtime answered")
            """
        )

    def test_ctrl_c_in_a_callback_is_a_keyboard_interrupt(self) -> None:
        def interrupt(_: Any) -> None:
            signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            self.ask("apply")(interrupt, 1)
        assert self.ask("increment")(1) == 2

    def test_many_calls_leave_no_memory_behind(self) -> None:
        self.flat("f = ask('increment')\nfor i in range(n): f(i)", times=self.calls)

    def test_many_texts_leave_no_memory_behind(self) -> None:
        self.flat(
            "f = ask('identity')\nfor i in range(n): f('text %d' % i)",
            times=max(self.calls // 10, 20_000),
        )

    def test_objects_and_callbacks_leave_no_memory_behind(self) -> None:
        self.flat(
            "f, a = ask('counter'), ask('apply')\n"
            "for i in range(n): f().up(); a(lambda x: [x, i], i)",
            times=15_000,
        )

    # --- in a child process

    def flat(self, work: str, times: int) -> None:
        """Do `work` n times, twice: the second time may not take 12 MB more."""
        body = "\n".join("    " + line for line in work.splitlines())
        self.in_a_child(
            f"""
import gc, resource, sys
say = {dict(self.say)!r}
ask = lambda name: polyhy.evaluate({self.language!r}, say[name])
def work(n):
{body}
def rss():
    gc.collect()
    with open("/proc/self/statm") as f: return int(f.read().split()[1]) * resource.getpagesize()
work({times} // 2)
before = rss()
work({times})
grown = (rss() - before) / 1e6
assert grown < 12, f"{{grown:.1f}} MB more after {times} times"
"""
        )

    def in_a_child(self, program: str) -> None:
        """Run `program` in a process of its own, which must exit with 0."""
        import textwrap

        source = "import polyhy, polyhy.guests.host\n" + textwrap.dedent(program)
        done = subprocess.run(
            [sys.executable, "-c", source], capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
