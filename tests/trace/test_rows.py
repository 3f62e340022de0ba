"""Rows: what they hold, and what is worked out when somebody asks."""

import threading
from dataclasses import replace

from livesock.trace.rows import Chunk, Kind, Row, masked
from livesock.wire.explain.field import Field


def field_of(data):
    return Field("all", data.decode(), 0, 8 * len(data), "Everything.", "")


class Explainer:
    """Counts how often it is asked."""

    def __init__(self):
        self.asked = 0

    def __call__(self, data):
        self.asked += 1
        return (field_of(data),)


def row(explain, data=b"abcdef", **others):
    return Row(0.5, 1, "<", Kind.FRAME, data, 0, "text", explain=explain, **others)


def test_the_fields_of_a_row_are_worked_out_when_they_are_asked_for_and_once():
    explain = Explainer()
    one = row(explain)

    assert explain.asked == 0
    assert one.fields is one.fields
    assert (one.fields, explain.asked) == ((field_of(b"abcdef"),), 1)


def test_threads_that_open_a_row_at_once_get_the_same_fields():
    one, found = row(Explainer()), []
    threads = [threading.Thread(target=lambda: found.append(one.fields)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [one.fields] * 8


def test_rows_are_equal_when_their_bytes_and_meaning_are_whether_opened_or_not():
    opened, closed = row(Explainer()), row(Explainer())
    opened.fields  # noqa: B018  # to open it is the point

    assert opened == closed
    assert hash(opened) == hash(closed)
    assert repr(opened) == repr(closed)
    assert closed.explain.asked == 0
    assert row(Explainer(), data=b"other") != closed


def test_a_changed_copy_works_its_fields_out_anew():
    one = row(Explainer())

    assert one.fields != replace(one, data=b"xy").fields == (field_of(b"xy"),)


def test_the_beginning_of_a_large_row_keeps_the_fields_of_the_whole():
    one = row(Explainer(), value="decoded", secret=((1, 6),))
    start = one.beginning(3)

    assert (start.data, start.value, start.shown) == (b"abc", None, b"axx")
    assert start.fields == one.fields


def test_a_row_without_an_explanation_has_no_fields():
    assert Row(0, 1, "<", Kind.RAW, b"abc", 0, "raw").fields == ()


def test_what_must_not_be_shown_is_masked_within_the_bytes():
    assert masked(b"abcdef", ((0, 2), (4, 9))) == b"xxcdxx"
    assert masked(b"abc", ()) == b"abc"


def test_a_connection_ends_when_it_is_closed_or_reset():
    ends = [Chunk(0, way, 1, data).is_end for way, data in [("=", b"closed"), ("=", b"reset"), ("=", b"eof <")]]

    assert ends == [True, True, False]
    assert not Chunk(0, "<", 1, b"closed").is_end
