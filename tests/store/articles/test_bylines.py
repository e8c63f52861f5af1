"""Names in their order; a person is entered once, in the better spelling."""

from digest.store.articles import bylines
from tests.stock import keep_article


def test_a_byline_is_put_in_the_place_of_another(db):
    keep_article(db, "One", authors=("Ada Park", "Ben Ode"))
    keep_article(db, "Two", authors=())

    assert db.read(bylines.names_of, [1, 2]) == {1: ["Ada Park", "Ben Ode"]}
    db.write(bylines.set_authors, 1, ["BEN ODE", "Cleo Vane"])
    assert db.read(bylines.names_of, [1]) == {1: ["Ben Ode", "Cleo Vane"]}
    db.write(bylines.set_authors, 1, [])
    assert db.read(bylines.names_of, [1]) == {}
