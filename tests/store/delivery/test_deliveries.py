import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import event

from digest.core.delivery.smtp_outcome import Verdict
from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from digest.store.delivery import deliveries, lease_owner, outcome_writes, progress, recovery
from digest.store.editions import audience, editions
from digest.store.readers import subscribers
from digest.store.readers.subscribers import LEFT_ALL
from tests.builders import MONDAY
from tests.stock import DEAD, enrol, freeze, new_store, states

LEASE = timedelta(minutes=20)
SENT = Verdict(DeliveryState.SENT, "250 ok", 250)


def claim(db, who="me", limit=10, now=MONDAY):
    return db.write(deliveries.claim_deliveries, who, limit, now, LEASE) or []


def begin(db, delivery, who="me", now=MONDAY):
    return delivery in db.write(outcome_writes.begin_data, [delivery], who, now, LEASE)


def record(db, delivery, who="me", verdict=SENT, now=MONDAY):
    return delivery in db.write(outcome_writes.write_outcomes, {delivery: verdict}, who, now)


def test_everybody_subscribed_when_it_is_frozen_gets_one_delivery(db):
    enrol(db, "ada@reader.example", "ben@reader.example")
    kept = freeze(db)
    enrol(db, "cleo@reader.example")

    assert states(db) == {"ada@reader.example": "pending", "ben@reader.example": "pending"}
    assert db.write(audience.fix_audience, kept.id, MONDAY) == 0


def test_what_is_looked_up_by_its_number_is_not_searched_for_by_its_state(db):
    """Among a million that wait, that would be a million rows for each batch."""
    enrol(db, *(f"reader{n}@reader.example" for n in range(5)))
    freeze(db)
    with plans(db) as seen:
        ids = [one.delivery for one in claim(db, "me", 3)]
        db.write(outcome_writes.commit_round, {ids[0]: SENT}, ids[1:2], "me", MONDAY, LEASE)
        db.write(deliveries.release, ids, "me", MONDAY)
    looked_up = {sql: plan for sql, plan in seen.items() if "delivery.id IN" in sql}
    assert len(looked_up) >= 4
    for plan in looked_up.values():
        assert any("SEARCH delivery USING INTEGER PRIMARY KEY" in step for step in plan)


@contextmanager
def plans(db):
    """How SQLite goes about each statement that is run meanwhile."""
    seen = {}

    def explain(_connection, cursor, sql, values, *_):
        if sql.startswith(("SELECT", "UPDATE")):
            rows = cursor.connection.cursor().execute(f"EXPLAIN QUERY PLAN {sql}", values)
            seen[sql] = [row[3] for row in rows]

    event.listen(db._engine, "before_cursor_execute", explain)
    yield seen
    event.remove(db._engine, "before_cursor_execute", explain)


def test_a_claim_takes_each_delivery_once(db):
    enrol(db, *(f"reader{n}@reader.example" for n in range(5)))
    freeze(db)

    first, second = claim(db, "me", 3), claim(db, "you", 3)

    assert len(first) == 3
    assert len(second) == 2
    assert {one.delivery for one in first}.isdisjoint(one.delivery for one in second)
    assert first[0].email == "reader0@reader.example"
    assert first[0].attempts == 1


def test_sending_is_the_state_of_an_edition_from_the_first_claim_to_the_last_outcome(db):
    enrol(db, "ada@reader.example")
    kept = freeze(db)

    (one,) = claim(db)
    assert db.read(editions.by_id, kept.id).state is EditionState.SENDING
    assert db.write(progress.finish, MONDAY) == []
    begin(db, one.delivery)
    record(db, one.delivery)

    assert db.write(progress.finish, MONDAY) == [kept.id]
    assert db.read(editions.by_id, kept.id).state is EditionState.SENT


def test_a_deferred_delivery_is_claimed_again_when_it_is_due(db):
    enrol(db, "ada@reader.example")
    freeze(db)
    (one,) = claim(db)
    later = MONDAY + timedelta(minutes=10)
    record(db, one.delivery, verdict=Verdict(DeliveryState.DEFERRED, "450 later", 450, later))

    assert claim(db, now=later - timedelta(seconds=1)) == []
    (again,) = claim(db, now=later)

    assert again.attempts == 2


def test_trouble_of_the_server_is_not_charged_to_the_reader(db):
    enrol(db, "ada@reader.example")
    freeze(db)
    (one,) = claim(db)
    record(db, one.delivery, verdict=Verdict(DeliveryState.PENDING, "421", 421, MONDAY, host=True))

    (again,) = claim(db)

    assert again.attempts == 1


def test_who_left_after_the_freeze_is_skipped_with_the_reason(db):
    enrol(db, "ada@reader.example", "ben@reader.example", "cleo@reader.example")
    freeze(db)
    db.write(subscribers.end_subscription, 1, "by their link", MONDAY)
    db.write(subscribers.suppress, "ben@reader.example", "", DEAD, MONDAY)

    (only,) = claim(db)

    assert only.email == "cleo@reader.example"
    assert states(db) == {
        "ada@reader.example": "skipped",
        "ben@reader.example": "skipped",
        "cleo@reader.example": "claimed",
    }
    (kept,) = db.read(editions.newest_editions)
    skipped = db.read(progress.edition_counts, kept, MONDAY).skipped
    assert [one.why for one in skipped] == ["left before it was sent", "550 5.1.1 no such user"]


def test_who_leaves_between_the_claim_and_the_dot_is_not_mailed(db):
    enrol(db, "ada@reader.example")
    freeze(db)
    (one,) = claim(db)
    db.write(subscribers.end_subscription, 1, "by their link", MONDAY)

    assert begin(db, one.delivery) is False
    assert states(db) == {"ada@reader.example": "skipped"}


@given(lost=st.sets(st.integers(0, 9)), gone=st.sets(st.integers(0, 9)))
@settings(max_examples=10, deadline=None)
def test_in_a_round_for_many_each_counts_for_itself(lost, gone):
    """Of ten that were claimed, five have an outcome and five begin; some aren't ours any more."""
    with TemporaryDirectory() as folder:
        db = new_store(Path(folder))
        readers = [f"reader{n}@reader.example" for n in range(10)]
        enrol(db, *readers)
        freeze(db)
        ours = [one.delivery for one in claim(db, "me")]
        db.write(deliveries.release, [ours[n] for n in lost], "me", MONDAY)
        if lost:
            claim(db, "you", len(lost))
        for n in gone:
            db.write(subscribers.suppress, readers[n], "", LEFT_ALL, MONDAY)

        outcomes = dict.fromkeys(ours[:5], SENT)
        done = db.write(outcome_writes.commit_round, outcomes, ours[5:], "me", MONDAY, LEASE)

        assert done.recorded == {ours[n] for n in range(5) if n not in lost}
        assert done.begun == {ours[n] for n in range(5, 10) if n not in lost | gone}
        now = states(db)
        for n, reader in enumerate(readers):
            if n not in lost:
                mine = "sent" if n < 5 else "skipped" if n in gone else "in_data"
                assert now[reader] == mine
            else:
                assert now[reader] in {"claimed", "skipped"}
        db.close()


def test_a_sender_that_lost_its_lease_can_change_nothing(db):
    enrol(db, "ada@reader.example")
    freeze(db)
    (one,) = claim(db, "slow")
    late = MONDAY + LEASE + timedelta(seconds=1)
    assert db.write(recovery.take_over, [], late) == (1, 0)
    (again,) = claim(db, "fast", now=late)

    assert begin(db, one.delivery, "slow", late) is False
    assert record(db, one.delivery, "slow", now=late) is False
    assert begin(db, again.delivery, "fast", late) is True
    assert record(db, again.delivery, "fast", now=late) is True


def test_what_may_have_been_sent_is_uncertain_and_never_claimed_again(db):
    enrol(db, "ada@reader.example")
    freeze(db)
    (one,) = claim(db, "dead")
    begin(db, one.delivery, "dead")

    assert db.write(recovery.take_over, ["dead"], MONDAY) == (0, 1)

    assert states(db) == {"ada@reader.example": "uncertain"}
    assert claim(db, now=MONDAY + timedelta(days=1)) == []


def test_an_owner_that_comes_back_with_the_answer_settles_what_was_uncertain(db):
    enrol(db, "ada@reader.example")
    freeze(db)
    (one,) = claim(db, "slow")
    begin(db, one.delivery, "slow")
    db.write(recovery.take_over, ["slow"], MONDAY)

    assert record(db, one.delivery, "slow") is True
    assert states(db) == {"ada@reader.example": "sent"}


def test_one_second_copy_of_the_uncertain_if_the_config_says_so(db):
    enrol(db, "ada@reader.example")
    freeze(db)
    (one,) = claim(db, "dead")
    begin(db, one.delivery, "dead")
    db.write(recovery.take_over, ["dead"], MONDAY)
    db.write(progress.finish, MONDAY)
    later = MONDAY + timedelta(minutes=30)

    assert db.write(recovery.resend_uncertain, MONDAY - timedelta(seconds=1), later) == 0
    assert db.write(recovery.resend_uncertain, MONDAY, later) == 1
    (second,) = claim(db, "dead", now=later)
    assert second.dated == MONDAY
    begin(db, second.delivery, "dead", later)
    db.write(recovery.take_over, ["dead"], later)

    assert db.write(recovery.resend_uncertain, later, later) == 0


def test_a_paused_edition_is_not_claimed(db):
    enrol(db, "ada@reader.example")
    kept = freeze(db)
    db.write(editions.move, kept.id, editions.LIVE, EditionState.PAUSED, "by hand", MONDAY)

    assert claim(db) == []


def test_an_edition_in_a_restored_backup_is_paused_instead_of_sent(db):
    enrol(db, "ada@reader.example")
    kept = freeze(db)
    now = MONDAY + timedelta(days=7)

    assert db.write(recovery.pause_silent, now - timedelta(days=1), "silent", now) == [kept.id]
    assert claim(db, now=now) == []


def test_an_edition_that_waits_is_not_paused_while_a_sender_is_there(db):
    """For its hours on the day that has 25, or behind another edition that takes days."""
    enrol(db, "ada@reader.example")
    freeze(db)
    now = MONDAY
    for _ in range(10):
        now += timedelta(hours=20)
        assert db.write(recovery.pause_silent, now - timedelta(days=1), "silent", now) == []
    assert len(claim(db, now=now)) == 1


def test_a_claim_of_a_sender_that_died_was_no_attempt(db):
    enrol(db, "ada@reader.example")
    freeze(db)
    for _ in range(5):
        (one,) = claim(db, "dead")
        assert one.attempts == 1
        db.write(recovery.take_over, ["dead"], MONDAY)


def test_a_process_that_is_gone_is_told_from_one_that_runs():
    me = lease_owner.myself()
    child = subprocess.run(
        [
            sys.executable,
            "-c",
            "from digest.store.delivery import lease_owner; print(lease_owner.myself())",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    elsewhere = "other-host/x|" + me.partition("|")[2]

    assert lease_owner.dead([me, child, elsewhere]) == [child]


CLAIMER = """
import sys
from datetime import timedelta
from pathlib import Path
from digest.store.delivery import deliveries
from digest.store.database.database import Database
from tests.builders import MONDAY
db, lease = Database(Path(sys.argv[1])), timedelta(minutes=20)
while claims := db.write(deliveries.claim_deliveries, sys.argv[2], 7, MONDAY, lease):
    print("\\n".join(str(one.delivery) for one in claims))
"""


def test_two_processes_never_claim_the_same_delivery(db):
    enrol(db, *(f"reader{n}@reader.example" for n in range(300)))
    freeze(db)

    both = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMER, str(db.path), name], stdout=subprocess.PIPE, text=True
        )
        for name in ("one", "two")
    ]
    claimed = [line for one in both for line in one.communicate()[0].split()]

    assert len(claimed) == len(set(claimed)) == 300


OWNERS = st.sampled_from(["one", "two", "three"])
WHO = st.integers(0, 4)


class Ledger(RuleBasedStateMachine):
    """Whatever senders do, die or lose: an accepted message is never sent again."""

    @initialize()
    def stock(self):
        self.folder = TemporaryDirectory()
        self.db = new_store(Path(self.folder.name))
        enrol(self.db, *(f"reader{n}@reader.example" for n in range(5)))
        freeze(self.db)
        self.now = MONDAY
        self.claims = {}  # delivery → owner, as the senders believe
        self.begun = set()
        self.copies = dict.fromkeys(range(1, 6), 0)
        self.doubts = dict.fromkeys(range(1, 6), 0)

    @rule(who=OWNERS, limit=st.integers(1, 3))
    def claim(self, who, limit):
        for one in claim(self.db, who, limit, self.now):
            self.claims[one.delivery, who] = True

    @rule(who=OWNERS, n=WHO)
    def begin(self, who, n):
        if (n + 1, who) in self.claims and begin(self.db, n + 1, who, self.now):
            self.begun.add((n + 1, who))

    @rule(who=OWNERS, n=WHO, fate=st.sampled_from(["sent", "deferred", "lost"]))
    def end(self, who, n, fate):
        if (n + 1, who) not in self.begun:
            return
        self.begun.discard((n + 1, who))
        self.claims.pop((n + 1, who), None)
        if fate == "deferred":
            verdict = Verdict(DeliveryState.DEFERRED, "450", 450, self.now)
            record(self.db, n + 1, who, verdict, self.now)
            return
        self.copies[n + 1] += 1  # the server has it, whether or not we hear of it
        if fate == "sent":
            record(self.db, n + 1, who, SENT, self.now)

    @rule(who=OWNERS)
    def die(self, who):
        for key in [key for key in self.claims if key[1] == who]:
            del self.claims[key]
        self.begun = {key for key in self.begun if key[1] != who}
        self.db.write(recovery.take_over, [who], self.now)

    @rule()
    def wait(self):
        self.now += LEASE + timedelta(seconds=1)
        self.db.write(recovery.take_over, [], self.now)

    @invariant()
    def nobody_gets_it_twice(self):
        if hasattr(self, "copies"):
            assert all(copies <= 1 for copies in self.copies.values()), self.copies

    @invariant()
    def nobody_is_lost(self):
        if hasattr(self, "db"):
            (kept,) = self.db.read(editions.newest_editions)
            assert self.db.read(progress.edition_counts, kept, self.now).audience == 5

    def teardown(self):
        if hasattr(self, "db"):
            self.db.close()
            self.folder.cleanup()


TestLedger = pytest.mark.slow(Ledger.TestCase)
TestLedger.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("as_", [DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.PENDING])
def test_a_person_settles_what_is_uncertain(db, as_):
    enrol(db, "ada@reader.example", "ben@reader.example")
    kept = freeze(db)
    for one in claim(db, "dead"):
        begin(db, one.delivery, "dead")
    db.write(recovery.take_over, ["dead"], MONDAY)
    db.write(progress.finish, MONDAY)

    settled = db.write(
        progress.settle_deliveries, kept.id, ["ada@reader.example"], as_, "settled by hand", MONDAY
    )

    assert settled == 1
    assert states(db) == {"ada@reader.example": as_, "ben@reader.example": "uncertain"}
    reopened = EditionState.SENDING if as_ is DeliveryState.PENDING else EditionState.SENT
    assert db.read(editions.by_id, kept.id).state is reopened
