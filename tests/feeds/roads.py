"""Ways to fetch something, and roads that lead nowhere."""

from datetime import UTC, datetime, timedelta

import httpx2

from digest.core.sources.feed import Failed

NOW = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
FEED = "<rss version='2.0'><channel><title>Harbour</title></channel></rss>"
DAY = timedelta(days=1)


async def fetched(fetcher, url, **more):
    return await fetcher.fetch(url, NOW, **({"allow_private": True} | more))


async def why(fetcher, url, **more):
    outcome = await fetched(fetcher, url, **more)
    assert isinstance(outcome, Failed), outcome
    return outcome.why


def resolving(**hosts):
    """A resolver that knows these hosts (dots written as _), each with a list of its answers."""
    answers = {name.replace("_", "."): list(each) for name, each in hosts.items()}

    async def resolve(host, port):
        if host not in answers:
            raise OSError("no such host")
        each = answers[host]
        return each.pop(0) if len(each) > 1 else each[0]

    return resolve


class Recorder(httpx2.AsyncBaseTransport):
    """Goes nowhere, and notes where it would have gone."""

    def __init__(self, *answers):
        self.answers = list(answers) or [httpx2.Response(200, stream=httpx2.ByteStream(b"x"))]
        self.hosts = []
        self.requests = []

    async def handle_async_request(self, request):
        self.hosts.append(request.url.host)
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer
