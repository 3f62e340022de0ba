"""What lessons promise and no compared output shows: expressions for the cell after which they must be true.

A learner changes cells, so no cell of a lesson asserts anything.
"""

PROMISES = {
    "00": {
        "confront-six": ["len(question.answers) == 5"],
        "mine": ["mine.response.status_code == 101"],
    },
    "01": {"the-end": ["door.fileno() == -1"]},
    "02": {
        "confront-2": ["slow.size < parked.size and slow.requests < parked.requests"],
        "confront-3": ["max(waits_ms) < 1000 * slow.wait"],
        "ask": ["line.trace.rows()[-1].time > 0.4"],
        "mine-run": ["all(99 <= float(price) <= 101 for price in prices)"],
    },
    "04": {"secret": ["b'pin' not in seen"]},
    "07": {
        "confront-1": ["at_50['new connection'] > 99 and min(at_50.values()) > 49"],
        "hiccup": ["mean > median + 20"],
        "confront-3": ["min(ages.values()) > 49"],
        "confront-crossing": ["counted['WebSocket'][100] > 2 * counted['poll'][100]"],
        "confront-4": ["memory['WebSocket, deflate'] > 2 * memory['WebSocket'] > 2 * memory['HTTP, kept alive']"],
        "confront-5": ["len(late) > 2 and 3 not in dict(car.measured()['datagram'])"],
    },
    "08": {
        "confront-slowest": ["prices.measured('wait')['friend'] > 0.5"],
        "confront-newest": [
            "prices.measured('newest', 4)['friend'] < 0.5 and prices.measured('newest', 4)['waiting'] < 2"
        ],
        "mine-bots": ["bots[8].recv(timeout=5) == '8 heard you'"],
    },
    "09": {
        "send": ["line.measured('cut', 'neither')['client'] is None"],
        "other": ["found['client'] is not None and found['client'] < 2"],
        "frozen-seen": ["gone"],
        "idle": ["codes == [1006, 1006]"],
        "herd": ["most > 40"],
        "mine-fared": ["fared['most_open'] == 1 and fared['away'] < 300"],
    },
    "10": {"confront-3": ["probed == '3probe'"], "confront-4": ["way[1] == 'websocket'"]},
    "11": {
        "confront-1": ["first.came == 'from A'"],
        "confront-7": ["said == 'no answer to \"think\" within 0.1 s'"],
        "confront-4": ["cut(recovery=60) == ['Eve']"],
        "mine": ["str(desk) == 'Rooms: ours, Router: ours'"],
    },
    "12": {
        "confront-away": ["numbers.measured('emit', 'emit')[0] == [1, 2, 3, 4, 7, 8, 9, 10]"],
        "prove": [
            "parts.prove().right == 200 and parts.prove(inbox=False).right < 100",
            "str(parts) == 'Outgoing: ours, Inbox: ours, Log: ours'",
        ],
    },
    "13": {
        "confront-1": [
            "pages.reads('evil', origin=True) == [] and pages.reads('app', origin=True) == ['polling', 'WebSocket']"
        ],
        "confront-4": ["'anns-token' not in tokens.log('message')"],
        "confront-5": ["limiter.flood(40) in (10, 11)"],
    },
}
"""Lesson, cell, expressions. After the last cell of every lesson `ls.servers()` is empty, too."""
