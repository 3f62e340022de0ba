"""Server-sent events: what is an event, and where the stream may be cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.wire.sse import EventReader, ServerSentEvent, encode_event
from tests.wire.splits import single_bytes, splits

STREAMS = [
    (b"data: hi\n\n", [ServerSentEvent("hi")]),
    (b"data:hi\n\n", [ServerSentEvent("hi")]),
    (b"data:  hi\n\n", [ServerSentEvent(" hi")]),
    (b"data: a\ndata: b\n\n", [ServerSentEvent("a\nb")]),
    (b"data: a: b\n\n", [ServerSentEvent("a: b")]),
    (b"event: tick\ndata: 1\n\n", [ServerSentEvent("1", "tick")]),
    (b"event:\ndata: 1\n\n", [ServerSentEvent("1")]),
    (b"event: tick\n\ndata: 1\n\n", [ServerSentEvent("1")]),
    (b"id: 7\ndata: x\n\n", [ServerSentEvent("x", id="7")]),
    (b"id: 7\n\ndata: x\n\n", [ServerSentEvent("x")]),
    (b"id: a\0b\ndata: x\n\n", [ServerSentEvent("x")]),
    (b"id\ndata: x\n\n", [ServerSentEvent("x", id="")]),
    (b"retry: 250\ndata: x\n\n", [ServerSentEvent("x", retry=250)]),
    (b"retry: 2.5\ndata: x\n\n", [ServerSentEvent("x")]),
    (b"retry: \xc2\xb2\ndata: x\n\n", [ServerSentEvent("x")]),
    (b": keep alive\n\n", []),
    (b"\n\n\n", []),
    (b"nonsense\ndata: x\n\n", [ServerSentEvent("x")]),
    (b"data: never ends\n", []),
    (b"data\n\ndata\ndata\n\ndata:", [ServerSentEvent(""), ServerSentEvent("\n")]),
    (b"\xef\xbb\xbfdata: x\n\n\xef\xbb\xbfdata: y\n\n", [ServerSentEvent("x")]),
    (b"data: \xff\n\n", [ServerSentEvent("\ufffd")]),
    (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", [ServerSentEvent("a"), ServerSentEvent("b"), ServerSentEvent("c")]),
    (b"data: a\r\ndata: b\rdata: c\n\r\n", [ServerSentEvent("a\nb\nc")]),
]


@pytest.mark.parametrize(("stream", "events"), STREAMS)
def test_a_stream_holds_its_events_however_it_is_cut(stream, events):
    whole, bytewise = EventReader(), EventReader()

    assert whole.feed(stream) == events
    assert [event for piece in single_bytes(stream) for event in bytewise.feed(piece)] == events


def test_an_event_happens_as_soon_as_its_last_byte_comes():
    reader = EventReader()

    assert reader.feed(b"data: x\r\n") == []
    assert reader.feed(b"\r") == [ServerSentEvent("x")]
    assert reader.feed(b"\ndata: y\n\n") == [ServerSentEvent("y")]


def test_the_reader_remembers_the_last_id_and_the_retry_time():
    reader = EventReader()

    reader.feed(b"id: 1\nretry: 100\ndata: x\n\ndata: y\n\nid: 2\n\nid: 3\n")

    assert (reader.last_id, reader.retry) == ("2", 100)


def test_an_event_is_written_as_lines():
    event = ServerSentEvent("a\nb", "tick", id="7", retry=100)

    assert encode_event(event) == b"event: tick\nid: 7\nretry: 100\ndata: a\ndata: b\n\n"
    assert encode_event(ServerSentEvent("")) == b"data: \n\n"


@pytest.mark.parametrize(
    "event",
    [
        ServerSentEvent("", "a\nb"),
        ServerSentEvent("", "a\rb"),
        ServerSentEvent("", id="1\n2"),
        ServerSentEvent("", id="1\0"),
        ServerSentEvent("", retry=-1),
    ],
)
def test_an_event_that_would_be_read_as_another_is_refused(event):
    with pytest.raises(ValueError, match="got"):
        encode_event(event)


one_line = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=10)
events = st.builds(
    ServerSentEvent,
    data=st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=20),
    event=one_line.filter(bool),
    id=st.none() | one_line.filter(lambda text: "\0" not in text),
    retry=st.none() | st.integers(0, 10**17),
)


@given(st.lists(events, max_size=4), st.data())
def test_decoding_undoes_encoding_however_the_stream_is_cut(sent, data):
    stream = b"".join(encode_event(event) for event in sent)
    reader = EventReader()

    assert [event for piece in data.draw(splits(stream)) for event in reader.feed(piece)] == sent


stream_bytes = st.lists(
    st.sampled_from([b"data", b":", b" ", b"x", b"\n", b"\r", b"\r\n", b"id", b"event", b"\xef\xbb\xbf", b"\xc3"]),
    max_size=30,
).map(b"".join)


@given(st.data(), stream_bytes | st.binary(max_size=50))
def test_any_split_of_any_bytes_gives_the_same_events(data, stream):
    whole, cut, bytewise = EventReader(), EventReader(), EventReader()
    expected = whole.feed(stream)

    assert [event for piece in data.draw(splits(stream)) for event in cut.feed(piece)] == expected
    assert [event for piece in single_bytes(stream) for event in bytewise.feed(piece)] == expected
    assert whole.last_id == cut.last_id == bytewise.last_id


def test_a_long_stream_may_come_byte_by_byte():
    stream = encode_event(ServerSentEvent("x" * 200_000))
    reader = EventReader()

    assert [len(event.data) for piece in single_bytes(stream) for event in reader.feed(piece)] == [200_000]


@pytest.mark.parametrize(
    ("data", "write"),
    [({"n": 1}, r"not dict: write data=json\.dumps\(value\)"), (b"1", r"not bytes: write data=value\.decode\(\)")],
)
def test_data_of_another_type_is_refused_with_what_to_write(data, write):
    with pytest.raises(TypeError, match=f"^data is a str, {write}$"):
        ServerSentEvent(data)


@pytest.mark.parametrize(("retry", "write"), [(1.5, ": write retry=1500"), (True, ""), ("3000", "")])
def test_a_retry_that_no_reader_takes_is_refused(retry, write):
    with pytest.raises(TypeError, match=f"^retry is a whole number of milliseconds, not {retry!r}{write}$"):
        ServerSentEvent("x", retry=retry)


def test_a_number_may_be_an_id():
    assert encode_event(ServerSentEvent("x", id=7)) == encode_event(ServerSentEvent("x", id="7"))
