"""Whether the site says that it can do its work."""

from structlog.testing import capture_logs

from tests.web.conftest import break_store


def test_health_is_ok_while_the_store_answers(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_health_fails_when_the_store_does_not_answer(client, app):
    break_store(app)

    with capture_logs() as logs:
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
    assert "no such table" in str(logs)


def test_health_fails_when_the_file_was_taken_away(client, app):
    app.db.path.unlink()

    assert client.get("/healthz").status_code == 503
