"""Call what a module has at random, with plain values and with those that it gave.

python tests/rust/crates/chaos.py extension.so regex SEED STEPS

Every call must be answered or refused by an exception. What blocks, ends the process or asks for
much memory is left out.
"""

from __future__ import annotations

import gc
import inspect
import random
import re
import sys
from collections import Counter
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

LEFT_OUT = re.compile(
    r"sleep|abort|exit|wait|block|park|join|recv|capacity|reserve|repeat|resize|grow|alloc|zero"
    r"|spawn|remove|persist|create|open|temp|write_to_file|extend_to|pad|fill|limit|factorial|pow"
    r"|save|dump|hostname|read_to|nomial|shl|shift|nth|skip|step_by|leak|iterate|cycle|unfold|successors|primes|range|generate"
)
PLAIN: list[Any] = [
    *(0, 1, 2, 3, 7, -1, 255, 0.0, 1.5, True, False, None),
    *("", "a", "ab1c", "1.2.3", "1-2", "<b>x</b>", "(a)(b)", "ünïcode \U0001f600"),
    *(b"", b"a", b"abc 1.2", b"\xff\x00"),
    *([], [1, 2], ["a", "b"], [0.5], (1, 2), {"a": 1}, {1, 2}, range(3)),
    *(len, str, lambda *all: None, lambda *all: all[0] if all else 1),
]
POOL = 40


def load(file: Path, name: str) -> ModuleType:
    """The extension in a file."""
    spec = spec_from_file_location(name, file, loader=ExtensionFileLoader(name, str(file)))
    assert spec is not None
    return module_from_spec(spec)


def play(module: ModuleType, seed: int, steps: int) -> Counter[str]:
    """Make calls; count how they ended."""
    dice, ended = random.Random(seed), Counter[str]()
    functions = sorted(_functions(module).items())
    values: list[Any] = []
    known: dict[str, list[list[type]]] = {}
    for _ in range(steps if functions else 0):
        name, function = dice.choice(functions)
        if values and dice.random() < 0.75:
            name, function = _method(dice.choice(values), dice) or (name, function)
        args = _arguments(name, function, values, known, dice)
        try:
            result = function(*args)
        except Exception as error:
            ended[type(error).__name__] += 1
            continue
        ended["answered"] += 1
        if args and len(known.setdefault(name, [])) < 8:
            known[name].append([type(each) for each in args])
        _keep(result, values, dice)
    return ended


def _arguments(
    name: str, function: Any, values: list[Any], known: Any, dice: random.Random
) -> list[Any]:
    """Values at random; often of the types with which a call was answered before."""
    pool = [*PLAIN, *values]
    if name in known and dice.random() < 0.6:
        wanted = dice.choice(known[name])
        rows = [[each for each in pool if type(each) is one] for one in wanted]
        if all(rows):
            return [dice.choice(row) for row in rows]
    return [dice.choice(pool) for _ in range(_count(function))]


def _keep(result: Any, values: list[Any], dice: random.Random) -> None:
    if type(result) not in (int, float, str, bytes, bool, type(None)):
        values.append(result)
    try:
        if dice.random() < 0.3 and hasattr(result, "__next__"):
            values.append(next(result, None))
        if dice.random() < 0.1:
            repr(result), hash(result), result == dice.choice(values or [0])
    except Exception:
        pass
    while len(values) > POOL or (values and dice.random() < 0.1):
        values.pop(dice.randrange(len(values)))


def _functions(place: Any, depth: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, each in vars(place).items():
        if name.startswith("_") or LEFT_OUT.search(name.lower()):
            continue
        if isinstance(each, ModuleType) and depth < 4:
            found |= {f"{name}.{k}": v for k, v in _functions(each, depth + 1).items()}
        elif isinstance(each, type):
            found[name] = each
            statics = (n for n, v in vars(each).items() if isinstance(v, staticmethod))
            names = (n for n in statics if not LEFT_OUT.search(n.lower()))
            found |= {f"{name}.{n}": getattr(each, n) for n in names}
        elif callable(each):
            found[name] = each
    return found


def _method(value: Any, dice: random.Random) -> tuple[str, Any] | None:
    kind = type(value)
    names = [n for n in dir(kind) if n[0] != "_" and not LEFT_OUT.search(n.lower())]
    if not names or kind.__module__ == "builtins":
        return None
    name = dice.choice(names)
    try:
        found = getattr(value, name)
    except Exception:
        return None
    return (f"{kind.__name__}.{name}", found) if callable(found) else None


def _count(function: Any) -> int:
    try:
        return len(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return 1


if __name__ == "__main__":
    ended = play(load(Path(sys.argv[1]), sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    gc.collect()
    print(sum(ended.values()), "calls:", dict(ended.most_common(6)))
