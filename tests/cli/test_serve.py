"""`livesock serve`: the server to play with, asked by clients that others wrote."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from livesock import demos
from livesock.cli import main
from livesock.cli.serve import DEMOS, greeting, page, playground
from livesock.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with playground() as server:
        yield server


def get(url: str, **headers: str) -> tuple[str, str]:
    """Return media type and body."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


@pytest.mark.parametrize("path", ["/", "/echo"])
@pytest.mark.parametrize("message", ["Hello", "", "日本語", b"\x00\xff", b""])
def test_every_message_comes_back_as_it_went(server: Server, path: str, message: str | bytes) -> None:
    with connect(server.url(path), proxy=None) as ws:
        ws.send(message)

        assert ws.recv(timeout=10) == message


def test_any_other_path_is_refused(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(server.url("/nowhere"), proxy=None)

    assert refused.value.response.status_code == 404


def test_the_page_is_whole_and_asks_nobody_else(server: Server) -> None:
    kind, body = get(server.url("/", "http"))

    assert kind == "text/html; charset=utf-8"
    assert body == page()
    assert "/* echo.css */" not in body and "/* echo.js */" not in body
    assert re.findall(r"(?:src|href)=\"(?!data:|ticks|now)", body) == []


def test_now_is_json(server: Server) -> None:
    kind, body = get(server.url("/now", "http"))

    assert kind == "application/json"
    assert json.loads(body).keys() == {"time", "peers"}


def test_ticks_are_server_sent_events(server: Server) -> None:
    with urllib.request.urlopen(server.url("/ticks", "http"), timeout=10) as answer:
        lines = [answer.readline().decode().strip() for _ in range(2)]

        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert set(lines) == {"id: 1", "data: tick 1"}


def test_beyond_loopback_the_token_is_asked_for_and_the_address_holds_it() -> None:
    with playground("0.0.0.0") as server:
        address = server.url("/", "http")

        assert "auth=" in address
        assert "A server to play with" in get(address)[1]
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(address.partition("?")[0])
        refused.value.close()

    assert refused.value.code == 401


@pytest.mark.skipif(os.name != "posix", reason="Windows sends no SIGINT to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_what_is_where_and_ends_with_a_signal(number: signal.Signals) -> None:
    command = [sys.executable, "-u", "-m", "livesock", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    seen = ""
    while "/now" not in seen:  # bounded by the time that pytest gives a test
        line = process.stdout.readline()
        assert line, f"ended early: {seen}"
        seen += line
    url = re.findall(r"http://\S+/now", seen)[0]
    assert "peers" in get(url)[1]

    process.send_signal(number)
    rest, _ = process.communicate(timeout=30)

    assert process.returncode == 0
    assert "Stopped." in rest and "Traceback" not in rest


def test_a_taken_port_is_refused_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()

        assert main(["serve", "--port", str(holder.getsockname()[1])]) == 1

    assert "choose another with --port" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--host", "no such host"], ["--port", "70000"], ["--host", "203.0.113.1"]])
def test_an_impossible_address_is_refused_in_one_line(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", *options]) == 1

    said = capsys.readouterr().err
    assert said.startswith("livesock: cannot listen on") and said.count("\n") == 1


@pytest.mark.browser
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_page_in_a_browser_opens_sends_closes_and_is_refused(
    server: Server, tool: Callable[[str], str], colours: str
) -> None:
    from playwright.sync_api import sync_playwright

    foreign: list[str] = []
    own = server.url("/", "http")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=tool("chromium"), args=flags)
        tab = browser.new_page(color_scheme=colours)  # type: ignore[arg-type]
        tab.on("request", lambda r: None if r.url.startswith((own, "data:")) else foreign.append(r.url))
        tab.goto(own)
        tab.locator("#state", has_text="OPEN (1)").wait_for()

        tab.get_by_label("Message").fill('<b onclick="alert(1)">&')
        tab.keyboard.press("Enter")
        tab.locator("#log li", has_text='< text "<b onclick="alert(1)">&"').wait_for()
        tab.get_by_label("as bytes").check()
        tab.get_by_label("Message").fill("Hi")
        tab.keyboard.press("Enter")
        tab.locator("#log li", has_text="< bytes 48 69").wait_for()
        tab.get_by_label("Close code").select_option("4001")
        tab.get_by_role("button", name="Close").click()
        tab.locator("#close", has_text='4001 "bye"').wait_for()
        tab.get_by_label("Path").select_option("nowhere")
        tab.get_by_role("button", name="Open").click()
        tab.locator("#close", has_text="1006").wait_for()
        tab.locator("#tick", has_text="tick").wait_for()
        unnamed = tab.evaluate(
            "() => [...document.querySelectorAll('input, select')].filter(e => !e.labels.length).length"
        )
        browser.close()

    assert foreign == []
    assert unnamed == 0


@pytest.mark.parametrize(("wanted", "there"), [(["chat"], {"chat"}), (DEMOS, {"chat", "ticker", "game"})])
def test_the_applications_are_served_and_linked_when_they_are_asked_for(wanted: list[str], there: set[str]) -> None:
    with playground(demos=wanted) as server:
        _, home = get(server.url("/", "http"))

        assert {name for name in DEMOS if f'<a href="{name}">' in home} == there
        for name in there:
            assert server.url(f"/{name}", "http") in greeting(server)
            kind, body = get(server.url(f"/{name}", "http"))
            assert kind.startswith("text/html") and "{" + "auth}" not in body
            for file in re.findall(r'(?:href|src)="([^"]+\.(?:css|js))"', body):
                assert get(server.url(f"/{file}", "http"))[1]


def test_the_names_of_the_applications_are_those_that_exist() -> None:
    assert tuple(demos.DEMOS) == DEMOS


def test_an_application_that_does_not_exist_is_refused_with_those_that_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--demo", "chess"])

    assert "chat" in capsys.readouterr().err


def test_the_token_is_passed_on_by_every_address_of_a_page() -> None:
    with playground("0.0.0.0", demos=["chat"]) as server:
        address = server.url("/chat", "http")
        _, body = get(address)
        token = address.partition("?")[2]

        found = re.findall(r'(?:href|src)="(?!data:|#)([^"]+)"', body) + re.findall(r'"(\./[^"]+)"', body)
        assert len(found) == 6 and all(link.endswith(f"?{token}") for link in found)
        assert f'<a href="chat?{token}">' in get(server.url("/", "http"))[1]


@pytest.mark.skipif(os.name != "posix", reason="Windows sends no SIGINT to one process")
def test_it_goes_on_when_nobody_reads_what_it_prints() -> None:
    command = [sys.executable, "-u", "-m", "livesock", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stderr is not None
    line = process.stdout.readline()
    while "/now" not in line:  # bounded by the time that pytest gives a test
        line = process.stdout.readline()
        assert line, "it ended early"
    process.stdout.close()
    assert "peers" in get(re.findall(r"http://\S+/now", line)[0])[1]

    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    process.stderr.close()

    assert (process.wait(timeout=30), said) == (0, "")
