"""`polyhy nrepl`: every op as editors use it, sessions side by side, interrupts, tokens."""

from __future__ import annotations

import os
import signal
import socket
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Editor, Served, soon

Serve = Callable[..., Served]


@pytest.fixture
def editor(served: Served) -> Editor:
    return served.editor()


def test_the_port_is_printed_and_stands_in_a_file(serve: Serve) -> None:
    server = serve()
    assert server.line == (
        f"nREPL server started on port {server.port} on host 127.0.0.1"
        f" - nrepl://127.0.0.1:{server.port}\n"
    )
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(60) == 0
    assert not (server.folder / ".nrepl-port").exists()


def test_it_ends_at_sigterm_although_something_runs(serve: Serve) -> None:
    server = serve()
    server.editor().send("eval", code="(while True)")
    time.sleep(0.3)
    server.process.terminate()
    assert server.process.wait(60) == 0
    assert not (server.folder / ".nrepl-port").exists()


def test_describe_lists_ops_and_versions(editor: Editor) -> None:
    answer = editor.ask("describe")
    assert set(answer["ops"]) >= {
        "clone", "close", "complete", "completions", "describe", "eldoc", "eval", "info",
        "interrupt", "load-file", "lookup", "ls-sessions", "stdin",
    }  # fmt: skip
    assert answer["versions"]["hy"]["major"] == "1"
    assert answer["aux"] == {"current-ns": "user"}


def test_each_form_has_a_value(editor: Editor) -> None:
    answer = editor.evaluate('(setv x 3) (+ x 1) "a\\nb" [1 :k]')
    assert answer["values"] == ["None", "4", '"a\\nb"', "[1 :k]"]
    assert (answer["ns"], answer["status"]) == ("user", ["done"])
    assert editor.evaluate("*1")["values"] == ["[1 :k]"]


def test_output_comes_by_lines_and_in_order(editor: Editor) -> None:
    code = '(import sys) (print "a" "b") (print "c" :end "") (.write sys.stderr "e") 7'
    heard = editor.until(editor.send("eval", code=code))
    assert [m[k] for m in heard for k in ("out", "err", "value") if k in m] == [
        "None", "a b\n", "None", "c", "None", "e", "1", "7",
    ]  # fmt: skip


def test_an_error_is_told_with_its_class(editor: Editor) -> None:
    answer = editor.evaluate("(try (/ 1 0) (except [e Exception] (raise (KeyError 1) :from e)))")
    assert (answer["ex"], answer["root-ex"]) == ("KeyError", "ZeroDivisionError")
    assert answer["status"] == ["eval-error", "done"]
    assert "polyhy/" not in answer["err"]
    assert editor.evaluate("*e")["values"] == ["KeyError(1)"]


def test_code_of_a_file_names_its_lines(editor: Editor) -> None:
    assert 'File "a.hy", line 12' in editor.evaluate("\n(nope)", file="a.hy", line=11)["err"]
    answer = editor.ask("load-file", file="(setv l 1)\n(nope)", **{"file-path": "/x/b.hy"})
    assert 'File "/x/b.hy", line 2' in answer["err"]
    assert editor.evaluate("l")["values"] == ["1"]


def test_guests_by_the_command_of_the_prompt(editor: Editor) -> None:
    editor.evaluate("(setv xs [1 2])")
    assert editor.evaluate(":target py")["status"] == ["done"]
    assert editor.evaluate("ys = [x * 2 for x in xs]\nys")["values"] == ["[2 4]"]
    assert editor.evaluate(":target hy")["status"] == ["done"]
    assert editor.evaluate(":type ys")["out"] == "list\n"
    assert "did you mean" in editor.evaluate(":target pyhton")["err"]


def test_sessions_share_names_and_not_results_or_output(served: Served) -> None:
    one, other = served.editor(), served.editor()
    one.evaluate("(import time) (setv shared 5) 1")
    assert other.evaluate("[shared *1]")["values"] == ["[5 None]"]
    one.send("eval", code='(for [i (range 20)] (time.sleep 0.005) (print "one" i))')
    out = other.evaluate('(for [j (range 20)] (time.sleep 0.005) (print "other" j))')["out"]
    assert out == "".join(f"other {j}\n" for j in range(20))


@pytest.mark.parametrize("which", ["first", "second"])
def test_output_of_a_thread_goes_to_who_started_it(serve: Serve, which: str) -> None:
    server = serve()
    one, other = server.editor(), server.editor()
    one.evaluate("1")
    editor = one if which == "first" else other
    code = """(import threading)
(setv go (threading.Event))
(defn talk [] (go.wait) (print "from a thread") (print "no line" :end ""))
(.start (threading.Thread :target talk))"""
    number = editor.send("eval", code=code)
    editor.until(number)
    (other if editor is one else one).evaluate("(go.set)")
    assert _heard(editor, number, "no line") == "from a thread\nno line"


def _heard(editor: Editor, number: str, end: str) -> str:
    """What comes for a message that is done, up to that end."""
    said = ""
    while not said.endswith(end):
        message = editor.hear()
        assert message["id"] == number
        said += message.get("out", "") + message.get("err", "")
    return said


def test_timers_fire_while_the_server_waits(serve: Serve) -> None:
    editor = serve().editor()
    editor.evaluate(":target js")
    number = editor.send("eval", code="setTimeout(() => console.log('tick'), 50); 0")
    editor.until(number)
    assert _heard(editor, number, "\n") == "tick\n"
    number = editor.send("eval", code="setTimeout(() => { throw new TypeError('late') }, 50); 0")
    editor.until(number)
    assert "TypeError: late" in _heard(editor, number, ":1)\n")
    editor.evaluate("setTimeout(() => { for (;;) {} }, 1); 0")
    soon(lambda: editor.ask("interrupt")["status"] == ["done"])
    assert editor.evaluate("6 * 7")["values"] == ["42"]


@pytest.mark.parametrize("target", ["js", "lua", "sh", "py"])
def test_an_interrupt_stops_a_guest(serve: Serve, target: str) -> None:
    sources = {"js": "for (;;) {}", "lua": "while true do end", "sh": "sleep 60"}
    sources["py"] = "while 1: 1"
    editor = serve().editor()
    editor.evaluate(f"(setv kept 42) :target {target}")
    editor.evaluate(f":target {target}")
    number = editor.send("eval", code=sources[target])
    time.sleep(0.5)
    assert editor.ask("interrupt")["status"] == ["done"]
    assert "interrupted" in editor.until(number)[-1]["status"]
    editor.evaluate(":target hy")
    assert editor.evaluate("kept")["values"] == ["42"]


def test_a_thread_that_prints_for_ever_does_not_outlive_its_client(serve: Serve) -> None:
    server = serve()
    gone, left = server.editor(), server.editor()
    code = '(import threading) (.start (threading.Thread :target (fn [] (while True (print "x")))))'
    gone.evaluate(code)
    gone.close()
    assert left.evaluate("(+ 40 2)")["values"] == ["42"]


def test_output_of_a_guest_on_the_main_thread_goes_to_who_called_it(served: Served) -> None:
    one, other = served.editor(), served.editor()
    one.evaluate("1")
    code = '((eval-in "js" "f => { f(1); console.log(2) }") (fn [x] (print x)))'
    assert other.evaluate(code)["out"] == "1\n2\n"
    assert one.evaluate(code)["out"] == "1\n2\n"


def test_a_session_evaluates_while_another_is_busy(served: Served) -> None:
    one, other = served.editor(), served.editor()
    busy = one.send("eval", code="(while True)")
    assert other.evaluate("(+ 1 1)")["values"] == ["2"]
    assert one.ask("interrupt")["status"] == ["done"]
    assert "interrupted" in one.until(busy)[-1]["status"]


@pytest.mark.parametrize(
    "code",
    [
        "(while True)", "(import time) (time.sleep 60)", "(while True (print 1))", "(input)",
        "(import asyncio) (await (asyncio.sleep 60))",
        '((eval-in "python" "lambda f: f()") (fn [] (while True)))',
    ],
)  # fmt: skip
@pytest.mark.parametrize("which", ["first", "second"])
def test_an_interrupt_stops_it_and_keeps_the_session(serve: Serve, which: str, code: str) -> None:
    server = serve()
    one, other = server.editor(), server.editor()
    one.evaluate("1")  # the first has the main thread
    editor = one if which == "first" else other
    number = editor.send("eval", code=code)
    time.sleep(0.3)  # not only at the beginning
    assert editor.ask("interrupt", **{"interrupt-id": number})["status"] == ["done"]
    assert "interrupted" in editor.until(number)[-1]["status"]
    assert editor.evaluate("(+ 40 2)")["values"] == ["42"]
    assert one.evaluate("(+ 40 2)")["values"] == ["42"]


def test_an_interrupt_at_once_and_many_of_them(served: Served) -> None:
    editor = served.editor()
    for _ in range(30):
        first = editor.send("eval", code="(while True)")
        second = editor.send("eval", code="7")
        editor.ask("interrupt", **{"interrupt-id": first})
        assert "interrupted" in editor.until(first)[-1]["status"]
        assert "value" in editor.until(second)[0]


def test_an_interrupt_of_nothing_says_so(editor: Editor) -> None:
    assert "session-idle" in editor.ask("interrupt")["status"]
    busy = editor.send("eval", code="(while True)")
    wrong = editor.ask("interrupt", **{"interrupt-id": "zz"})
    assert "interrupt-id-mismatch" in wrong["status"]
    editor.ask("interrupt")
    editor.until(busy)


def test_a_program_reads_what_the_editor_gives(editor: Editor) -> None:
    number = editor.send("eval", code='(+ (input "name? ") (input))')
    heard = editor.until(number, "need-input")
    assert [m["out"] for m in heard if "out" in m] == ["name? "]
    editor.ask("stdin", stdin="ann\nbob\n")
    assert editor.until(number)[0]["value"] == '"annbob"'
    number = editor.send("eval", code="(.read (do (import sys) sys.stdin))")
    editor.until(number, "need-input")
    editor.ask("stdin", stdin="all of it")
    editor.ask("stdin", stdin="")
    assert [m["value"] for m in editor.until(number) if "value" in m] == ['"all of it"']


def test_completions_lookup_info_and_eldoc(editor: Editor) -> None:
    editor.evaluate('(defn area [w [h 2]] "Of a box." (* w h)) (import math)')
    names = [c["candidate"] for c in editor.ask("completions", prefix="are")["completions"]]
    assert names == ["area"]
    found = editor.ask("complete", prefix="math.sq")["completions"]
    assert found == [{"candidate": "math.sqrt", "type": "function"}]
    info = editor.ask("lookup", sym="area")["info"]
    assert (info["arglists-str"], info["doc"], info["line"]) == ("(w, h=2)", "Of a box.", 1)
    assert editor.ask("info", symbol="math.sqrt")["doc"].startswith("Return the square root")
    assert editor.ask("eldoc", sym="area")["eldoc"] == [["w", "h=2"]]
    assert "no-eldoc" in editor.ask("eldoc", sym="nope")["status"]
    assert editor.ask("lookup", sym="nope")["info"] == {}


def test_lookups_are_answered_while_the_session_is_busy(editor: Editor) -> None:
    busy = editor.send("eval", code="(while True)")
    assert editor.ask("completions", prefix="sorte")["completions"]
    editor.ask("interrupt")
    editor.until(busy)


def test_sessions_are_listed_cloned_and_closed(served: Served) -> None:
    editor = served.editor()
    mine = editor.always["session"]
    assert mine in editor.ask("ls-sessions")["sessions"]
    assert "session-closed" in editor.ask("close")["status"]
    assert mine not in editor.ask("ls-sessions")["sessions"]
    assert "unknown-session" in editor.evaluate("1")["status"]
    assert served.connect().evaluate("(+ 1 1)")["values"] == ["2"]


def test_what_is_no_op_is_told(editor: Editor) -> None:
    assert "unknown-op" in editor.ask("nope")["status"]
    assert "no-code" in editor.ask("eval")["status"]


def test_leaving_neither_exits_nor_hurts_the_server(editor: Editor) -> None:
    answer = editor.evaluate("(import sys) (sys.exit 3)")
    assert "op close" in answer["err"]
    assert editor.evaluate("(raise KeyboardInterrupt)")["status"] == ["interrupted", "done"]
    assert editor.evaluate("(+ 1 1)")["values"] == ["2"]


def test_a_client_that_leaves_in_the_midst_hurts_nobody(served: Served) -> None:
    for _ in range(5):
        gone = served.editor()
        gone.send("eval", code='(for [i (range 1000)] (print "x"))')
        gone.wire.close()
        gone.stream.close()
    assert served.editor().evaluate("(+ 1 1)")["values"] == ["2"]


def test_many_clients_at_once(served: Served) -> None:
    wrong: list[object] = []

    def work(number: int) -> None:
        editor = served.editor()
        for i in range(20):
            answer = editor.evaluate(f"(print {number}) (+ {number} {i})")
            if (answer["out"], answer["values"]) != (f"{number}\n", ["None", str(number + i)]):
                wrong.append(answer)

    threads = [threading.Thread(target=work, args=(1000 * n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []


def test_a_token_is_asked_for(serve: Serve) -> None:
    server = serve("--token", "open sesame")
    stranger = server.connect()
    assert "unauthorized" in stranger.evaluate("1")["status"]
    assert "unauthorized" in stranger.evaluate("1", token="sesame")["status"]
    assert "unauthorized" in stranger.ask("describe")["status"]
    friend = server.connect()
    assert friend.evaluate("(+ 1 1)", token="open sesame")["values"] == ["2"]
    assert friend.evaluate("(+ 1 2)")["values"] == ["3"]


def test_other_addresses_want_a_token(serve: Serve) -> None:
    server = serve("--bind", "0.0.0.0")
    assert server.process.wait(60) == 2
    assert "give a token" in (server.process.communicate()[1] or "")


def test_a_unix_socket_is_for_this_user(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "hy.sock"
    server = serve("--socket", str(file))
    assert f"on socket {file}" in server.line
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not (tmp_path / ".nrepl-port").exists()
    wire = socket.socket(socket.AF_UNIX)
    wire.connect(str(file))
    server.editors.append(Editor(wire))
    assert server.editors[0].evaluate("(+ 1 1)")["values"] == ["2"]
    second = serve("--socket", str(file))
    assert second.process.wait(60) == 2
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(60) == 0
    assert not file.exists()


def test_a_socket_that_a_dead_server_left_is_replaced(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "hy.sock"
    first = serve("--socket", str(file))
    os.kill(first.process.pid, signal.SIGKILL)
    soon(lambda: first.process.poll() is not None)
    assert "started" in serve("--socket", str(file)).line


def test_a_port_that_is_taken_is_told(served: Served, serve: Serve) -> None:
    server = serve("--port", str(served.port))
    assert server.process.wait(60) == 2
    assert "try --port 0" in (server.process.communicate()[1] or "")
