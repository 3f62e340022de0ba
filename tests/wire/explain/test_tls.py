"""What the parts of a TLS record mean."""

from hypothesis import given
from hypothesis import strategies as st

from livesock.wire.explain.tls import explain_record
from tests.wire.splits import assert_covered


def test_every_part_of_a_record_has_its_bytes():
    fields = explain_record(b"\x17\x03\x03\x00\x02ab")

    assert [(field.name, field.value, field.first_byte, field.end_byte) for field in fields] == [
        ("content type", "23 (application data)", 0, 1),
        ("version", "3.3", 1, 3),
        ("length", "2", 3, 5),
        ("fragment", "61 62", 5, 7),
    ]


@given(st.integers(20, 24), st.binary(max_size=300))
def test_the_fields_of_a_record_cover_it(kind, fragment):
    data = bytes((kind, 3, 1)) + len(fragment).to_bytes(2, "big") + fragment

    assert_covered(explain_record(data), len(data))
