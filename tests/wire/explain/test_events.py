"""What each line of an event stream means."""

from hypothesis import given
from hypothesis import strategies as st

from livesock.wire.explain.events import explain_lines
from tests.wire.splits import assert_covered

stream_bytes = st.lists(
    st.sampled_from([b"data", b":", b" ", b"x", b"\n", b"\r", b"\r\n", b"id", b"event", b"\xef\xbb\xbf", b"\xc3"]),
    max_size=30,
).map(b"".join)


def test_every_line_is_explained():
    fields = explain_lines(b"event: tick\r\ndata: 1\n: hi\rx\n\n")

    assert [(field.name, field.value) for field in fields] == [
        ("event", '"tick"'),
        ("data", '"1"'),
        ("comment", '"hi"'),
        ("line", '"x"'),
        ("end of event", ""),
    ]


@given(stream_bytes | st.binary(max_size=50))
def test_the_fields_cover_any_lines(data):
    assert_covered(explain_lines(data), len(data))
