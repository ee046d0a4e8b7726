"""Threads, finalizers and sweeps come in between at any step: nothing is lost or mixed up."""

from __future__ import annotations

import subprocess
import sys

import pytest

SECONDS = 3

HEAD = """
import gc, random, sys, threading, time
import numpy as np, polyhy
from polyhy.bridges.js import lending
from polyhy.guests import host

js = lambda source: polyhy.evaluate("js", source)
same, apply = js("x => x"), js("(f, ...xs) => f(...xs)")
wrap, total = js("x => ({ x, y: [x] })"), js("xs => xs.reduce((a, b) => a + b, 0)")
lending._LIMIT = host.bridge("js").guest.lending.limit = 20  # so that there is a sweep all the time
sys.setswitchinterval(1e-5)
class Thing:
    pass

def once(n, again=True):
    thing, byte = Thing(), bytes([n % 256])
    assert same(thing) is thing
    assert wrap(thing)["y"][0] is thing
    assert apply(lambda x, y: [x, y, n], 5, thing) == [5, thing, n]
    assert same(byte * 300) == byte * 300 and same(byte) == byte
    if n % 50 == 0:
        assert same(byte * 300_000) == byte * 300_000
    xs = [n + i for i in range(20)]
    assert same(xs) == xs and total(xs) == sum(xs)
    assert same(n) == n and same(n / 7) == n / 7 and same(str(n)) == str(n)
    assert same(f"é{n}") == f"é{n}"
    try:
        apply(lambda x: 1 / 0, 1)
    except ZeroDivisionError:
        pass
    try:
        same([thing, lambda: n, "\\ud800"])
    except polyhy.errors.ConversionError:
        pass
    if again:
        assert apply(lambda x: once(n + 1, False) or same(thing), 1) is thing
"""

THREADS = """
def work(k):
    try:
        numbers = random.Random(k)
        while time.monotonic() < end:
            once(numbers.randrange(10**6))
    except BaseException as error:
        failed.append(error)
        raise

end, failed = time.monotonic() + float(sys.argv[1]), []
threads = [threading.Thread(target=work, args=(k,)) for k in range(1, 4)]
for t in threads: t.start()
work(0)
for t in threads: t.join()
sys.exit(bool(failed))
"""

FINALIZERS = """
class Dying:
    def __del__(self):
        try:
            once(7, False)
        except BaseException as error:
            failed.append(error)

gc.set_threshold(20, 2, 2)
end, failed, n = time.monotonic() + float(sys.argv[1]), [], 0
while time.monotonic() < end and not failed:
    ring = [Dying()]
    ring.append(ring)
    once(n)
    n += 1
if failed:
    raise failed[0]
"""

LEFT = """
for i in range(3000):
    once(i)
host.bridge("js").guest.look()
gc.collect()
held = [x for x in host.bridge("js").held() if type(x) is not type(host)]
assert len(held) < 10, held[:10]
guest = host.bridge("js").guest
assert not guest.lending._left, guest.lending._left
"""


@pytest.mark.parametrize("program", [THREADS, FINALIZERS, LEFT], ids=["threads", "gc", "left"])
def test_all_that_crosses_arrives_as_itself_whatever_comes_in_between(program):
    done = subprocess.run(
        [sys.executable, "-c", HEAD + program, str(SECONDS)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}{done.stderr}"
