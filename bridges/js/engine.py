"""SpiderMonkey, booted once per process from PythonMonkey's compiled core alone.

The package's own start-up code would publish Python's `eval` to every script and need npm; the
core needs neither.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from typing import Any

from polyhy.errors import MissingTool

from .jobs import LOOP, take_over


@lru_cache(maxsize=1)
def core() -> Any:
    """PythonMonkey's core: `eval(source, {"filename": …, "lineno": …})`, `collect`, `bigint`."""
    if "pythonmonkey" not in sys.modules:
        spec = importlib.util.find_spec("pythonmonkey")
        if spec is None:
            raise MissingTool(
                tool="pythonmonkey",
                need="JavaScript runs in it",
                command="pip install pythonmonkey",
            )
        stub = types.ModuleType("pythonmonkey", "Only the core of PythonMonkey, loaded by polyhy.")
        stub.__path__ = list(spec.submodule_search_locations or ())
        stub.__spec__ = spec
        sys.modules["pythonmonkey"] = stub
    module = importlib.import_module("pythonmonkey.pythonmonkey")
    # Some programs forget modules; where this one ends after all others, the process crashes.
    sys.modules[f"{__name__}.core"] = module
    return module


def script(name: str) -> Callable[..., Any]:
    """Evaluate one of the room's own scripts, which is a function."""
    text = files("polyhy.bridges.js").joinpath(name).read_text("utf-8")
    return core().eval(text, {"filename": f"polyhy/{name}"})


@lru_cache(maxsize=1)
def watch() -> Any:
    """Take over promises, and leave nothing of the engine's debugger to scripts.

    Returns a function of the engine's: the reasons of rejections that nobody listened to.
    """
    take_over()
    return script("watch.js")(LOOP.unheard.__contains__)
