"""Ten minutes of everything at once: memory stays flat. By hand: -m slow, SOAK_MINUTES=60."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

MINUTES = float(os.environ.get("SOAK_MINUTES", "10"))

PROGRAM = """
import asyncio, gc, random, resource, sys, time
import numpy as np, polyhy
from polyhy.bridges.js.errors import JsError

js = lambda source: polyhy.evaluate("js", source)
same, apply, fail = js("x => x"), js("(f, x) => f(x)"), js("x => { throw new Error('no ' + x) }")
make, later = js("n => new Map([[n, { n }]])"), js("async x => { await null; return x }")
total = js("xs => xs.reduce((a, b) => a + b, 0)")
each = js("xs => { let s = 0; for (const x of xs) s += x; return s }")

class Thing:
    def __init__(self, n): self.n = n
    def twice(self): return 2 * self.n

def one(i):
    assert same(f"text {i}") == f"text {i}"
    assert same({"i": i, "xs": [i, str(i), i * 0.5]})["i"] == i
    assert apply(lambda x: {"x": x}, i) == {"x": i}
    assert same(2**70 + i) == 2**70 + i
    assert make(i)[i].n == i
    thing = Thing(i)
    assert same(thing) is thing and js_twice(thing) == 2 * i
    assert total(np.arange(10.0)) == 45 and each(range(5)) == 10
    assert np.asarray(typed(16)).sum() == 16
    assert same(bytes([i % 256]) * 50)[0] == i % 256
    try:
        fail(i)
    except JsError as error:
        assert error.message == f"no {i}"

js_twice, typed = js("t => t.twice()"), js("n => new Float64Array(n).fill(1)")

async def waits():
    return await asyncio.gather(*(wait(i) for i in range(50)))

async def wait(i):
    return await later(i)

def rss():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6

end, i, sizes = time.monotonic() + float(sys.argv[1]) * 60, 0, []
look = time.monotonic() + 20
while time.monotonic() < end:
    for _ in range(2000):
        i += 1
        one(i)
    assert asyncio.run(waits()) == list(range(50))
    if time.monotonic() > look:
        sizes.append(rss())
        look = time.monotonic() + max(10, float(sys.argv[1]) * 60 / 30)
print(i, [round(size) for size in sizes])
half = len(sizes) // 2
assert max(sizes[half:]) < max(sizes[:half]) + 15, sizes
"""


@pytest.mark.slow
def test_memory_stays_flat():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(MINUTES)], capture_output=True, text=True
    )
    print(done.stdout)
    assert done.returncode == 0, done.stderr
