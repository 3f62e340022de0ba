"""The live log in a real JupyterLab: what it shows is what the server's own trace says."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook
from tests.peers import eventually

pytestmark = pytest.mark.browser

SERVER = """\
import livesock as ls

server = ls.serve("wire")

@server.websocket("/echo")
async def echo(ws):
    async for message in ws:
        await ws.send(message)

log = ls.display.wire(server)
log
"""

SAY = "ws = ls.connect(server.url('/echo'))\nws.send('Hello')\nws.recv(timeout=5)"


def test_a_narrow_log_cuts_no_word_of_its_filters(chromium: Browser, lab: Lab) -> None:
    lab.write("narrow.ipynb", SERVER, SAY)
    with notebook(chromium, lab, "narrow.ipynb", width=600, dark=True) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        log = page.view("Live log of server wire")
        expect(log.locator("[data-row]")).to_have_count(5)
        page.picture("wire-narrow", log)
        heads = log.locator(".ls-wire-heads > span:visible")
        assert heads.evaluate_all("heads => heads.every((head) => head.scrollWidth <= head.clientWidth)")
        room = """(select) => {
            const alone = select.cloneNode();
            alone.append(select.selectedOptions[0].cloneNode(true));
            alone.style.flex = "none";
            select.before(alone);
            const needed = alone.getBoundingClientRect().width;
            alone.remove();
            return select.getBoundingClientRect().width - needed;
        }"""
        assert all(choice.evaluate(room) >= 0 for choice in log.locator("select").all()), "the chosen word is whole"


def test_rows_appear_as_they_happen_and_a_picked_one_shows_its_bytes(chromium: Browser, lab: Lab) -> None:
    lab.write("wire.ipynb", SERVER, SAY)
    with notebook(chromium, lab, "wire.ipynb", width=1600) as page:
        page.run_all()
        log = page.view("Live log of server wire")
        lines = log.locator("[data-row]")
        expect(lines).to_have_count(5)
        truth = page.ask("print('\\n'.join(row.summary for row in server.trace.rows()))").splitlines()
        truth = [summary.removeprefix("text ") for summary in truth]  # the kind has a column of its own
        assert log.locator("[data-row] .ls-summary").all_inner_texts() == truth

        lines.nth(3).click()
        expect(log.get_by_role("button", name="masking key")).to_be_visible()
        sent = page.ask("print(server.trace.rows()[3].data.hex(' '))").split()
        assert log.locator(".ls-hex-cells span").all_inner_texts() == sent
        page.picture("wire-light", log)
        axe(page, log)


def test_the_log_is_filtered_searched_paused_walked_through_and_saved(chromium: Browser, lab: Lab) -> None:
    lab.write("walk.ipynb", SERVER, SAY + "\nother = ls.connect(server.url('/echo'))")
    with notebook(chromium, lab, "walk.ipynb", width=800, dark=True) as page:
        page.run_all()
        log = page.view("Live log of server wire")
        lines = log.locator("[data-row]")
        summaries = log.locator("[data-row] .ls-summary")
        expect(lines).to_have_count(8)

        log.get_by_label("Direction").select_option("client")
        expect(lines).to_have_count(3)
        log.get_by_label("Connection").select_option("1")
        log.get_by_label("Kind", exact=True).select_option("message")
        expect(summaries).to_have_text(['"Hello"'])
        for name in ("Direction", "Connection", "Kind"):
            log.get_by_label(name, exact=True).select_option("")
        log.get_by_label("Search in the rows").fill("switching")
        expect(summaries).to_have_text(["HTTP/1.1 101 Switching Protocols"] * 2)
        log.get_by_label("Search in the rows").fill("sec-websocket-key")
        expect(summaries).to_have_text(["GET /echo HTTP/1.1"] * 2)
        log.get_by_label("Search in the rows").fill("nowhere")
        expect(log.locator(".ls-wire-empty")).to_contain_text("The search sees the first 1,000 characters")
        page.picture("wire-search", log)
        log.get_by_label("Search in the rows").fill("")

        log.get_by_role("button", name="Pause").click()
        page.ask("ws.send('later'); ws.recv(timeout=5)")
        expect(log.locator(".ls-wire-state")).to_have_text("8 rows · paused, 2 new")
        log.get_by_role("button", name="Go on").click()
        expect(summaries.last).to_have_text('"later"')

        grid = log.get_by_role("grid")
        grid.focus()
        for key in ("Home", "ArrowDown", "ArrowDown", "ArrowDown"):
            page.page.keyboard.press(key)
        expect(log.locator("[aria-selected=true] .ls-summary")).to_have_text('"Hello"')
        assert grid.get_attribute("aria-activedescendant") == log.locator("[aria-selected=true]").get_attribute("id")

        log.get_by_role("button", name="masking key").focus()
        expect(log.locator(".ls-hex-cells .ls-lit")).to_have_count(4)
        page.picture("wire-dark", log)
        axe(page, log)
        log.get_by_role("group", name="Bytes in hexadecimal").focus()
        page.page.keyboard.press("End")
        expect(log.locator("tr.ls-lit .ls-field")).to_have_text("payload")
        expect(log.locator(".ls-spoken")).to_contain_text("byte 10")

        with page.page.expect_download() as saved:
            log.get_by_role("button", name="Save text").click()
        assert saved.value.path().read_text("utf-8").strip() == page.ask("print(server.trace.text())").strip()
        with page.page.expect_download() as saved:
            log.get_by_role("button", name="Save pcapng").click()
        assert saved.value.path().read_bytes()[:4] == b"\x0a\x0d\x0d\x0a"

        log.get_by_role("button", name="Clear").click()
        expect(lines).to_have_count(0)
        expect(log.get_by_text("Nothing yet")).to_be_visible()
        assert log.locator("[data-side=client] td").all_inner_texts() == ["0"] * 6


HOSTILE = """\
ws = ls.connect(server.url('/echo'))
ws.send('<img src=x onerror="window.broken=1"><script>window.broken=1</script>&amp;\\u202e')
ws.recv(timeout=5)"""


def test_what_looks_like_markup_stays_text_and_a_reload_brings_everything_back(chromium: Browser, lab: Lab) -> None:
    lab.write("markup.ipynb", SERVER, HOSTILE)
    with notebook(chromium, lab, "markup.ipynb") as page:
        page.run_all()
        log = page.view("Live log of server wire")
        expect(log.locator("[data-row]")).to_have_count(5)
        log.locator("[data-row]").nth(4).click()
        expect(log.get_by_role("button", name="payload", exact=True)).to_be_visible()
        assert log.locator("img, script").count() == 0
        assert page.page.evaluate("window.broken") is None
        assert "<img src=x onerror=" in log.locator("[data-row] .ls-summary").nth(4).inner_text()

        page.command("docmanager:save")
        page.page.reload(wait_until="domcontentloaded")
        page.panel.wait_for(timeout=90_000)
        page.wait_for_kernel()
        page.ask("ws.send('after the reload'); ws.recv(timeout=5)")
        expect(log.locator("[data-row]")).to_have_count(7, timeout=20_000)
        expect(log.locator("[data-row] .ls-summary").last).to_have_text('"after the reload"')


def test_a_closed_log_leaves_nothing_and_a_restart_says_that_it_is_over(chromium: Browser, lab: Lab) -> None:
    lab.write("closing.ipynb", SERVER, "ls.display.wire(ls.tcp(server))", "log.close()")
    with notebook(chromium, lab, "closing.ipynb") as page:
        page.run_all()
        page.run_cell(1)
        raw = page.view("Live log of a TCP connection")
        expect(raw).to_have_count(1)
        expect(page.view("Live log of server wire")).to_have_count(0)
        threads = page.ask("import threading\nprint([t.name for t in threading.enumerate() if 'view' in t.name])")
        assert threads.count("livesock view wire") == 1, threads

        page.restart_kernel()
        expect(raw.get_by_text("No news from the kernel")).to_be_visible(timeout=20_000)


def test_many_rows_cost_the_page_few_elements(chromium: Browser, lab: Lab) -> None:
    lab.write("many.ipynb", SERVER, SAY)
    with notebook(chromium, lab, "many.ipynb") as page:
        page.run_all()
        log = page.view("Live log of server wire")
        page.ask("for n in range(1000):\n    ws.send(str(n))\n    ws.recv(timeout=5)")
        expect(log.locator("[data-row] .ls-summary").last).to_have_text('"999"', timeout=20_000)

        assert log.locator("[data-row]").count() < 60
        log.get_by_role("grid").focus()
        page.page.keyboard.press("Home")
        expect(log.locator("[data-row] .ls-summary").first).to_contain_text("open 127.0.0.1")
        assert log.get_by_label("Follow").is_checked() is False


BURST = """\
import asyncio
from websockets.asyncio.client import connect

async def one(number):
    async with connect(server.url("/echo"), proxy=None) as ws:
        for count in range(100):
            await ws.send(f"{number}: {count}")
            await ws.recv()
            await asyncio.sleep(0.01)

async def burst():
    await asyncio.gather(*(one(number) for number in range(50)))

await burst()"""


def test_after_a_burst_every_row_is_there(chromium: Browser, lab: Lab) -> None:
    lab.write("burst.ipynb", SERVER, BURST)
    with notebook(chromium, lab, "burst.ipynb") as page:
        page.run_all()
        log = page.view("Live log of server wire")
        expect(log.locator(".ls-wire-state")).to_have_text("10,350 rows", timeout=10_000)
        log.get_by_label("Search in the rows").fill('"49: ')
        expect(log.locator(".ls-wire-state")).to_have_text("200 of 10,350 rows")


def test_a_page_that_is_opened_after_a_burst_shows_every_row(chromium: Browser, lab: Lab) -> None:
    lab.write(
        "late.ipynb", SERVER.replace("log = ls.display.wire(server)\nlog\n", ""), BURST, "ls.display.wire(server)"
    )
    with notebook(chromium, lab, "late.ipynb") as page:
        page.run_all()
        log = page.view("Live log of server wire")
        expect(log.locator(".ls-wire-state")).to_have_text("10,350 rows", timeout=10_000)


LATE = """\
import time
import livesock as ls
from livesock.trace.follower import Follower
from livesock.trace.recording import Trace

trace = Trace()
for number in range(1, 100):
    time.sleep(0.0001)  # so that a time in microseconds tells one from the next
    trace.add("=", number, b"open 127.0.0.1:50001")
    trace.add("=", number, b"closed by the client")
seen = Follower(trace, everything=True).look()
even, odd = ([one for one in seen if one.row.connection % 2 == rest] for rest in (0, 1))
batches = []
log = ls.display.wire(trace)
log._follower.look = lambda limit=0.0: batches.pop(0) if batches else []  # decodes what the test says, when it says it
log
"""


def test_rows_that_are_decoded_late_take_their_place_in_time(chromium: Browser, lab: Lab) -> None:
    lab.write("order.ipynb", LATE, "log")
    with notebook(chromium, lab, "order.ipynb", width=1000) as page:
        page.run_cell(0)
        log = page.view("Live log of a trace").first
        numbers = log.locator("[data-row] > :nth-child(2)")
        page.ask("batches.append(even)")
        expect(log.locator(".ls-wire-state")).to_have_text("98 rows")
        log.get_by_label("Search in the rows").fill("closed")
        log.get_by_label("Follow").uncheck()
        scroll = log.locator(".ls-wire-scroll")
        scroll.evaluate("(all) => { all.scrollTop = all.scrollHeight; }")
        line = log.locator("[data-row]", has_text="#72")  # the row at the upper edge
        expect(line).to_be_in_viewport()
        before = line.bounding_box()

        page.ask("batches.append(odd)")
        expect(log.locator(".ls-wire-state")).to_have_text("99 of 198 rows")
        expect(numbers.filter(has_text="#73")).to_have_count(1)
        after = line.bounding_box()
        assert before and after
        assert after["y"] == before["y"], "the log must not jump under the reader's eyes"
        assert sorted(order := numbers.all_inner_texts()) == order

        log.get_by_label("Search in the rows").fill("")
        page.run_cell(1)  # a second page of the same log gets everything at once, as the kernel holds it
        again = page.view("Live log of a trace").last
        expect(again.locator(".ls-wire-state")).to_have_text("198 rows")
        first = ["#1", "#1", "#2", "#2", "#3", "#3", "#4", "#4", "#5", "#5"]
        for one in (log, again):
            one.get_by_role("grid").focus()
            page.page.keyboard.press("Home")
            expect(one.locator("[data-row] > :nth-child(2)").first).to_have_text("#1")
            texts = one.locator("[data-row] > :nth-child(2)").all_inner_texts
            eventually(lambda texts=texts: texts()[:10] == first, "the first rows are there, in order of time")
            page.page.keyboard.press("End")
            expect(one.locator("[data-row] > :nth-child(2)").last).to_have_text("#99")


MANY = """\
for number in range(2, 513):
    trace.add("=", number, b"open 127.0.0.1:50001")"""


def test_of_very_many_connections_the_newest_can_be_chosen(chromium: Browser, lab: Lab) -> None:
    start = "import livesock as ls\nfrom livesock.trace.recording import Trace\ntrace = Trace()\nls.display.wire(trace)"
    lab.write("connections.ipynb", start)
    with notebook(chromium, lab, "connections.ipynb", width=1000) as page:
        page.run_all()
        log = page.view("Live log of a trace")
        choice = log.get_by_label("Connection")
        page.ask("trace.add('=', 1, b'open 127.0.0.1:50001')")
        expect(log.locator(".ls-wire-state")).to_have_text("1 row")
        expect(choice.locator("option:not([hidden])")).to_have_text(["every connection", "connection #1"])

        page.ask(MANY)
        expect(log.locator(".ls-wire-state")).to_have_text("512 rows")
        listed = ["every connection", "the newest 500", *(f"connection #{number}" for number in range(13, 513))]
        assert choice.locator("option:not([hidden])").all_inner_texts() == listed

        choice.select_option("512")
        expect(log.locator("[data-row] > :nth-child(2)")).to_have_text(["#512"])
        choice.select_option("")
        log.get_by_role("button", name="Clear").click()
        expect(choice.locator("option:not([hidden])")).to_have_text(["every connection"])


EVENTS = """\
@server.gateway("/point")
class Point:
    @ls.event("move")
    async def move(self, socket, x):
        return x

point = ls.socket(server.url("/point"), transports=["websocket"])
point.call("move", 7)
ws = ls.connect(server.url("/echo"), ping_interval=0.1)
server.trace.wait(lambda trace: str(trace).count("pong") > 3, timeout=10)
ws.close()"""


def test_heartbeats_are_hidden_at_a_click_and_a_question_leads_to_its_answer(chromium: Browser, lab: Lab) -> None:
    lab.write("pairs.ipynb", SERVER, EVENTS)
    with notebook(chromium, lab, "pairs.ipynb", width=1000) as page:
        page.run_all()
        log = page.view("Live log of server wire")
        kinds = log.locator("[data-row] > :nth-child(4)")
        expect(kinds.filter(has_text="pong").first).to_be_visible()
        page.picture("wire-pairs-1000", log)
        log.get_by_label("Heartbeats").uncheck()
        expect(kinds.filter(has_text="pong")).to_have_count(0)

        log.get_by_label("Search in the rows").fill("wants answer")
        log.locator("[data-row]").first.click()
        log.get_by_role("button", name="go to the answer").click()
        expect(log.locator("[aria-selected=true] .ls-summary")).to_contain_text("43/point,")
        assert log.locator("[aria-selected=true] [data-took]").get_attribute("data-took").endswith("ms")
        log.get_by_role("button", name="go to the question").click()
        expect(log.locator("[aria-selected=true] .ls-summary")).to_contain_text("42/point,")
        page.picture("wire-answer-1000", log)
        log.get_by_label("Search in the rows").fill("point")
        axe(page, log)


def test_the_log_stays_in_sight_while_one_scrolls_and_runs_cells(chromium: Browser, lab: Lab) -> None:
    lab.write("beside.ipynb", SERVER, "for n in range(80):\n    print(n)", SAY)
    with notebook(chromium, lab, "beside.ipynb", width=1600) as page:
        page.run_all()
        page.view("Live log of server wire").get_by_role("button", name="Keep in sight").click()
        beside = page.page.locator(".jp-LinkedOutputView section.ls-view")
        expect(beside).to_be_visible()
        expect(beside.get_by_role("button", name="Keep in sight")).to_be_hidden()

        page.run_cell(2)
        expect(beside.locator(".ls-wire-lines")).to_contain_text("request")
        expect(beside).to_be_in_viewport()
        page.picture("wire-in-sight")
        page.run_cell(0)
        expect(beside.locator(".ls-wire-state")).to_have_text("0 rows")
        page.run_cell(2)
        expect(beside.locator(".ls-wire-lines")).to_contain_text("request")
