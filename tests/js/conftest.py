"""`js("x => x")` evaluates in the one runtime of this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy.guests import host
from polyhy.packages import env, install
from polyhy.spec import Spec

MODULES = ("crypto", "dns", "events", "fs", "http", "https", "net", "tls")
TEXT = """const text = (stream) => new Promise((done, fail) => {
  let all = "";
  stream.on("data", (d) => (all += d)).on("end", () => done(all)).on("error", fail);
});"""


@pytest.fixture
def js() -> Callable[[str], Any]:
    return lambda source: polyhy.evaluate("js", source, origin="test.hy:1")


@pytest.fixture(scope="session")
def bare(cache: Path) -> Path:
    """The root of an env that has what node's modules are made of."""
    return install.script([Spec("npm", "ms", "2.1.3")]).root


@pytest.fixture
def script(bare: Path) -> Iterator[Callable[..., Any]]:
    """Call an async function of a script, and return what it resolves to; it has node's modules."""
    before = env._chosen
    env.use(env.at(bare))
    polyhy.import_from("npm", "ms")

    def script(source: str, *args: Any) -> Any:
        said: list[Any] = []
        given = "".join(f"const {m} = process.getBuiltinModule('{m}');" for m in MODULES)
        function = polyhy.evaluate("js", f"{{ {given} {TEXT} ({source}) }}")
        function(*args).then(lambda x: said.append((x, None)), lambda e: said.append((None, e)))
        host.wait()
        value, error = said[0]
        if error is not None:
            polyhy.evaluate("js", "(error) => { throw error }")(error)
        return polyhy.data(value) if hasattr(value, "__bridge__") else value

    yield script
    env.use(before)
