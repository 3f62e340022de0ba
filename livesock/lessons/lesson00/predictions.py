"""What lesson 00 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
00.news: A cell prints after ten minutes. How does the page know?
    why: One connection stayed open, and five messages came on it for one that we sent.
    a: the page asks the server again and again: “anything new?”
        Nothing was asked twice: one message went out, five came back by themselves. [M04]
    b: the page loads itself anew when a cell is done
        No page was loaded. The messages came on a connection that is still open.
  * c: a connection stays open, and the server speaks when it has something
        Yes. This page has one too: you are already on a WebSocket.
    d: the kernel connects to the browser
        The other way round: the browser (here: we) connects, and then the server may speak at any time.

00.six_times_seven: We send one message: “run 6*7”. How many messages answer it?
    why: Busy, what will run, the result, idle, and the reply that says it went well: five.
    a: 20: everything goes in little pieces
        TCP may cut messages into pieces, but a WebSocket hands out whole ones (lesson 01). [M01]
  * b: 5
        Yes. Nothing pairs one question with one answer here.
    c: 2: “got it”, and the result
        Closer: there is a reply. But three more came, each when it was true, without being asked for.
    d: 1: the result
        The result is only one of five: the page also has to know when the kernel is busy and when idle. [M01]

00.hi_all: Ann sends “hi, all”, Ben does nothing. Who receives it?
    why: Both: our handler sends to everyone in the room, and the sender is in the room as well.
    a: neither of them, until one asks the server for news
        Ben did not ask. He sent no message and got two: the server pushed them. [M04]
    b: neither of them: the clients do not know each other
        They need not know each other: both know the server, and the server knows its room.
    c: Ben
        Ben did. So did Ann: she is in the room too. [M12]
  * d: Ann and Ben
        Yes: to everyone in the room, the sender included, and without being asked.

00.on_the_line: What can a listener on the line see of wss://localhost/diary?
    why: The line carried the server's name and opaque records, nothing else.
    a: nothing at all
        Nearly. Addresses, the server's name, sizes and times can be seen anywhere on the way.
  * b: who talks to whom, and how many bytes, and when
        Yes: two addresses, the server's name, sizes and times. The messages stay between the ends.
    c: the path and the headers, but no message
        The path and the headers are HTTP, and HTTP travels inside TLS. Only the server's name showed.
    d: everything but the text of the message
        The request line was encrypted too: TLS comes before the first byte of HTTP.
""",
    judges={
        "00.hi_all": lambda heard: {("Ann", "Ben"): "d", ("Ben",): "c"}.get(tuple(heard), ""),
        "00.six_times_seven": lambda count: {20: "a", 5: "b", 2: "c", 1: "d"}.get(count, ""),
    },
)
