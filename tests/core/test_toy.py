"""The toy keeps every law; so the laws can be kept, and the core is tested with no guest."""

import textwrap
from typing import ClassVar

from polyhy import plugins
from polyhy.testing import BridgeLaws, ToyBridge

plugins.add(ToyBridge)


class TestToy(BridgeLaws):
    language = "toy"
    exact_integers_of_any_size = True
    say: ClassVar = {
        "identity": "lambda x: x",
        "increment": "lambda x: x + 1",
        "apply": "lambda f, x: f(x)",
        "catch": "lambda f: catch(f)",
        "fail": "lambda x: error('broken')",
        "thing": "new(name='thing')",
        "counter": "lambda: new(up=iter([1, 2, 3]).__next__)",
        "options": "lambda x, width: width",
    }

    def in_a_child(self, program: str) -> None:
        toy = "from polyhy import plugins, testing; plugins.add(testing.ToyBridge)\n"
        super().in_a_child(toy + textwrap.dedent(program))
