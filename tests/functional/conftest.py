"""What several tests of requests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from index import Index
from library.extensions import db
from library.indexing import follower
from library.indexing.search import index_of_app


@pytest.fixture
def index(own_library: Flask) -> Index:
    with own_library.app_context():
        return index_of_app()


@pytest.fixture
def following(own_library: Flask, index: Index) -> Iterator[follower.Follower]:
    """A follower that has caught up, and holds the index open."""
    with own_library.app_context():
        one = follower.Follower(db.sessionmaker, index)
        while one.step():
            pass
        yield one
