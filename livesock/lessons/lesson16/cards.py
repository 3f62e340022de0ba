"""What lesson 16 asks again: one card for each wrong idea that the lessons met, in the order of the lessons."""

from livesock.learn.tables import predictions

__all__ = ["CARDS"]

CARDS = predictions(
    r"""
16.kernel: Which of these four is highest in the stack of a notebook's own connection?
    why: WebSocket runs on HTTP's port, HTTP on TLS, TLS on TCP. (lesson 00)
    a: TCP
        It is the lowest of the four.
    b: TLS
        It encrypts what stands above it.
    c: HTTP
        It opens the door, and then it is gone.
  * d: WebSocket
        Yes: its frames are what the two ends speak.

16.three_sends: Three sendall calls, then one recv(1024). What may it return?
    why: TCP keeps no borders; any beginning of the stream is allowed. (lesson 01)
    a: what the first call sent
        TCP does not know where a call ended. [M01]
    b: all of it
        Often, on one machine; never promised. [M01]
  * c: any beginning of it, one byte at least
        Yes. What is left comes with the next recv.
    d: a list of three
        recv returns bytes, without borders. [M01]

16.connections: Fifty requests of one HTTP/1.1 client, one after the other. How many TCP connections?
    why: Since HTTP/1.1 a connection stays open for the next request. (lesson 02)
  * a: one
        Yes, unless one end says Connection: close.
    b: fifty
        That was HTTP/1.0. [M03]
    c: a hundred
        Request and answer travel on the same connection. [M03]

16.push: Without WebSocket, how can a server send before it is asked?
    why: An answer need not end: SSE and long-polling push over plain HTTP. (lesson 02)
    a: not at all
        Look at the lanes of lesson 02 again. [M04]
  * b: by an answer that does not end
        Yes: server-sent events, or a long-poll that waits.
    c: by a connection of its own to the browser
        Nobody listens there.

16.after_101: GET /x HTTP/1.1 is sent behind a 101. What does the server see?
    why: After the 101 every byte belongs to a frame: 47 is RSV1 and opcode 7. (lesson 03)
    a: a request for another page
        HTTP ended with the 101. [M02]
  * b: a broken frame
        Yes: Close 1002.
    c: a text message
        A text begins with 81. [M02]

16.key: What does Sec-WebSocket-Key protect?
    why: Anyone can compute the answer; it shows that a WebSocket server has understood. (lesson 03)
    a: the password
        It is readable, and so is the answer. [M05]
    b: against other pages
        That is what Origin is for. [M05]
  * c: nothing: it proves that this is a WebSocket server
        Yes, and not a cache that says 101 to all.

16.masking: Who can read a masked payload that goes by?
    why: The key travels in front of the payload. Only TLS hides. (lesson 04)
  * a: everybody on the way
        Yes.
    b: only the server
        The key lies beside it. [M05]
    c: nobody without the key of the handshake
        The two keys have nothing in common. [M05]

16.header: A client sends 126 bytes. How many bytes of header?
    why: 2, two more for the length, four for the mask. (lesson 04)
    a: 2
        126 in the seven bits means: look further.
    b: 4
        And the mask?
    c: 6
        That is for up to 125 bytes.
  * d: 8
        Yes.

16.between: A ping comes between two fragments of a text. When is it answered?
    why: Control frames may come between fragments; they are answered at once. (lesson 05)
  * a: at once
        Yes, and the text goes on.
    b: when the text is whole
        That may take minutes.
    c: with Close 1002
        Only *data* must not come between.

16.utf8: Where must a text be valid UTF-8?
    why: A character may be cut by a border of fragments. (lesson 05)
    a: in each frame
        A frame may end in the middle of é. [M22]
  * b: in the whole message
        Yes: join, then decode.
    c: nowhere: bytes are bytes
        That is opcode 2. [M22]

16.abort: A page shows 1006. Which end sent it?
    why: 1006 is made up where the connection was missed. (lesson 06)
    a: the server
        It had no time to say anything. [M17]
    b: a proxy
        It cuts; it does not write frames. [M17]
  * c: neither
        Yes: it is on no wire.

16.who_ends: Both have said Close. Who ends TCP?
    why: The server, so that the waiting state stays with it. (lesson 06)
  * a: the server
        Yes, also when the other end began.
    b: the client
        Its port would wait for minutes.
    c: who said Close first
        It does not matter who began.

16.latency: Ask and answer, over 50 ms of distance: how much faster is WebSocket than HTTP kept alive?
    why: Both take one round trip. WebSocket wins where the server speaks first. (lesson 07)
  * a: hardly
        Yes.
    b: twice as fast
        That is the gain over a *new* connection.
    c: ten times
        The distance is the same for both.

16.sleep: One of fifty handlers calls time.sleep(1). Who waits?
    why: One loop, one thread. (lesson 08)
    a: its client
        The loop cannot serve the others meanwhile. [M19]
  * b: all fifty
        Yes.
    c: nobody
        async does not make a blocking call wait aside. [M19]

16.two_readers: Two tasks read from one connection. What happens?
    why: A message could go to either; libraries refuse. (lesson 08)
    a: each gets every message
        There is one stream. [M20]
    b: they take turns
        Nobody deals out turns. [M20]
  * c: the second one is refused
        Yes: one connection, one reader.

16.cable: The cable is cut. What does the next send do?
    why: TCP tells nothing until much later; only an unanswered ping shows it in time.
    a: it raises at once
        The kernel takes the bytes, and hopes. [M16]
  * b: it returns, as always
        Yes: an open socket is not a living peer.
    c: it waits for the cable
        It waits when the buffer is full, much later. [M16]

16.wss: What does io("wss://host") ask for first?
    why: The scheme chooses TLS, the option transports chooses the way. (lesson 10)
  * a: polling, over TLS
        Yes; then it goes over to WebSocket.
    b: a WebSocket
        Only with transports=["websocket"]. [M06]
    c: nothing: wss needs transports
        It does not. [M06]

16.plain_client: A plain WebSocket client talks to a Socket.IO server. What is missing?
    why: Socket.IO is a protocol of its own inside the frames. (lesson 10)
    a: nothing: both are WebSocket
        Open the row of the first message: 0{"sid"… [M07]
  * b: Engine.IO's and Socket.IO's packets
        Yes: 40 to join, 2 and 3 for life.
    c: a certificate
        Not for that. [M07]

16.path: io("/point"): which path does the first request ask for?
    why: The namespace travels inside, in the packet 40/point. (lesson 11)
    a: /point
        That would be a WebSocket route. [M08]
  * b: /socket.io/
        Yes, always.
    c: /socket.io/point/
        Only the option path changes it. [M08]

16.one_logic: Two gateways without a namespace, one event. Who answers?
    why: They share the main namespace: both run, and the first answer wins. (lesson 11)
    a: the first one only
        Both run. [M09]
  * b: both run, one answer arrives
        Yes.
    c: both answer, two arrive
        An acknowledgement is called once. [M09]

16.nothing: A client is in /, the gateways are in /point and /chat. What does it hear?
    why: It is connected, and nobody speaks in /. (lesson 11)
    a: both
        It never joined them. [M10]
    b: an error
        Silence is the answer. [M10]
  * c: nothing
        Yes.

16.broadcast: socket.to("room").emit(…): does the sender hear it?
    why: socket.to is everybody else; io.to is everybody. (lesson 11)
  * a: no
        Yes: not the sender.
    b: yes, if in the room
        That is io.to. [M12]

16.rooms: A client comes back after a cut. Its rooms?
    why: A new session has a new id and no rooms, unless it is recovered. (lesson 11)
    a: kept
        The server forgot them with the old session. [M13]
  * b: gone
        Yes: join again when connected.

16.cors: The CORS headers are strict. Does a foreign page's WebSocket open?
    why: CORS is for fetch; a WebSocket's server must look at Origin itself. (lesson 03)
  * a: yes, unless the server refuses its Origin
        Yes.
    b: no: the browser prevents it
        There is no preflight for WebSockets. [M23]
""",
    judges={},
)
