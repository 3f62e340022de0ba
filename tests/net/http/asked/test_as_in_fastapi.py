"""What a reader of FastAPI writes in a page or a raw route: the sentence that it gets leads to code that works."""

from __future__ import annotations

import base64
import dis
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import websockets

import livesock as ls
from livesock.foreign.names import instead_of
from livesock.server import Server

DEADLINE = 20.0


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("as in FastAPI") as server:
        yield server


def test_what_a_connection_keeps_in_its_state_is_its_own(server: Server) -> None:
    @server.websocket("/shared")
    async def shared(websocket: Any) -> None:
        async for name in websocket:
            websocket.state.user = name

    @server.websocket("/read")
    async def read(websocket: Any) -> None:
        await websocket.recv()
        await websocket.send(websocket.state.user)

    @server.websocket("/own")
    async def own(websocket: Any) -> None:
        async for name in websocket:
            before = getattr(websocket.request.state, "user", "nobody")
            websocket.request.state.user = name
            is_open = websocket.state is websocket.state.OPEN and websocket.state.name == "OPEN"
            await websocket.send(f"{before} {is_open}")

    for path in ("/shared", "/read"):
        with ls.connect(server.url(path)) as ws:
            ws.send("ann")
            with pytest.raises(websockets.exceptions.ConnectionClosed):
                ws.recv(timeout=DEADLINE)
        write = "write websocket.request.state.user = … for this one, and websocket.request.state.user to read it"
        assert f"websocket.state is shared by all connections: {write}" in str(server.errors[-1].exception)
    with ls.connect(server.url("/own")) as ann, ls.connect(server.url("/own")) as bob:
        for ws, name, before in ((ann, "ann", "nobody"), (bob, "bob", "nobody"), (ann, "x", "ann")):
            ws.send(name)
            assert ws.recv(timeout=DEADLINE) == f"{before} True"


def test_the_state_of_a_connection_is_read_often(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    looked, instructions = [], dis.get_instructions
    monkeypatch.setattr(dis, "get_instructions", lambda code: looked.append(code.co_name) or instructions(code))

    @server.websocket("/often")
    async def often(ws: Any) -> None:
        await ws.send(str(sum(ws.state is ws.state.OPEN for _ in range(1000))))

    with ls.connect(server.url("/often")) as ws:
        assert ws.recv(timeout=DEADLINE) == "1000"
    assert len(looked) == 2  # once for each place of the code, and not for each turn


def asked(server: Server, path: str) -> tuple[str, str]:
    """Return type and text of a page."""
    with urllib.request.urlopen(server.url(path, "http"), timeout=DEADLINE) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def test_texts_that_are_events_already_are_sent_as_events(server: Server) -> None:
    def parts() -> Iterator[str]:
        yield "data: hello\n\n"
        yield "event: b\ndata: 1\n\n"

    assert 'return ls.Response(parts(), type="text/event-stream")' in (instead_of("StreamingResponse") or "")
    server.get("/plain")(lambda request: parts())
    server.get("/typed")(lambda request: ls.Response(parts(), type="text/event-stream"))
    for path in ("/plain", "/typed"):
        kind, text = asked(server, path)
        assert kind.startswith("text/event-stream") and text == "data: hello\n\nevent: b\ndata: 1\n\n"


def test_an_event_of_an_event_or_of_a_dict_says_what_to_write(server: Server) -> None:
    @server.get("/twice")
    def twice(request: Any) -> Iterator[ls.ServerSentEvent]:
        yield ls.ServerSentEvent("data: hello\n\n")

    with pytest.raises(urllib.error.HTTPError, match="500"):
        asked(server, "/twice")
    assert "write ls.ServerSentEvent('hello')" in str(server.errors[-1].exception)
    with pytest.raises(TypeError, match=r"data is a str, not dict: write data=json\.dumps\(value\)"):
        ls.ServerSentEvent({"a": 1})  # type: ignore[arg-type]
    assert ls.ServerSentEvent("x", id=3).id == "3"  # type: ignore[arg-type]


def test_what_an_answer_leaves_out_is_left_out_of_the_dict(server: Server) -> None:
    with pytest.raises(TypeError) as caught:
        server.get("/x", response_model_exclude={"password"}, response_model_exclude_unset=True)  # type: ignore[call-arg]
    for write in ("item.model_dump(exclude={'password'})", "item.model_dump(exclude_unset=True)"):
        assert f"nothing filters an answer: write return {write}" in str(caught.value)


def test_a_basic_password_is_read_as_advised(server: Server) -> None:
    said = instead_of("HTTPBasicCredentials") or ""
    first, second = said.partition(", and if")[0], re.findall(r"name, _, password = .*?\(\":\"\)", said)[0]

    @server.get("/who")
    def who(request: Any) -> str:
        known: dict[str, Any] = {"request": request, "base64": base64}
        exec(f"{first}\n{second}", known)
        return f"{known['scheme']} {known['name']} {known['password']}"

    token = base64.b64encode(b"ann:a:b").decode()
    asking = urllib.request.Request(server.url("/who", "http"), headers={"Authorization": f"Basic {token}"})
    with urllib.request.urlopen(asking, timeout=DEADLINE) as answer:
        assert answer.read() == b"Basic ann a:b"


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("TrustedHostMiddleware", 'ls.serve(hosts=["example.com"])'),
        ("HTTPSRedirectMiddleware", "ls.serve(tls=True)"),
        ("OAuth2PasswordRequestForm", 'request.form["username"]'),
        ("BackgroundTask", "threading.Thread(target=f"),
        (
            "WebSocketException",
            "raise ls.Refused('why'), which ends the handler and closes with 1008, also in a function",
        ),
        ("Depends", "user = find_user(ws), and raise ls.Refused('why') in it to refuse: that closes with 1008"),
    ],
)
def test_a_name_of_fastapi_leads_to_what_takes_its_place(name: str, write: str) -> None:
    assert write in (instead_of(name) or "")


def test_what_a_client_offers_is_read_as_advised(server: Server) -> None:
    @server.websocket("/ws")
    async def talk(websocket: Any) -> None:
        try:
            websocket.scope["subprotocols"]
        except AttributeError as exc:
            code = re.findall(r"websocket\.request\.headers\.get\(.*?\.split\(\",\"\)", str(exc))[0]
            await websocket.send(str(eval(code, {"websocket": websocket})))

    for offered, found in ((None, "['']"), (["a", "b"], "['a', 'b']")):
        with ls.connect(server.url("/ws"), subprotocols=offered) as ws:
            assert ws.recv(timeout=DEADLINE) == found


@pytest.mark.parametrize(
    ("option", "write"),
    [
        ({"ws_ping_interval": 20}, "websocket(path, ping_interval=20), in seconds"),
        ({"ws_max_size": 100}, '"max_message": 100'),
        ({"timeout_keep_alive": 5}, 'write limits={"idle_timeout": 5}, in seconds'),
        ({"proxy_headers": True}, 'request.headers.get("x-forwarded-for")'),
        ({"redirect_slashes": False}, "leave it out"),
    ],
)
def test_an_option_of_uvicorn_says_what_to_write(option: dict[str, Any], write: str) -> None:
    with pytest.raises(TypeError) as caught:
        ls.serve("options", **option)
    assert write in str(caught.value)


def test_a_task_behind_an_answer_is_a_thread() -> None:
    with pytest.raises(TypeError, match=r"write threading\.Thread\(target=f, args=\(1,\), daemon=True\)\.start\(\)"):
        ls.Response("x", background=1)  # type: ignore[call-arg]
