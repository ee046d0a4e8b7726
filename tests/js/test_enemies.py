"""What an enemy would try, each in a child process: an exception or the right answer, in time."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

ATTACKS = {
    "a class lies about its memory": """
        import numpy as np
        for lie in (
            "new (class E extends Int8Array { get buffer() { return {} } "
            "  get byteLength() { return 1e9 } get length() { return 1e9 } })(3)",
            "new (class E extends Float64Array { get buffer() { return new ArrayBuffer(8) } "
            "  get byteOffset() { return 1e8 } get byteLength() { return 1e9 } })(3)",
        ):
            view = np.asarray(js(lie))
            assert view.size == 3 and not view.any()
        for fake in (
            "Object.create(ArrayBuffer.prototype, { byteLength: { value: 1e9 }, "
            "  detached: { value: false } })",
            "Object.setPrototypeOf(new Map(), Uint8Array.prototype)",
            "new Proxy(new Float64Array(3), {})",
        ):
            refuses(BaseException, lambda: bytes(memoryview(js(fake))))
    """,
    "numpy looks at arrays from many threads": """
        import threading, numpy as np
        f = js("n => new Float64Array(n).fill(1)")
        def work():
            for n in range(1, 50):
                assert np.asarray(f(n)).sum() == n
        threads = [threading.Thread(target=work) for _ in range(3)]
        for t in threads: t.start()
        busy = js("f => { for (let i = 0; i < 200; i++) new Float64Array(50); return f(1) }")
        while any(t.is_alive() for t in threads): busy(lambda n: n)
    """,
    "an array is nearly all holes": """
        for source in ("new Array(2 ** 32 - 1)", "Object.assign([], { 4000000000: 1 })"):
            assert isinstance(js(source), polyhy.proxy.Proxy)
        assert js("new Array(3)") == [None] * 3
    """,
    "a script makes holes in a list of Python's": """
        xs = [1, 2, 3]
        for source in ("xs[1e9] = 1", "xs.length = 1e15", "xs.length = -1"):
            change = js(f"xs => {{ {source} }}")
            refuses(polyhy.errors.ConversionError, lambda: change(polyhy.by_ref(xs)))
        assert xs == [1, 2, 3]
    """,
    "traps of a proxy throw": """
        traps = "new Proxy({}, { get: (_, trap) => () => { throw new Error(trap) } })"
        for target in ("{}", "[]", "function () {}", "new Map()"):
            p = js(f"new Proxy({target}, {traps})")
            assert p == p and repr(p) and js("x => x")(p) == p
            for use in (dir, len, list, polyhy.data, lambda p: p.x, lambda p: p[0], lambda p: p()):
                refuses(Exception, lambda: use(p))
        revoked = js("x => { const p = Proxy.revocable(x, {}); p.revoke(); return [p.proxy] }")
        for x in ([], {}, [1]):
            p = revoked(x)[0]
            assert p == p
            refuses(Exception, lambda: p.x)
    """,
    "iterators that never end": """
        x = js("({ [Symbol.iterator]() { return { next() { return 1 } } } })")
        refuses(polyhy.errors.GuestError, lambda: list(x))
        refuses(TypeError, lambda: list(js("({ [Symbol.iterator]() { return 1 } })")))
    """,
    "source of a prompt is no text": r"""
        from polyhy.guests import host
        js("1")
        for source in ("\\ud800", "'\\udc00", "(" * 100_000, "\0"):
            host.incomplete("js", source)
            refuses(Exception, lambda: host.cell("js", source, "x.hy:1", {}))
    """,
    "recursion through both languages": """
        f = js("(f, n) => f(n)")
        def g(n): return f(g, n + 1)
        class Deep:
            @property
            def x(self): return js("a => a.x")(self)
        for limit in (1000, 100_000):
            sys.setrecursionlimit(limit)
            refuses((RecursionError, polyhy.errors.GuestError), lambda: f(g, 0))
            refuses((RecursionError, polyhy.errors.GuestError), lambda: Deep().x)
    """,
    "finalizers call scripts and fail there": """
        class Dying:
            def __del__(self):
                js("x => x")([1]), js("f => f(1)")(lambda x: x)
                js("f => { try { f() } catch {} }")(lambda: 1 / 0)
        same = js("x => x")
        for i in range(2000):
            ring = [Dying(), same([i, Dying()])]
            ring.append(ring)
    """,
    "objects that raise at every look": """
        class Raising:
            def __getattribute__(self, name): raise RuntimeError(name)
        class Endless:
            def __getattr__(self, name): return self
            def __call__(self, *args): return self
        class Meta(type):
            def __getattribute__(cls, name):
                if name in ("__mro__", "__name__", "__module__"): raise RuntimeError(name)
                return type.__getattribute__(cls, name)
        class Odd(metaclass=Meta): pass
        class Text(str):
            def __add__(self, other): return 5
            def __len__(self): return 10**9
        class Many(list):
            def __len__(self): return 10**9
            def __iter__(self): raise RuntimeError("iter")
        look = "x => { try { return [x.a, String(x), Object.keys(x), 'q' in x] } catch {} }"
        for x in (Raising(), Endless(), Odd(), Odd, Text("a"), Many([1]), {Text("a"): Many([1])}):
            for source in ("x => x", look, "async x => { for await (const y of await x) break }"):
                try: js(source)(x)
                except Exception: pass
        polyhy.leaks()
    """,
    "what scripts stand on is replaced": """
        js('''
            Array.prototype.push = Array.prototype[Symbol.iterator] = () => { throw 1 };
            Map.prototype.get = WeakMap.prototype.get = () => 7; WeakMap.prototype.has = () => true;
            String.prototype.charCodeAt = () => 0; String.prototype.slice = () => "{}";
            JSON.parse = JSON.stringify = () => "["; Array.isArray = () => true;
            Function.prototype.call = Function.prototype.apply = () => 1; 0
        ''')
        for source in ("1", "'text'", "[1, 2]", "({ a: 1 })", "new Map()", "x => x"):
            try: repr(js(source))
            except Exception: pass
    """,
    "Ctrl-C comes while a script calls back": """
        import threading, time
        loops = (
            "f => { for (;;) f() }",
            "f => { for (;;) { try { f() } catch {} } }",
            "f => { for (;;) { try { f(1) } catch {} finally { try { f(2) } catch {} } } }",
            "f => { (function again() { Promise.resolve().then(f).catch(f).then(again) })() }",
        )
        for source in loops:
            for pause in (0.2, 0.31):
                threading.Timer(pause, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
                began = time.monotonic()
                refuses(KeyboardInterrupt, lambda: js(source)(lambda *_: None))
                assert time.monotonic() - began < 1.5, source
        from polyhy.bridges.js.jobs import LOOP
        LOOP.clear()
        assert js("[1 + 1]") == [2]
        assert js("f => f(1)")(lambda x: x) == 1
    """,
    "a program puts back what a signal called before the engine started": """
        import threading
        class Mine(Exception): pass
        class Thing: a = 1
        def mine(*_): raise Mine
        js("1")
        for function, kind in ((plain, KeyboardInterrupt), (mine, Mine)):
            signal.signal(signal.SIGINT, function)
            for pause in (0.05, 0.1, 0.15):
                threading.Timer(pause, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
                refuses(kind, lambda: js("f => { for (;;) f() }")(lambda *_: None))
            threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
            refuses(kind, lambda: js("x => { for (;;) x.a }")(Thing()))
        assert js("f => f(1)")(lambda x: x) == 1
    """,
    "the engine starts where Ctrl-C calls a function of asyncio's": """
        import asyncio, threading
        async def main(): return js("1 + 1")
        assert asyncio.run(main()) == 2
        for pause in (0.05, 0.1, 0.15):
            threading.Timer(pause, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
            refuses(KeyboardInterrupt, lambda: js("f => { for (;;) f() }")(lambda *_: None))
    """,
    "Ctrl-C comes while the engine starts": """
        import subprocess
        program = '''
        import os, signal, sys, threading, time, polyhy, polyhy.bridges.js.bridge
        hurry = float(sys.argv[1])
        threading.Timer(hurry, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        try:
            polyhy.evaluate("js", "1")
            time.sleep(1)
        except KeyboardInterrupt:
            assert polyhy.evaluate("js", "1 + 1") == 2
        '''
        import textwrap
        for hurry in (0.01, 0.03, 0.06, 0.1, 0.15):
            subprocess.run([sys.executable, "-c", textwrap.dedent(program), str(hurry)], check=True)
    """,
    "KeyboardInterrupt is raised by a callback that a script guards": """
        def interrupt(): raise KeyboardInterrupt("mine")
        inner = js("f => { try { f() } catch { return 'caught' } }")
        refuses(KeyboardInterrupt, lambda: inner(interrupt))
        def handles():
            try: return inner(interrupt)
            except KeyboardInterrupt as error: return str(error)
        assert js("f => f()")(handles) == "mine"
        assert js("(f, g) => { try { g(f) } catch {} return 5 }")(lambda: 1 / 0, lambda f: f()) == 5
    """,
    "a child is forked, and ends as it likes": """
        import atexit
        js("new Map()")
        for way in (lambda: os.fork(), lambda: js("f => f()")(lambda: os.fork() or sys.exit(7))):
            child = way()
            if not child:
                sys.exit(7)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        child = js("f => f()")(os.fork)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
        assert js("1 + 1") == 2
    """,
    "the runtime is stopped from within": """
        import threading
        stop = lambda: polyhy.guests.host.stop("js")
        refuses(polyhy.errors.Stopped, js("f => { f(); return () => 1 }")(stop))
        js("f => { setTimeout(f, 1); setInterval(() => 0, 1); return 0 }")(stop)
        polyhy.guests.host.wait()
        def work():
            for i in range(30):
                try: js("x => x")(i)
                except polyhy.errors.Stopped: pass
        threads = [threading.Thread(target=work) for _ in range(3)]
        for t in threads: t.start()
        while any(t.is_alive() for t in threads): stop()
        assert js("2") == 2
    """,
}

_HEAD = """
import gc, os, signal, sys, polyhy, polyhy.guests.host
plain = signal.default_int_handler
signal.signal(signal.SIGINT, plain)
js = lambda source: polyhy.evaluate("js", source)
def refuses(kind, use):
    try: use()
    except kind: return
    raise SystemExit("it was let through")
"""


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_process_survives_when(attack):
    program = _HEAD + textwrap.dedent(ATTACKS[attack])
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}{done.stderr}"
