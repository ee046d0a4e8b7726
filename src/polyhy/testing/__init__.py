"""The laws that every bridge and ecosystem keeps, as tests to inherit; and toys to test the core.

A room's tests subclass `BridgeLaws`, name the language and say in it how to do a few things:

    class TestLua(BridgeLaws):
        language = "lua"
        say = {"identity": "return function(x) return x end", ...}
"""

from polyhy.testing.bridges import BridgeLaws
from polyhy.testing.ecosystems import EcosystemLaws, ToyEcosystem
from polyhy.testing.toy import ToyBridge

__all__ = ["BridgeLaws", "EcosystemLaws", "ToyBridge", "ToyEcosystem"]
