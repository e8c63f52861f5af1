"""What stops an import before anybody is taken in."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from digest.actions.readers.clear_states import expect_clear_states
from digest.actions.readers.subscriber_lists import ListOptions, import_list
from digest.core.readers.list_states import ListState, state_columns, state_in
from digest.errors import UsageError
from digest.store.readers import subscribers
from tests.builders import CALENDAR
from tests.examples import examples
from tests.publications import SECRET
from tests.stock import new_store


def look(folder, text, name="readers.csv", as_=None, mapping=None):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    expect_clear_states(path, as_, mapping)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("email,state\na@b.example,perhaps\n", '"perhaps" (1)'),
        ("email,Kennzeichen\na@b.example,abgemeldet\nb@b.example,aktiv\n", "kennzeichen"),
        ("email,email_disabled\na@b.example,active\n", '"active" (1)'),
        ("email,delivery_status\na@b.example,by_user\n", '"by_user" (1)'),
        ("email,flag\na@b.example,\nb@b.example,hard bounced\n", '"hard bounced" (1)'),
        ("uuid,email,name,attributes,status\n1,a@b.example,A,{},enabled\n", "listmonk"),
    ],
)
def test_what_looks_like_a_state_and_is_not_understood_stops_it(tmp_path, text, told):
    with pytest.raises(UsageError) as raised:
        look(tmp_path, text)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "email,state,unsubscribed_at\na@b.example,Abgemeldet,2026-01-02\n",
        "email,tags,notes\na@b.example,inactive,left the town\n",
        "email,city\na@b.example,Baja\n",
        "email,optin_time,confirm_ip\na@b.example,2026-01-02,192.0.2.1\n",
    ],
)
def test_what_is_understood_or_says_something_else_does_not(tmp_path, text):
    look(tmp_path, text)


def test_a_person_may_say_that_a_column_says_nothing(tmp_path):
    text = "email,type\na@b.example,person\n"
    with pytest.raises(UsageError, match="type"):
        look(tmp_path, text)
    look(tmp_path, text, mapping={"Type": ""})


@pytest.mark.parametrize(
    "name", ["unsubscribed.csv", "cleaned_2026.csv", "Bounces.csv", "abgemeldet.csv", "bajas.csv"]
)
def test_a_file_named_after_who_left_waits_for_a_word(tmp_path, name):
    with pytest.raises(UsageError, match="--as"):
        look(tmp_path, "email\na@b.example\n", name)
    look(tmp_path, "email\na@b.example\n", name, ListState.GONE)


NAMES = st.sampled_from(
    ["status", "state", "type", "unsubscribed", "unsubscribed_at", "confirmed", "email_disabled"]
)
CELLS = st.text(st.characters(exclude_characters='",\r\n\0', codec="utf-8"), max_size=12)
WORDS = st.sampled_from(
    ["active", "pending", "bounced", "yes", "no", "2026-01-04", "", "spam", "maybe", "activ e?"]
)


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(st.lists(NAMES, min_size=1, max_size=2, unique=True), st.data())
def test_nobody_whose_state_is_not_understood_is_ever_active(tmp_path_factory, names, data):
    cells = data.draw(st.lists(CELLS | WORDS, min_size=len(names), max_size=len(names)))
    folder = tmp_path_factory.mktemp("lists")
    path = folder / "readers.csv"
    row = ",".join(f'"{cell}"' for cell in cells)
    path.write_text(f"email,{','.join(names)}\na@b.example,{row}\n", encoding="utf-8")
    db = new_store(folder)
    try:
        import_list(path, db, ListOptions(["weekly"], SECRET), CALENDAR)
        mailed = db.read(subscribers.count_active, "weekly")
    except UsageError:
        mailed = 0
    db.close()

    columns = state_columns(names)
    said = [state_in(columns[name], cell) for name, cell in zip(names, cells, strict=True)]
    assert mailed == all(state is ListState.ACTIVE for state in said)
