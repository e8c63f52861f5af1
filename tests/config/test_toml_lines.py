"""The line of a key, in every way that TOML can write it."""

import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from digest.config.toml_lines import line_numbers

EVERYTHING = Path(__file__).with_name("everything.toml").read_text()


def test_every_way_of_writing_a_key_is_found():
    rows = EVERYTHING.splitlines()
    found = line_numbers(EVERYTHING)

    assert {loc: rows[n - 1].strip()[:16] for loc, n in found.items()} == {
        ("top",): "top = 1",
        ("a",): "[a]",
        ("a", "plain"): 'plain = "x # no ',
        ("a", "quoted key"): '"quoted \\u006bey',
        ("a", "dotted"): 'dotted . inner."',
        ("a", "dotted", "inner"): 'dotted . inner."',
        ("a", "dotted", "inner", "q.r"): 'dotted . inner."',
        ("a", "long"): 'long = """',
        ("a", "raw"): "raw = '''",
        ("a", "list"): "list = [ # why",
        ("a", "list", 0): '"one",',
        ("a", "list", 1): "[2, { three = 3,",
        ("a", "list", 1, 0): "[2, { three = 3,",
        ("a", "list", 1, 1): "[2, { three = 3,",
        ("a", "list", 1, 1, "three"): "[2, { three = 3,",
        ("a", "list", 1, 1, "four"): "[2, { three = 3,",
        ("a", "list", 1, 1, "four", "five"): "[2, { three = 3,",
        ("a", "list", 1, 2): "'six'],",
        ("a", "list", 2): "1979-05-27 07:32",
        ("a", "inline"): "inline = { x = 1",
        ("a", "inline", "x"): "inline = { x = 1",
        ("a", "inline", "y"): "inline = { x = 1",
        ("a", "inline", "y", 0): "inline = { x = 1",
        ("a", "inline", "y", 0, "z"): "inline = { x = 1",
        ("a", "after"): "after = true",
        ("b",): "[[b.c]]",
        ("b", "c"): "[[b.c]]",
        ("b", "c", 0): "[[b.c]]",
        ("b", "c", 0, "n"): "n = 0",
        ("b", "c", 0, "d"): "[b.c.d]",
        ("b", "c", 0, "d", "e"): "e = 0",
        ("b", "c", 0, "f"): "[[b.c.f]]",
        ("b", "c", 0, "f", 0): "[[b.c.f]]",
        ("b", "c", 0, "f", 0, "g"): "g = 0",
        ("b", "c", 1): "[[b.c]]",
        ("b", "c", 1, "n"): "n = 1",
        ("b", "c", 1, "d"): '[b . c."d"]',
        ("b", "c", 1, "d", "e"): "e = 1",
        ("b", "c", 1, "f"): "[[b.c.f]]",
        ("b", "c", 1, "f", 0): "[[b.c.f]]",
        ("b", "c", 1, "f", 0, "g"): "g = 10",
        ("b", "c", 1, "f", 1): "[[b.c.f]]",
        ("b", "c", 1, "f", 1, "g"): "g = 11",
    }


def test_the_places_are_those_of_the_values():
    assert places(tomllib.loads(EVERYTHING)) == set(line_numbers(EVERYTHING))


def places(value, loc=()):
    inside = {(*loc, key) for key in value} if isinstance(value, dict) else set()
    if isinstance(value, list):
        inside = {(*loc, n) for n in range(len(value))}
    return inside.union(*(places(value[loc_[-1]], loc_) for loc_ in inside))


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
VALUES = st.recursive(
    st.one_of(st.integers(), st.booleans(), WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


def written(value) -> str:
    """A value in TOML, with line breaks wherever they are allowed."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, list):
        return "[ # ]\n" + "".join(f"{written(v)} ,\n" for v in value) + "]"
    return "{ " + ", ".join(f"{written(k)} = {written(v)}" for k, v in value.items()) + " }"


@given(st.dictionaries(WORDS, VALUES, max_size=5))
def test_whatever_stands_in_a_file_its_places_are_found(document):
    text = "".join(f"{written(k)}\t= {written(v)} # x\n" for k, v in document.items())
    assert tomllib.loads(text) == document

    found = line_numbers(text)
    assert set(found) == places(document)
    for key in document:
        assert text.split("\n")[found[key,] - 1].startswith(written(key))
