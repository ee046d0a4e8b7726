"""`:in "node"`: the same Proxies and value rule over a Node process, which never outlives us."""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

import polyhy
from polyhy.bridges.js.errors import JsError, JsSyntaxError
from polyhy.bridges.js.node_process import NodeDied
from polyhy.errors import Frame, NotInstalled, TimedOut
from polyhy.guests import host
from polyhy.packages import env, install
from polyhy.spec import Spec
from polyhy.testing import BridgeLaws

pytestmark = pytest.mark.registry

PACKAGES = ("lodash", "nanoid", "express", "sharp", "jsdom")


@pytest.fixture(scope="module", autouse=True)
def installed() -> Iterator[None]:
    """An env of these packages, for this process and for those that it starts."""
    before = env._chosen
    used = install.script([Spec("npm", name) for name in PACKAGES])
    env.use(used)
    os.environ["POLYHY_ENV"] = str(used.root)
    yield
    host.stop("node")
    env.use(before)
    del os.environ["POLYHY_ENV"]


@pytest.fixture
def node() -> Callable[[str], Any]:
    return lambda source: polyhy.evaluate("node", source, "test.hy:1")


def load(name: str) -> Any:
    return polyhy.import_from("npm", name, runtime="node")


def python(program: str) -> subprocess.Popen[str]:
    """A program that says what it is, on its first line."""
    source = "import polyhy, polyhy.guests.host, os, sys\n" + textwrap.dedent(program)
    return subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


class TestNode(BridgeLaws):
    language = "node"
    exact_integers_of_any_size = True
    calls = 100_000
    say: ClassVar = {
        "identity": "x => x",
        "increment": "x => x + 1",
        "apply": "(f, x) => f(x)",
        "catch": "f => { try { f(); return 'nothing' } catch { return 'caught' } }",
        "fail": "x => { throw new RangeError('broken') }",
        "thing": "new (class { name = 'thing' })",
        "counter": "() => { let n = 0; return { up: () => ++n } }",
        "options": "(x, { width }) => width",
    }


# --- packages that need node


@pytest.mark.parametrize("runtime", [None, "node"])
def test_an_addon_that_was_not_built_says_what_to_do(tmp_path: Path, runtime: str | None) -> None:
    package = tmp_path / "node_modules" / "@scope" / "addon"
    package.mkdir(parents=True)
    about = {"name": "@scope/addon", "scripts": {"install": "node-gyp rebuild"}}
    (package / "package.json").write_text(json.dumps(about))
    (package / "index.js").write_text("throw Error('Could not locate the bindings file.')")
    with pytest.raises(JsError) as caught:
        polyhy.import_from("js", str(package / "index.js"), runtime=runtime)
    assert 'allow-scripts = ["npm:@scope/addon"], then run: polyhy sync' in str(caught.value)
    assert ('import the package :in "node"' in str(caught.value)) == (runtime is None)


def test_a_native_addon_is_loaded() -> None:
    async def picture() -> bytes:
        red = {"width": 20, "height": 10, "channels": 3, "background": "red"}
        return await load("sharp")({"create": red}).png().to_buffer()

    assert asyncio.run(picture())[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_package_of_esm_alone_is_loaded() -> None:
    assert len(load("nanoid").nanoid()) == 21


def test_a_server_really_listens_and_its_routes_may_be_python() -> None:
    app = load("express")()

    def greet(request: Any, response: Any) -> None:
        response.send(f"hello {request.params.who}")

    app.get("/:who", greet)
    server = app.listen(0, "127.0.0.1")
    while server.address() is None:
        time.sleep(0.01)
    port = server.address()["port"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/you", timeout=10) as answer:
        assert answer.read() == b"hello you"
    server.close()


def test_jsdom_is_a_dom() -> None:
    document = load("jsdom").JSDOM("<p>one<p>two").window.document
    assert [p.textContent for p in document.querySelectorAll("p")] == ["one", "two"]


def test_a_module_is_loaded_once() -> None:
    assert load("lodash") is load("lodash")
    assert load("lodash").chunk([1, 2, 3], 2) == [[1, 2], [3]]


def test_what_is_not_installed_is_an_error_that_says_so() -> None:
    with pytest.raises(NotInstalled, match="left-pad"):
        host.bridge("node").load("left-pad")


TYPED = """
import { twice } from "./twice.js";
import _ from "lodash";
import { nanoid } from "nanoid";
enum Size { Big = 4 }
export const size: number = twice(Size.Big), sum = _.sum([1, 2]), length = nanoid().length;
export const url = import.meta.url;
export const tag = (name: string) => <b>{name}</b>;
export function fail(): never {
  throw new TypeError("typed");
}
"""


def test_files_of_the_project_may_be_typescript_and_jsx(tmp_path: Path) -> None:
    (tmp_path / "main.tsx").write_text(TYPED)
    (tmp_path / "twice.ts").write_text("export const twice = (n: number): number => n * 2;")
    settings = {"compilerOptions": {"jsx": "react", "jsxFactory": "twice"}}
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings))
    main = polyhy.import_from("js", str(tmp_path / "main.tsx"), runtime="node")
    assert (main.size, main.sum, main.length) == (8, 3, 21)
    assert main.url == (tmp_path / "main.tsx").as_uri()
    assert math.isnan(main.tag("b"))
    with pytest.raises(JsError, match="typed") as caught:
        main.fail()
    assert caught.value.frames[0][:2] == (str(tmp_path / "main.tsx"), 10)


@pytest.mark.parametrize("name", ["main.mjs", "main.js", "main.cjs"])
def test_files_of_the_project_find_the_packages_of_the_env(tmp_path: Path, name: str) -> None:
    esm = 'import _ from "lodash"; import { nanoid } from "nanoid"; export const n = _.sum([1, 2]);'
    (tmp_path / name).write_text(
        'exports.n = require("lodash").sum([1, 2])' if "c" in name else esm
    )
    (tmp_path / "package.json").write_text('{"type": "module"}')
    assert polyhy.import_from("js", str(tmp_path / name), runtime="node").n == 3


def test_a_builtin_of_node_is_a_module() -> None:
    assert host.bridge("node").load("node:os").EOL == "\n"


# --- values


def test_bytes_come_and_go_whole(node: Any) -> None:
    data = bytes(range(256)) * 20_000
    assert node("x => x")(data) == data
    assert node("x => x.reduce((a, b) => (a + b) % 997, 0)")(data) == sum(data) % 997


def test_a_container_in_a_callback_is_live(node: Any) -> None:
    users = node("new (class { all = [{ n: 1 }] })")

    def rename(user: Any) -> None:
        user.n = 2

    node("(f, users) => users.all.forEach(f)")(rename, users)
    assert polyhy.data(users.all) == [{"n": 2}]


def test_a_promise_is_awaited_and_its_reason_raised(node: Any) -> None:
    async def main() -> Any:
        with pytest.raises(JsError) as caught:
            await node("Promise.reject(new RangeError('no'))")
        assert (caught.value.type_name, caught.value.message) == ("RangeError", "no")
        return await node("new Promise((done) => setTimeout(() => done('late'), 20))")

    assert asyncio.run(main()) == "late"


def test_calls_nest_to_and_fro(node: Any) -> None:
    down = node("(f, n) => n === 0 ? [] : [n, ...f(n - 1)]")

    def up(n: int) -> Any:
        return down(up, n)

    assert down(up, 20) == list(range(20, 0, -1))


def test_a_callback_may_wait_for_a_thread_that_asks_too(node: Any) -> None:
    def ask_in_a_thread(x: int) -> int:
        got: list[int] = []
        thread = threading.Thread(target=lambda: got.append(node("x => x * 2")(x)))
        thread.start()
        thread.join(10)
        return got[0]

    assert node("(f, x) => f(x) + 1")(ask_in_a_thread, 20) == 41


def test_many_threads_get_their_own_answers(node: Any) -> None:
    square, wrong = node("x => x * x"), []

    def work(start: int) -> None:
        wrong.extend(i for i in range(start, start + 500) if square(i) != i * i)

    threads = [threading.Thread(target=work, args=(1000 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []


def test_objects_are_released_in_the_process_too(node: Any) -> None:
    make, held = node("() => ({ f() {} })"), node("process.memoryUsage().heapUsed")
    for _ in range(20_000):
        make()
    grown = node("(global.gc?.(), process.memoryUsage().heapUsed)") - held
    assert grown < 20e6


# --- errors


def test_a_frame_names_the_line_of_the_program(node: Any) -> None:
    with pytest.raises(JsError) as caught:
        polyhy.evaluate("node", "\n(function f() { null.x })()", "page.hy:7")
    assert caught.value.frames[0] == Frame("page.hy", 8, "f")
    with pytest.raises(JsSyntaxError, match=r"page\.hy:8"):
        polyhy.evaluate("node", "\nlet let = 1", "page.hy:7")


def test_what_it_prints_comes_in_order_and_by_python(capsys: Any, node: Any) -> None:
    print("before")
    node("console.log('said', [1]); console.error('told')")
    print("after")
    out, err = capsys.readouterr()
    assert out.splitlines() == ["before", "said [ 1 ]", "after"]
    assert err == "told\n"


# --- a life


def test_an_exit_is_an_exception_and_the_next_use_starts_anew(node: Any) -> None:
    with pytest.raises(NodeDied, match="ended with exit code 3"):
        node("process.exit(3)")
    assert load("lodash").chunk([1, 2], 1) == [[1], [2]]


def test_a_crash_is_an_exception(node: Any) -> None:
    with pytest.raises(NodeDied, match="killed by signal 6"):
        node("process.abort()")
    assert node("1 + 1") == 2


def test_a_call_ends_when_its_time_is_up(node: Any) -> None:
    with pytest.raises(TimedOut):
        polyhy.limited(node("() => { for (;;); }"), timeout=0.3)()
    assert polyhy.limited(node("x => x"), timeout=5)(1) == 1


def test_ctrl_c_stops_an_endless_loop(node: Any) -> None:
    loop = node("() => { for (;;); }")
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        loop()
    assert time.monotonic() - began < 1.3
    assert node("1 + 1") == 2


@pytest.mark.parametrize("doing", ["1", "setTimeout(() => { for (;;); }, 0), 1"])
def test_no_process_is_left_when_the_host_is_killed(doing: str) -> None:
    program = f"""
    print(polyhy.evaluate("node", "process.pid"), flush=True)
    polyhy.evaluate("node", "setTimeout(() => 0, 100000)")
    polyhy.evaluate("node", {doing!r})
    import time; time.sleep(100)
    """
    host_process = python(program)
    assert host_process.stdout is not None
    pid = int(host_process.stdout.readline())
    time.sleep(0.5)
    host_process.kill()
    host_process.wait()
    assert gone(pid)


def test_a_host_that_ends_takes_the_process_with_it() -> None:
    done = python('print(polyhy.evaluate("node", "setInterval(() => 0, 50), process.pid"))')
    out, _ = done.communicate(timeout=20)
    assert done.returncode == 0
    assert gone(int(out))


def test_waiting_runs_what_node_still_has_to_do() -> None:
    done = python(
        """
        polyhy.evaluate("node", "setTimeout(() => console.log('later'), 100)")
        polyhy.guests.host.wait()
        """
    )
    assert done.communicate(timeout=20)[0] == "later\n"


# --- several


def test_several_node_runtimes_are_processes_of_their_own():
    one, two = polyhy.start_runtime("node", "one"), polyhy.start_runtime("node", "two")
    assert one.eval("globalThis.x = 1; process.pid") != two.eval("process.pid")
    assert (one.eval("x"), two.eval("typeof x")) == (1, "undefined")
    theirs = polyhy.evaluate("one", "new Map([[1, 2]])")
    assert polyhy.evaluate("two", "m => m")(theirs) is theirs
    assert polyhy.evaluate("two", "m => m.get(1)")(theirs) == 2
    chunk = polyhy.import_from("npm", "lodash", runtime="two").chunk
    one.stop()
    with pytest.raises(polyhy.errors.Stopped):
        len(theirs)
    assert chunk([1, 2, 3], 2) == [[1, 2], [3]]
    two.stop()


def test_a_scope_frees_objects_of_node(node):
    with polyhy.scope() as scope:
        inside, kept = node("new Map()"), scope.keep(node("new Map([[1, 2]])"))
    assert kept[1] == 2
    with pytest.raises(polyhy.errors.Freed):
        len(inside)


# --- calls of other threads, while the main thread waits for Node

IN_BETWEEN = """
import threading
js = lambda source: polyhy.evaluate("js", source)
node = lambda source: polyhy.evaluate("node", source)
wait = "(ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)"
double, slow = node("x => x * 2"), node(f"(begun) => {{ begun(); ({wait})(300); return 'slow' }}")
back = node(f"(begun, f) => {{ begun(); ({wait})(100); return f(1) + f(2) }}")
apply = js("(f, x) => f(x)")  # the main thread makes this call, whoever asks
begun, got = threading.Event(), []

def work():
    begun.wait()
    for x in range(5):
        got.append(apply(lambda x: apply(double, x) + double(x), x))

def meanwhile(call):
    begun.clear(); got.clear()
    thread = threading.Thread(target=work)
    thread.start()
    value = call()
    thread.join()
    assert got == [0, 4, 8, 12, 16], got
    return value
"""


@pytest.mark.parametrize(
    "main",
    [
        "assert meanwhile(lambda: slow(begun.set)) == 'slow'",
        "assert meanwhile(lambda: back(begun.set, double)) == 6",
        "assert meanwhile(lambda: back(begun.set, lambda x: apply(double, x))) == 6",
        "assert meanwhile(lambda: [slow(begun.set), *map(double, range(50))][-1]) == 98",
        # the other thread has Node's turn, and needs the main thread, which waits for the turn
        """
ready = threading.Event()
def held(x):
    ready.set()
    return apply(double, x)
thread = threading.Thread(target=lambda: got.append(node("(f) => f(4)")(held)))
thread.start()
ready.wait()
assert slow(lambda: 0) == "slow"
thread.join()
assert got == [8]
""",
    ],
)
def test_a_call_for_another_thread_may_ask_node_while_the_main_thread_waits_for_it(
    main: str,
) -> None:
    source = f"import polyhy, polyhy.guests.host\n{IN_BETWEEN}\n{main}"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
