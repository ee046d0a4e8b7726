"""JavaScript keeps every law; its quirks are in test_values.py."""

from typing import ClassVar

from polyhy.testing import BridgeLaws


class TestJs(BridgeLaws):
    language = "js"
    exact_integers_of_any_size = True
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
