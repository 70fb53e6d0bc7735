"""The application as policy tests look at it: built, with nothing in its database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config import TestConfig
from library.app import create_app

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture(scope="session")
def built_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(TestConfig(instance=tmp_path_factory.mktemp("policy")))
