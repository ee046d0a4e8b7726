"""Python keeps the laws, of which some read otherwise where nothing crosses a border."""

from __future__ import annotations

import traceback
from typing import Any, ClassVar

import pytest

import polyhy
from polyhy.testing import BridgeLaws


class TestPython(BridgeLaws):
    language = "python"
    exact_integers_of_any_size = True
    say: ClassVar = {
        "identity": "lambda x: x",
        "increment": "lambda x: x + 1",
        "apply": "lambda f, x: f(x) if getattr(f, '__code__', len).co_argcount else f()",
        "catch": "def catch(f):\n  try: f()\n  except Exception: return 'caught'\ncatch",
        "fail": "def fail(x): raise RuntimeError('broken')\nfail",
        "thing": "type('Thing', (), {'name': 'thing'})()",
        "counter": "import itertools\nlambda: type('C', (), {'up': itertools.count(1).__next__})()",
        "options": "lambda *all, width: width",
    }

    def test_a_guest_object_comes_home_as_itself(self) -> None:
        """No Proxy: it is the object itself."""
        thing = self.ask("thing")
        assert self.ask("identity")(thing) is thing
        assert self.ask("thing") is not thing

    def test_data_is_copied_deeply(self) -> None:
        """Nothing is copied: there is one memory, with one owner."""
        data = {"id": 1, "tags": ["a"]}
        assert self.ask("identity")(data) is data

    def test_data_that_contains_itself_is_refused(self) -> None:
        """It stays what it is."""
        ring: list[Any] = []
        ring.append(ring)
        assert self.ask("identity")(ring) is ring

    @pytest.mark.parametrize("text", ["\ud83d", "a\udc00b"])
    def test_a_lone_surrogate_is_refused_with_its_path(self, text: str) -> None:
        """Python's texts hold them, so they pass."""
        assert self.ask("identity")(text) is text

    def test_a_guest_error_has_type_message_frames_and_origin(self) -> None:
        """The error is Python's own, and its traceback has the origin."""
        with pytest.raises(RuntimeError, match="broken") as caught:
            self.ask("fail")(1)
        last = traceback.extract_tb(caught.value.__traceback__)[-1]
        assert (last.filename, last.lineno, last.name) == ("laws.hy", 1, "fail")

    def test_a_syntax_error_says_where(self) -> None:
        """It is Python's SyntaxError, at the origin."""
        with pytest.raises(SyntaxError) as caught:
            polyhy.evaluate("python", "1\n(((", origin="laws.hy:7")
        assert (caught.value.filename, caught.value.lineno) == ("laws.hy", 8)

    def test_a_second_thread_gets_the_exception(self) -> None:
        """The error is Python's own."""
        import threading

        fail, got = self.ask("fail"), []

        def work() -> None:
            try:
                fail(1)
            except RuntimeError as error:
                got.append(error)

        worker = threading.Thread(target=work)
        worker.start()
        worker.join(30)
        assert len(got) == 1

    def test_it_stops_and_starts_again(self) -> None:
        """What came out of it works on, for it is the host's; a new life has a new scope."""
        self.in_a_child(
            """
            f = polyhy.evaluate("python", "n = 1\\nlambda x: x + n")
            polyhy.guests.host.stop("python")
            assert "python" not in polyhy.guests.host.running()
            assert f(1) == 2
            try:
                polyhy.evaluate("python", "n")
            except NameError:
                raise SystemExit(0)
            raise SystemExit("the scope outlived its runtime")
            """
        )
