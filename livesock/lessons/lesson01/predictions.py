"""What lesson 01 asks before its experiments."""

from livesock.learn.tables import predictions

QUESTIONS = predictions(
    r"""
01.three_sends: What may one recv(1024) return?
    why: The borders between the three sends are gone: TCP promises the order of the bytes, and no more.
    a: `b"one"`: one send, one receive
        recv does not know where one send ended: here a piece of the next one came with it. [M01]
    b: `b"onetwothree"`, always: all that has been sent
        It may be all of it. But nothing promises it: here the network had let less through. [M01]
    c: a list of three
        recv returns bytes, and TCP has no list to offer: it does not know that there were three. [M01]
  * d: any beginning of `b"onetwothree"`, even one byte
        Yes. What came here is one of them; a network with other cuts gives another one.

01.ten_megabytes: How many of the 10,000,000 bytes does the socket take at once?
    why: Some were taken, not all: two buffers are full, the sender's and the receiver's.
    a: all: sending always works, the network is patient
        Not all of it: send returned a smaller number, and it is our job to send the rest.
    b: none: the peer does not read, so nothing can go
        Much more than nothing: both operating systems keep a buffer, although the reader has not read a byte.
    c: about 1,500: one packet
        Much more: the buffers hold many packets' worth.
  * d: some, as much as the buffers of the operating system hold
        Yes: the sender's buffer and the receiver's, then nothing more goes until the reader reads.

01.half_close: What does the next recv of the right end do?
    why: It returns the empty bytes, at once, and every time: there will never be another byte.
    a: it waits until the timeout: there is nothing to read
        It does not wait: the end of the stream has arrived, like a last byte.
    b: it raises an error: the connection is closed
        No error: this is the orderly end, and only of one direction.
  * c: it returns `b""`
        Yes, at once, and each time again.
    d: it returns `None`
        Nearly: it is empty bytes. A loop that waits for None runs forever.
""",
    judges={
        "01.three_sends": lambda piece: "d" if piece and b"onetwothree".startswith(piece) else "",
        "01.ten_megabytes": lambda taken: (
            "a" if taken >= 10_000_000 else "b" if not taken else "c" if taken < 3000 else "d"
        ),
        "01.half_close": lambda heard: "c" if heard[-1] == b"" else "d" if heard[-1] is None else "",
    },
)
