#!/usr/bin/env bash
# asyncio switches Nagle's algorithm off (TCP_NODELAY) for the connections that a server takes only if its listening
# socket has the protocol number of TCP. socket.create_server makes sockets with number 0. So a program that binds the
# port itself, e.g. to give up root or to report a busy port early, and hands the socket to uvicorn, has Nagle on for every
# connection; one that leaves the binding to uvicorn has it off. With a client that delays its acknowledgements, an answer
# in two writes then waits up to 40 ms. Seen with Python 3.11.7 and 3.13.0 on Linux and uvicorn 0.54.0.
# The way out: setsockopt(IPPROTO_TCP, TCP_NODELAY, 1) on the listening socket, which its connections inherit.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check uvicorn==0.54.0
cat >"$folder/look.py" <<'PYTHON'
import asyncio, socket, sys
import uvicorn

async def app(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})

class Server(uvicorn.Server):
    """Tells what its connections have."""
    def seen(self):
        taken = next(iter(self.server_state.connections)).transport.get_extra_info("socket")
        return bool(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

async def look(own, option):
    server = Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    door = None
    if own:
        door = socket.create_server(("127.0.0.1", 0))
        if option:
            door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    serving = asyncio.create_task(server.serve([door] if door else None))
    while not server.started:
        await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readuntil(b"hello")
    found = server.seen()
    writer.close()
    server.should_exit = True
    await serving
    return found

for name, own, option in (("bound by uvicorn", False, False), ("create_server", True, False), ("create_server, option set", True, True)):
    print(f"{name}: TCP_NODELAY {'on' if asyncio.run(look(own, option)) else 'off'}")
PYTHON
"$folder/venv/bin/python" "$folder/look.py" | tee "$folder/said"
grep -q "^bound by uvicorn: TCP_NODELAY on" "$folder/said"
grep -q "^create_server: TCP_NODELAY off" "$folder/said"
grep -q "^create_server, option set: TCP_NODELAY on" "$folder/said"
