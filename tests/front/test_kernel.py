"""The Jupyter kernel: Jupyter's own tests of a kernel, then what is Hy's and the guests'."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

import jupyter_kernel_test
import pytest

from .conftest import Kernel, soon


def test_the_spec_says_how_to_start_it(installed: Path) -> None:
    spec = json.loads((installed / "kernel.json").read_text())
    assert spec["argv"][:3] == [sys.executable, "-m", "polyhy.front.kernel"]
    assert (spec["language"], spec["interrupt_mode"]) == ("hy", "signal")
    assert (installed / "logo-svg.svg").exists()


@pytest.mark.usefixtures("installed")
class TestProtocol(jupyter_kernel_test.KernelTests):
    """Jupyter's own tests."""

    kernel_name = "polyhy"
    language_name = "hy"
    file_extension = ".hy"
    code_hello_world = '(print "hello, world")'
    code_stderr = '(import sys) (.write sys.stderr "test\\n")'
    completion_samples: ClassVar = [
        {"text": "(sort", "matches": {"sorted"}},
        {"text": "(import-f", "matches": {"import-from"}},
    ]
    complete_code_samples: ClassVar = ["(+ 1 1)", "x", ""]
    incomplete_code_samples: ClassVar = ["(+ 1", '"abc', "(defn f [", "#[[x]"]
    invalid_code_samples: ClassVar = [")", "(foo]", "(a..b)"]
    code_page_something = "sorted?"
    code_generate_error = "(raise (ValueError 1))"
    code_execute_result: ClassVar = [
        {"code": "(+ 1 2)", "result": "3"},
        {"code": '[1 {"a" "b"}]', "result": '[1 {"a" "b"}]'},
        {"code": "(defmacro m [] 7) (m)", "result": "7"},
    ]
    code_display_data: ClassVar = [
        {"code": '(import IPython.display *) (display (HTML "<b>x</b>"))', "mime": "text/html"},
        {"code": '(display (SVG "<svg/>"))', "mime": "image/svg+xml"},
    ]
    code_history_pattern = "(+ 1?2*)"
    supported_history_operations = ("tail", "search")
    code_inspect_sample = "sorted"
    code_clear_output = "(import IPython.display [clear-output]) (clear-output)"


def test_values_are_in_hys_notation(kernel: Kernel) -> None:
    assert kernel.value('[1 2.5 "x" {:a None}]') == '[1 2.5 "x" {:a None}]'
    assert kernel.value("None") == ""
    assert kernel.value("(setv quiet 1)") == ""
    assert kernel.value("*1") == '[1 2.5 "x" {:a None}]'


def test_await_is_allowed_at_the_top(kernel: Kernel) -> None:
    assert kernel.value("(import asyncio) (await (asyncio.sleep 0.01 7))") == "7"
    assert kernel.value("%%py\nawait asyncio.sleep(0.01, 8)") == "8"
    later = "await new Promise(r => setTimeout(() => r(9), 50))"
    assert kernel.value(f"%%js\n{later}") == "9"
    assert kernel.run("%%js\n\nawait Promise.reject(new TypeError('no'))")["reply"]["ename"]
    kernel.value(":target js")
    assert kernel.value(f"1 + {later}") == "10"
    kernel.value(":target hy")


def test_macros_and_reader_macros_last(kernel: Kernel) -> None:
    kernel.value("(defmacro inc [x] `(+ ~x 1)) (defreader nine 9)")
    assert kernel.value("(inc #nine)") == "10"


def test_colons_in_names_are_dots(kernel: Kernel) -> None:
    assert kernel.value("(import math os) [(math:sqrt 16) os:path:sep :a]") == '[4.0 "/" :a]'


def test_guests_cells_share_the_names(kernel: Kernel) -> None:
    kernel.value("(setv xs [1 2 3])")
    assert kernel.value("%%py\nys = [x * 2 for x in xs]\nys") == "[2 4 6]"
    assert kernel.value("(sum ys)") == "12"
    assert kernel.value("%%toy\n1 + 41") == "42"
    kernel.value(":target py")
    assert kernel.value("ys[0] + 1") == "3"
    kernel.value(":target hy")
    assert kernel.value("%%js\n[1, 2].map(x => x + 1)") == "[2 3]"


def test_an_error_shows_the_lines_of_hy_in_colour(kernel: Kernel) -> None:
    kernel.value("(defn bad [x]\n  (/ x 0))")
    got = kernel.run("(bad 1)")
    text = got["error"]
    assert "\x1b[" in text
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)
    assert "(/ x 0)" in plain
    assert "ZeroDivisionError: division by zero" in plain
    assert "site-packages" not in plain
    assert got["reply"]["ename"] == "ZeroDivisionError"
    assert kernel.value("*e") == 'ZeroDivisionError("division by zero")'


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("(foo", "PrematureEndOfInput"), (")", "LexException"), ("(return)", "SyntaxError"),
        ("(import nope)", "ModuleNotFoundError"), ("(let [x])", "HyMacroExpansionError"),
        ("(defmacro bad [] (/ 1 0)) (bad)", "HyMacroExpansionError"), ("%%py\n1 +", "SyntaxError"),
        ("%%toy\n1 +", "GuestSyntaxError"),
        ("(import polyhy.errors :as e) (raise (e.GuestSyntaxError))", "GuestSyntaxError"),
    ],
)  # fmt: skip
def test_mistakes_are_told_and_the_kernel_goes_on(kernel: Kernel, code: str, name: str) -> None:
    got = kernel.run(code)
    assert got["reply"]["ename"].endswith((name, "HySyntaxError")), got
    assert "site-packages" not in got["error"]
    assert kernel.value("(+ 1 1)") == "2"


@pytest.mark.parametrize("code", ["(while True)", "(import time) (time.sleep 60)",
                                  "(import asyncio) (await (asyncio.sleep 60))"])  # fmt: skip
def test_an_interrupt_keeps_the_session(kernel: Kernel, code: str) -> None:
    kernel.value("(setv kept 42)")
    number = kernel.begin(code)
    time.sleep(0.3)  # not only at the beginning
    kernel.manager.interrupt_kernel()
    assert kernel.reply(number)["status"] == "error"
    assert kernel.value("kept") == "42"


@pytest.mark.parametrize(
    "code", ["%%js\nfor (;;) {}", "%%lua\nwhile true do end", "%%sh\nsleep 60", "%%py\nwhile 1: 1"]
)
def test_an_interrupt_stops_a_guest(kernel: Kernel, code: str) -> None:
    test_an_interrupt_keeps_the_session(kernel, code)


def test_an_interrupt_stops_a_script_that_calls_python_all_the_time(kernel: Kernel) -> None:
    kernel.value('(setv again (eval-in "js" "(f) => { for (;;) f() }"))')
    for _ in range(5):
        test_an_interrupt_keeps_the_session(kernel, "(again (fn []))")


def test_timers_fire_between_cells(kernel: Kernel) -> None:
    kernel.hears("%%js\nlet n = 0; setTimeout(() => console.log('tick', ++n), 100); 0", "tick 1\n")
    kernel.hears("%%js\nsetTimeout(() => { throw new TypeError('late') }, 100); 0", "late")


@pytest.mark.parametrize(
    "loop",
    ["for (;;);", pytest.param("for (;;) try { begin() } catch {}", marks=pytest.mark.slow)],
)
def test_an_interrupt_stops_a_timer_between_cells(
    kernel: Kernel, loop: str, tmp_path: Path
) -> None:
    begun = tmp_path / "begun"
    kernel.value(f'(defn begin [] (.close (open "{begun}" "w")))')
    kernel.value(f"%%js\nsetTimeout(() => {{ begin(); {loop} }}, 50); 0")
    soon(begun.exists, 60)
    kernel.manager.interrupt_kernel()
    kernel.hears("(setv kept 43)", "interrupted")
    assert kernel.value("kept") == "43"


def test_an_interrupt_stops_a_task_between_cells(kernel: Kernel, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    kernel.value(f'(import asyncio) (defn :async spin [] (open "{begun}" "w") (while True))')
    kernel.value("%%py\nspinning = asyncio.ensure_future(spin()); None")
    soon(begun.exists, 60)
    kernel.manager.interrupt_kernel()
    assert kernel.value("(str (.exception spinning))") == '"interrupted"'


def test_magics_and_the_shell(kernel: Kernel) -> None:
    assert "Wall time" in kernel.run("%time (+ 1 2)")["text"]
    assert "loop" in kernel.run("%timeit -n 1 -r 1 (+ 1 2)")["text"]
    assert kernel.run("!echo shell")["text"].strip() == "shell"
    assert kernel.run("%%capture got\n(print 1)")["text"] == ""
    assert kernel.value("got.stdout") == '"1\\n"'
    assert kernel.run("%nope")["text"] + kernel.run("%nope")["error"]
    kernel.run("%reset -f")
    assert kernel.value("(when True 5)") == "5"
    kernel.value("(setv mine 3)")
    assert kernel.run(":who")["text"].split() == ["mine", "int", "3"]


def test_help_by_question_marks_and_names_that_end_so(kernel: Kernel) -> None:
    kernel.value('(defn area [w] "Of a box." w)')
    page = kernel.run("area?")["reply"]["payload"][0]["data"]["text/plain"]
    assert page.startswith("area(w)  (python function)\nOf a box.")
    assert "(defn area" in kernel.run("area??")["reply"]["payload"][0]["data"]["text/plain"]
    kernel.value("(defn even? [n] (= 0 (% n 2)))")
    assert kernel.value("(even? 4)") == "True"
    assert "function" in kernel.value("even?")


def test_completion_and_inspection_in_every_language(kernel: Kernel) -> None:
    kernel.value("(import json)")
    found = kernel.ask("complete", "(json.dum", 9)
    assert (found["matches"], found["cursor_start"]) == (["json.dump", "json.dumps"], 1)
    found = kernel.ask("complete", "%%py\nx = json.dum", 17)
    assert (found["matches"], found["cursor_start"]) == (["json.dump", "json.dumps"], 9)
    assert "%time" in kernel.ask("complete", "%ti", 3)["matches"]
    shown = kernel.ask("inspect", "(json.dumps 1)", 6, 1)["data"]["text/plain"]
    assert shown.startswith("json.dumps(obj")
    assert "def dumps" in shown
    assert kernel.ask("inspect", "(nope)", 3)["found"] is False


def test_is_complete_says_how_far_to_indent(kernel: Kernel) -> None:
    assert kernel.ask("is_complete", "(defn f []") == {"status": "incomplete", "indent": "  "}
    assert kernel.ask("is_complete", "(f)")["status"] == "complete"


def test_a_program_reads_a_line(kernel: Kernel) -> None:
    def answer(_: Any) -> None:
        kernel.client.input("ann")

    got = kernel.run('(input "name? ")', allow_stdin=True, stdin_hook=answer)
    assert got["data"]["text/plain"] == '"ann"'


def test_a_list_of_dicts_is_a_table(kernel: Kernel) -> None:
    data = kernel.run('[{"a" 1 "b" "<x>"} {"a" 2 "b" "y"}]')["data"]
    assert data["text/plain"] == '[{"a" 1  "b" "<x>"} {"a" 2  "b" "y"}]'
    assert "<th>a</th><th>b</th>" in data["text/html"]
    assert "<td>1</td><td>&lt;x&gt;</td>" in data["text/html"]
    assert "text/html" not in kernel.run('[{"a" 1} {"b" 2}]')["data"]


def test_frames_plots_widgets_and_progress_are_rich(kernel: Kernel) -> None:
    kernel.value("(import pandas :as pd)")
    assert "<table" in kernel.run('(pd.DataFrame {"a" [1 2]})')["data"]["text/html"]
    plot = "%matplotlib inline\n(import matplotlib.pyplot :as plt) (plt.plot [1 2 3]) (plt.show)"
    kernel.run("%matplotlib inline")
    assert "image/png" in kernel.run(plot.partition("\n")[2])["data"]
    widget = kernel.run("(import ipywidgets) (ipywidgets.IntSlider)")["data"]
    assert "application/vnd.jupyter.widget-view+json" in widget
    bar = "(import tqdm [tqdm]) (for [i (tqdm (range 3))] None)"
    assert "100%" in kernel.run(bar)["text"]
