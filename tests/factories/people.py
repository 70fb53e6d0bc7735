"""People with accounts, and the browsers in which they have signed in."""

from __future__ import annotations

import io

from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from factories.readers import Page, Reader
from factories.records import PASSWORD, an_account
from library.choices import Role


def signed_in(app: Flask, *roles: Role, email: str = "", name: str = "") -> Reader:
    """Return a browser in which somebody with these roles has just signed in; the account is made.

    :param email: defaults to one made of the role, such as ``adviser@example.org``.
    """
    email = email or f"{roles[0] if roles else 'nobody'}@example.org"
    an_account(app, *roles, email=email, name=name or email.partition("@")[0].capitalize())
    return sign_in(app, email)


def sign_in(app: Flask, email: str) -> Reader:
    """Return a browser in which the person with this address has just signed in."""
    browser = app.test_client()
    assert isinstance(browser, Reader)
    page = browser.read("/en/account/sign-in")
    answer = browser.post("/en/account/sign-in", data={**hidden(page), "email": email, "password": PASSWORD})
    assert answer.status_code == 302, "sign-in failed"
    return browser


def hidden(page: Page) -> dict[str, str]:
    """Return the hidden boxes of a page's forms, the CSRF token among them."""
    boxes = (box for box in page.all("input") if box.get("type") == "hidden")
    return {box.get("name", ""): box.get("value", "") for box in boxes}


def send_files(browser: Reader, address: str, boxes: dict[str, str], *files: tuple[bytes, str]) -> TestResponse:
    """Send a form with files, each as its content and its name; what the test client does itself leaves files open."""
    sent = [("files", FileStorage(io.BytesIO(content), filename=name)) for content, name in files]
    boundary, body = encode_multipart(MultiDict([*boxes.items(), *sent]))
    answer: TestResponse = browser.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    return answer
