"""Ways to cut bytes, shared by the tests that prove: any split gives the same result."""

from hypothesis import strategies as st


@st.composite
def splits(draw, data: bytes) -> list[bytes]:
    """Draw a list of pieces that join to `data`; some may be empty."""
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=12)))
    return [data[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def single_bytes(data: bytes) -> list[bytes]:
    """Return every byte as a piece of its own."""
    return [data[position : position + 1] for position in range(len(data))]


def assert_covered(fields, size: int) -> None:
    """Check that the fields follow each other without a hole and cover `size` bytes."""
    position = 0
    for field in fields:
        assert field.start == position, field
        assert field.stop >= field.start, field
        assert field.name, field
        assert field.meaning.endswith("."), field
        position = field.stop
    assert position == 8 * size
