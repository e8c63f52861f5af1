"""The server itself: what it spares the mail that goes out beside it."""

import asyncio
import socket
import threading

from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from digest.web.http.server import HANDS, open_listener, server
from tests.visitors import ask, crowd

VISITORS = 16


async def test_few_threads_answer_however_many_ask():
    go_on = threading.Event()

    def work(_: Request) -> PlainTextResponse:
        go_on.wait(30)
        return PlainTextResponse("done")

    ours, door = server(Starlette(routes=[Route("/", work)])), open_listener("127.0.0.1:0")
    serving = asyncio.create_task(ours.serve([door]))
    while not ours.started:
        await asyncio.sleep(0)
    port = door.getsockname()[1]
    visits = asyncio.create_task(crowd(VISITORS, VISITORS, lambda _: ask(port, "/")))
    at_work = to_thread.current_default_thread_limiter().statistics()
    while at_work.borrowed_tokens + at_work.tasks_waiting < VISITORS:
        await asyncio.sleep(0)
        at_work = to_thread.current_default_thread_limiter().statistics()
    go_on.set()
    answers = await visits
    ours.should_exit = True
    await serving

    assert {answer.status for answer in answers} == {200}
    assert at_work.borrowed_tokens == HANDS


def test_answers_are_not_held_back_until_they_fill_a_packet():
    """Nagle's algorithm is off on the connections that are taken: 40 ms for each kept one."""
    with open_listener("127.0.0.1:0") as listener:
        asking = socket.create_connection(listener.getsockname())
        taken, _ = listener.accept()
        with asking, taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
