"""`digest articles same` and `distinct`."""

from tests.cli.conftest import MONDAY

FRAME = "Take a pot as large as that in the kitchen of the pilots, and put it on the fire. " * 6
END = "Serve it at once, with bread from the day before, and tell nobody whose it is. " * 6
OWN = {
    "herring": "Lay the herring in milk for an hour, then roll it in rye flour and fry it brown.",
    "kale": "Wash the kale three times, chop it small, and cook it with oats for two hours.",
    "eel": "Skin the eel, cut it as long as a thumb, and simmer it with dill and a carrot.",
}


def recipes(digest, home):
    folder = home / "recipes"
    folder.mkdir()
    for day, (name, text) in enumerate(OWN.items(), 1):
        (folder / f"{name}.md").write_text(
            f"---\ntitle: {name.title()} soup\nurl: https://harbour.example/{name}\n"
            f"author: Mo {name.title()}\ndate: 2026-03-0{day}\n---\n{FRAME}\n\n{text}\n\n{END}\n"
        )
    assert digest("import", "recipes").code == 0


def in_plan(digest):
    answer = digest("plan", "weekly", "--at", MONDAY, "--json").answer
    return {one["title"] for part in answer["sections"] for one in part["articles"]} | {
        answer["lead"]["title"]
    }


def test_recipes_of_a_series_are_all_in_and_a_person_decides_otherwise(digest, home, publication):
    publication(titles=())
    recipes(digest, home)
    assert in_plan(digest) == {"Herring soup", "Kale soup", "Eel soup"}

    said = digest("articles", "same", "Herring", "Kale").out

    assert "are the same story." in said
    assert in_plan(digest) == {"Kale soup", "Eel soup"}
    assert digest("articles", "distinct", "Herring", "Kale", "--json").answer["same"] is False
    assert in_plan(digest) == {"Herring soup", "Kale soup", "Eel soup"}


def test_who_is_not_there_is_told(digest, home, publication):
    publication(titles=())
    recipes(digest, home)

    assert digest("articles", "same", "1", "99").code == 2
    assert "say two" in digest("articles", "same", "1", "1").err
