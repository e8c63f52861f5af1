"""The list of readers, out and in again: nothing is lost on the way."""

import io
import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from digest.actions.readers.export_list import export_csv, export_rows
from digest.actions.readers.subscribe import remove_subscriber
from digest.actions.readers.subscriber_lists import ListOptions, import_list
from digest.core.readers.double_opt_in import Wish
from digest.core.readers.erasure import erasure_mark
from digest.core.readers.reader import Exclusion, SubscriptionStanding
from digest.core.readers.reason import SuppressionReason
from digest.core.text.csv_rows import FORMULA
from digest.store.operations.personal_data import erase_person
from digest.store.readers import double_opt_in, subscriber_settings, subscribers
from digest.store.readers.bulk_subscribe import enrol_all
from tests.builders import MONDAY, calendar
from tests.examples import examples
from tests.publications import SECRET
from tests.stock import DEAD, a_reader, freeze, new_store, states

LATER = MONDAY + timedelta(days=1)
SLUGS = ["weekly", "daily"]
OPTIONS = ListOptions(SLUGS, SECRET, SLUGS)
PEOPLE = [f"{name}@reader.example" for name in ("ada", "bo", "cy", "dee")]


def exported(db):
    out = io.StringIO()
    export_csv(db, out, calendar(LATER), SLUGS)
    return out.getvalue()


def do(db, what, who):
    """Something that happens to a reader."""
    found = db.read(subscribers.find_subscriber, who)
    if what == "leaves one" and found and found.subscriptions:
        one = found.subscriptions[0]
        db.write(subscribers.end_subscription, one.id, "unsubscribed by their link", LATER)
    elif what == "leaves all":
        db.write(subscriber_settings.end_all_subscriptions, who, LATER)
    elif what == "is removed" and found:
        remove_subscriber(db, who, LATER)
    elif what == "is dead" and found:
        db.write(subscribers.suppress, who, "", DEAD, LATER)
    elif what == "is forgotten" and found:
        db.write(erase_person, who, erasure_mark(who, SECRET), LATER)
    elif what == "chooses" and found:
        db.write(subscriber_settings.set_preferences, who, ["world"], [], LATER)
    elif what == "agrees":
        wish = Wish(who, who, ("weekly",), "page", 'Yes,\n"please"', "n", "o")
        number = db.write(double_opt_in.add_consent, wish, MONDAY)
        db.write(double_opt_in.mark_confirmed, number, "o", LATER)
    elif what in WORDS:
        gone = SubscriptionStanding.UNSUBSCRIBED
        out = Exclusion(SuppressionReason(what), MONDAY - timedelta(days=99))
        reader = a_reader(who, standing=gone, exclusion=out)
        db.write(enrol_all, [reader], ["weekly"], MONDAY, SECRET)


WORDS = ("left", "dead", "complained")
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["leaves one", "leaves all", "is removed", "is dead", "is forgotten", "chooses",
             "agrees", *WORDS]
        ),
        st.sampled_from(PEOPLE),
    ),
    max_size=8,
)  # fmt: skip
LISTED = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from([["weekly"], ["daily"], SLUGS]))


def mailed(db):
    """Who gets the next weekly."""
    freeze(db)
    return {who for who, state in states(db).items() if state == "pending"}


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(LISTED, EVENTS)
def test_into_an_empty_store_and_out_again_is_the_same_bytes_and_the_same_people(
    tmp_path_factory, listed, events
):
    here, there = (new_store(tmp_path_factory.mktemp("store")) for _ in range(2))
    for who, slugs in listed.items():
        here.write(enrol_all, [a_reader(who, name="Ada")], slugs, MONDAY, SECRET)
    for what, who in events:
        do(here, what, who)
    first = exported(here)
    path = there.path.parent / "readers.csv"
    path.write_text(first, encoding="utf-8", newline="")

    done = import_list(path, there, OPTIONS, calendar(LATER))

    assert (done.rejected, exported(there)) == ((), first)
    assert mailed(there) == mailed(here)
    for db in (here, there):
        db.close()


@pytest.fixture
def db(tmp_path):
    opened = new_store(tmp_path)
    yield opened
    opened.close()


def test_where_one_word_says_all_there_are_no_more_columns(db):
    gone = SubscriptionStanding.UNSUBSCRIBED
    readers = [a_reader(PEOPLE[0]), a_reader(PEOPLE[1], standing=gone)]
    db.write(enrol_all, readers, SLUGS, MONDAY)
    assert exported(db).splitlines()[0].endswith(",format")


def test_who_left_one_of_two_and_why_is_in_the_export(db):
    db.write(enrol_all, [a_reader(PEOPLE[0])], SLUGS, MONDAY)
    do(db, "leaves one", PEOPLE[0])
    (row,) = export_rows(db, calendar(LATER))
    assert (row["status"], row["newsletters"]) == ("active", "daily=active;weekly=unsubscribed")
    (held,) = json.loads(row["record"])["suppressions"]
    assert (held["newsletter"], held["reason"]) == ("weekly", "left")


def test_no_cell_is_a_formula(db):
    db.write(enrol_all, [a_reader(PEOPLE[0])], SLUGS, MONDAY)
    do(db, "agrees", PEOPLE[0])
    for row in export_rows(db, calendar(LATER)):
        assert not any(cell.startswith(FORMULA) or "\n" in cell for cell in row.values())
