"""What takes hours may take hours."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "torture" in item.path.parts:
            item.add_marker(pytest.mark.timeout(0))
