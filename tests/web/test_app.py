"""Requests whose target is no path."""

import pytest
from structlog.testing import capture_logs

from digest.web.app import site


async def asked(app, method, target):
    """The status that a request with this target gets, as the server hands it over."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(part):
        sent.append(part)

    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": target, "headers": [],
        "raw_path": target.encode(), "query_string": b"", "scheme": "http", "root_path": "",
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    await site(lambda: app)(scope, receive, send)
    return sent[0]["status"]


@pytest.mark.parametrize(
    ("method", "target"),
    [("OPTIONS", "*"), ("GET", "foo"), ("GET", ""), ("POST", "a:b"), ("GET", "?")],
)
async def test_a_target_that_is_no_path_is_a_bad_request_and_no_fault_of_ours(app, method, target):
    with capture_logs() as logs:
        assert await asked(app, method, target) == 400

    assert "web.fault" not in [one["event"] for one in logs]


@pytest.mark.parametrize("target", ["http://harbour.example/healthz", "HTTP://x/healthz"])
async def test_a_whole_url_is_the_page_of_its_path(app, target):
    assert await asked(app, "GET", target) == 200
