"""The toy keeps every law of an ecosystem; so they can be kept, and the core is tested offline."""

from dataclasses import replace
from typing import ClassVar

import pytest

from polyhy.errors import Offline
from polyhy.spec import Pin
from polyhy.testing import EcosystemLaws, ToyEcosystem


class TestToy(EcosystemLaws):
    ecosystem = "toy"
    package = "pair@2"
    file = "left.txt"
    unknown = "nothing"
    impossible = "left@9"
    unreachable: ClassVar = {}

    def with_another_hash(self, pin: Pin) -> Pin:
        return replace(pin, hash="sha256:0")

    def test_no_network_is_said_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ToyEcosystem, "reachable", False)
        with pytest.raises(Offline, match="toy"):
            self.room.resolve([self.room.spec(self.package)], [])
