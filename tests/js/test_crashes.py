"""The raw engine's crashes: through polyhy each is an exception or the right answer."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

CRASHES = {
    "a typed array is read after it was collected": """
        x = js("new Float64Array(1e6).fill(5)")
        collect(); collect()
        assert sum(polyhy.data(x)) == 5e6
    """,
    "a buffer is read after it was transferred": """
        b = js("globalThis.b = new ArrayBuffer(8e6); b")
        js("b.transfer(); 0")
        collect()
        assert b == bytes(8_000_000)
    """,
    "a callback empties the list that is mapped": """
        xs = [1, 2, 3, 4]
        def clear(x):
            xs.clear()
            return x
        assert js("(xs, f) => xs.map(f)")(xs, clear) == [1, 2, 3, 4]
        ys = [1, 2, 3, 4]
        js("(ys, f) => ys.map(f)")(polyhy.by_ref(ys), lambda y: ys.clear())
    """,
    "null is thrown": """
        for thrown in ("null", "undefined"):
            try:
                js(f"() => {{ throw {thrown} }}")()
            except polyhy.errors.GuestError as error:
                assert error.value is None and thrown in error.type_name
    """,
    "two cyclic objects are compared": """
        a, b = js("let o = {}; o.o = o; o"), js("let p = {}; p.p = p; p")
        assert a != b and a == a
        deep = js("n => { let x = { f() {} }; for (let i = 0; i < n; i++) x = { x }; return x }")
        a, b = polyhy.by_ref(deep)(100_000), polyhy.by_ref(deep)(100_000)
        assert a != b and a == a
        repr(a)
        try:
            deep(100_000)
            polyhy.data(a)
        except polyhy.errors.ConversionError:
            pass
    """,
    "a key is half a surrogate pair": r"""
        try:
            js("x => Object.keys(x)")({"\ud83d": 1})
        except polyhy.errors.ConversionError:
            pass
    """,
    "a text is longer than the engine's longest": """
        try:
            js("x => x.length")("x" * (2**30 + 10))
        except polyhy.errors.ConversionError as error:
            assert "args[0]" in str(error)
    """,
    "an object whose __getattr__ raises is awaited": """
        class Bad:
            def __getattr__(self, name):
                raise RuntimeError(name)
        js("async x => { try { await x } catch {} }")(Bad())
    """,
    "a regular expression runs over a text of JavaScript's": """
        import re
        s = js("k => 'k' + k + '-ab-ab-ab-ab'")(1)
        n = 0
        for m in re.finditer("ab", s):
            n += 1
            js("(() => { for (let i = 0, a = []; i < 20000; i++) a.push('z' + i) })()")
            collect()
        assert n == 4
    """,
    "the engine's module is forgotten": """
        import sys
        js("1")
        for name in [name for name in sys.modules if name.startswith("pythonmonkey")]:
            del sys.modules[name]
        assert js("1 + 1") == 2
        polyhy.guests.host.stop("js")
        assert js("1 + 1") == 2
    """,
    "the first use is in a thread, and the process exits": """
        import threading
        got = []
        t = threading.Thread(target=lambda: got.append(js("x => x + 1")(1)))
        t.start(); t.join()
        assert got == [2] and js("2") == 2
    """,
    "numpy looks at a typed array that was collected": """
        import numpy as np
        n = np.asarray(js("new Float64Array(1e7).fill(5)"))
        collect(); collect()
        assert n.sum() == 5e7
    """,
    "numpy looks at a buffer that is transferred": """
        import numpy as np
        n = np.asarray(polyhy.by_ref(js("() => globalThis.b = new ArrayBuffer(8e6)"))())
        try:
            js("b.transfer(); 0")
        except polyhy.errors.GuestError:
            pass
        collect()
        assert n.sum() == 0 and n.size == 8_000_000
    """,
    "an array that was lent is freed while a script looks at it": """
        import gc, numpy as np
        js("xs => { globalThis.kept = xs.subarray(1) }")(np.full(1_000_000, 5.0))
        gc.collect(); collect(); collect()
        np.full(1_000_000, 7.0)
        assert js("kept.every(x => x === 5)") is True
    """,
    "promises are left behind where no loop ever ran": """
        js("globalThis.ps = Array.from({ length: 999 }, () => new Promise(() => {}).then()); 0")
        js("Promise.reject(new Error('unheard')); 0")
        collect()
    """,
    "the process ends while a script runs": """
        import os, signal, subprocess
        subprocess.Popen(["sh", "-c", f"sleep 0.5; kill -INT {os.getpid()}"])
        try:
            js("for (;;) {}")
        except KeyboardInterrupt:
            pass
    """,
    "timers and threads are left at the end": """
        import threading, time
        js("setInterval(() => {}, 1); 0")
        f = js("x => x")
        def work():
            while True:
                f(1)
        threading.Thread(target=work, daemon=True).start()
        time.sleep(0.2)
    """,
    "threads call in while promises are made": """
        import threading, time
        spin = js("async n => { for (let i = 0; i < n; i++) await Promise.all([i, null]) }")
        f, s, p = js("x => x + 1"), js("s => s + '!'"), js("async x => { await null; return x }")
        done = []
        def work(k):
            while time.monotonic() < end:
                assert f(k) == k + 1 and s(f"é{k}") == f"é{k}!" and p(k) is not None
            done.append(k)
        end = time.monotonic() + 2
        threads = [threading.Thread(target=work, args=(k,)) for k in range(2)]
        for t in threads: t.start()
        while time.monotonic() < end:
            spin(100)
        for t in threads: t.join(20)
        assert sorted(done) == [0, 1]
    """,
    "a warm engine is forked": """
        import os
        f = js("x => { let s = 0; for (let i = 0; i < x; i++) s += i; return s }")
        for _ in range(200): f(1000)
        collect()
        child = os.fork()
        if not child:
            try:
                f(1)
            except polyhy.errors.Forked:
                os._exit(0)
            os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
    """,
}


@pytest.mark.parametrize("crash", CRASHES)
def test_no_crash_when(crash):
    program = (
        "import polyhy, polyhy.guests.host\n"
        "from polyhy.bridges.js.engine import core\n"
        "js = lambda source: polyhy.evaluate('js', source)\n"
        "collect = lambda: core().collect()\n" + textwrap.dedent(CRASHES[crash])
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stderr}"


def test_exit_codes_and_atexit_hooks_survive():
    program = (
        "import atexit, sys, polyhy\n"
        "f = polyhy.evaluate('js', 'x => x'); p = polyhy.evaluate('js', 'new Map()')\n"
        "atexit.register(lambda: print('bye', len(p)))\n"
        "sys.exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (7, "bye 0\n", "")
