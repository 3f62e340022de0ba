"""Lesson 12's parts: the learner's classes where they are written, ours where not; and the proof that judges them."""

from __future__ import annotations

from typing import Any

from livesock.learn import catalogue
from livesock.lessons.lesson12 import inbox, log, outgoing
from livesock.lessons.lesson12.lend import lent
from livesock.lessons.lesson12.proof import prove


class Stub:
    def __init__(self, size: int) -> None:
        raise NotImplementedError


class MyInbox(inbox.Inbox):
    """A learner's."""


class HalfLog(log.Log):
    def since(self, offset: int, limit: int = 100) -> Any:
        raise NotImplementedError


OURS = (outgoing.Outgoing, inbox.Inbox, log.Log)


def mutants(which: str) -> dict[str, Any]:
    return {mutant.id: mutant.solution for mutant in catalogue.exercise(which).mutants}


def test_it_says_whose_each_class_is() -> None:
    assert str(lent(Stub, Stub, Stub)) == repr(lent(*OURS)) == "Outgoing: ours, Inbox: ours, Log: ours"
    assert str(lent(Stub, MyInbox, Stub)) == "Outgoing: ours, Inbox: yours, Log: ours"
    assert lent(Stub, MyInbox, Stub).inbox is MyInbox


def test_a_class_with_a_part_missing_does_not_serve() -> None:
    assert lent(Stub, Stub, HalfLog).log is log.Log


def test_two_hundred_schedules_bring_each_message_once_and_in_order() -> None:
    proof = lent(*OURS).prove()

    assert (proof.right, proof.schedules, proof.broken) == (200, 200, "")
    assert proof.cuts > 2000 and proof.repeats > 500, "it was not for want of cuts"
    assert str(proof).startswith("200 of 200 schedules: each message once, in order\n")


def test_the_same_seed_gives_the_same_schedules() -> None:
    assert prove(*OURS, schedules=20, seed=3) == prove(*OURS, schedules=20, seed=3)
    assert prove(*OURS, schedules=20, seed=3) != prove(*OURS, schedules=20, seed=4)


def test_without_the_inbox_messages_come_twice_and_a_schedule_is_named() -> None:
    proof = lent(*OURS).prove(inbox=False)

    assert proof.right < 20
    assert "the sender's line is cut at" in proof.broken and "the reader got m1" in proof.broken


def test_wrong_queues_inboxes_and_logs_break_it() -> None:
    queues, inboxes, logs = mutants("12.Outgoing"), mutants("12.Inbox"), mutants("12.Log")
    for name in ("new_number", "all_at_once", "gives_up", "fire_and_forget", "any_answer"):
        assert prove(queues[name], inbox.Inbox, log.Log, schedules=40).right < 40, name
    for name in ("never_remembers", "second_chance", "forgets_newest"):
        assert prove(outgoing.Outgoing, inboxes[name], log.Log, schedules=40).right < 40, name
    for name in ("again", "gap", "reversed", "newest_first"):
        assert prove(outgoing.Outgoing, inbox.Inbox, logs[name], schedules=40).right < 40, name
