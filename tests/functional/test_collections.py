"""Collections as readers meet them: list, page, home, the pages of practices, and the card on other sites."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from factories.collections import a_collection
from factories.records import practice_called
from flask import Flask
from sqlalchemy.orm import Session

from library.extensions import db


@pytest.fixture
def shelf_of(module_library: Flask) -> Iterator[Session]:
    with module_library.app_context(), db.sessionmaker() as session:
        yield session


def test_first(module_library, shelf_of: Session) -> None:
    a_collection(shelf_of, practices=[practice_called(shelf_of, "dk-ssp")], slug="one")
    shelf_of.commit()
    reader = module_library.test_client()
    print(reader.read("/en/collections").text)
    print(reader.read("/en/collections/one").text)
    for s in ("pdf","docx","xlsx","csv","atom","json"):
        r = reader.get(f"/en/collections/one.{s}")
        print(s, r.status, len(r.data), r.headers.to_wsgi_list() if s=="pdf" else "")
        __import__("pathlib").Path(f"/tmp/b/one.{s}").write_bytes(r.data)
    r=reader.get("/en/collections/one/card")
    print(r.headers)
