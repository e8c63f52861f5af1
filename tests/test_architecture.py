"""The shape of the code: what ARCHITECTURE.md and the import contracts promise."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = ROOT / "digest"
MODULES = sorted(CODE.rglob("*.py"))
WRITTEN = [path for path in MODULES if "versions" not in path.parts]
"""All but the migrations, which are generated and never changed."""
LONGEST_FILE, LONGEST_FUNCTION = 300, 45
"""About 300 and about 40, with some room so that nobody splits a file for its last line."""
SAY_NOTHING = {"utils", "util", "helpers", "common", "base", "manager", "misc", "service", "lib"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno
            yield node.name, node.end_lineno - node.lineno + 1


def test_files_are_short_enough_to_read_at_once():
    assert {name(p): lines_of(p) for p in WRITTEN if lines_of(p) > LONGEST_FILE} == {}


def test_functions_are_short_enough_to_see_at_once():
    assert {
        f"{name(path)}::{function}": lines
        for path in WRITTEN
        for function, lines in functions(path)
        if lines > LONGEST_FUNCTION
    } == {}


def test_each_module_says_what_it_is():
    modules = [path for path in MODULES if path.name != "__init__.py"]
    silent = [name(path) for path in modules if not ast.get_docstring(tree(path))]
    assert silent == []


def test_package_files_are_empty():
    assert [name(path) for path in CODE.rglob("__init__.py") if path.read_text()] == []


def test_no_module_has_a_name_that_says_nothing():
    assert [name(path) for path in MODULES if SAY_NOTHING & set(path.stem.split("_"))] == []


SUBJECTS = (
    "text", "articles", "sources", "message", "newsletters", "readers", "editions", "delivery",
    "transactional", "operations",
)  # fmt: skip
"""The life of an email, in the order in which core, store and actions build on each other."""
LAYERS = ("core", "store", "actions")
MOST_MODULES = 14
"""Of a folder in core, store, actions, feeds and render."""


def modules_of(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.py") if path.name != "__init__.py"]


@pytest.mark.parametrize("layer", LAYERS)
def test_each_layer_has_the_same_subjects(layer):
    folders = {path.parent.name for path in (CODE / layer).glob("*/__init__.py")}
    extra = {"store": {"database", "tables", "migrations"}}.get(layer, set())
    assert folders <= set(SUBJECTS) | extra


@pytest.mark.parametrize("layer", [*LAYERS, "feeds", "render"])
def test_a_module_stands_in_the_folder_of_its_subject(layer):
    assert modules_of(CODE / layer) == []


@pytest.mark.parametrize("layer", [*LAYERS, "feeds", "render"])
def test_no_folder_is_too_long_to_look_through(layer):
    folders = [path.parent for path in (CODE / layer).rglob("__init__.py")]
    folders = [folder for folder in folders if folder.name != "versions"]
    sizes = {name(folder): len(modules_of(folder)) for folder in folders}
    assert {folder: size for folder, size in sizes.items() if size > MOST_MODULES} == {}


def test_packages_are_two_levels_deep_at_most():
    folders = {str(p.parent.relative_to(CODE)) for p in MODULES}
    # Migrations are where Alembic wants them; of languages there is one module each.
    deep = {folder for folder in folders if folder.count("/") > 1}
    assert deep == {"store/migrations/versions", "feeds/article/languages"}


def test_no_migration_uses_code_that_changes():
    """What a migration did to a store of last year, it does to it for ever."""
    versions = [path for path in MODULES if "versions" in path.parts]
    borrowed = re.compile(r"^\s*(from|import) digest\b", re.MULTILINE)
    assert versions
    assert [name(path) for path in versions if borrowed.search(path.read_text())] == []


def test_no_decision_is_read_from_words_for_people():
    """`why` is a sentence: whoever decides by it asks for the `reason` beside it."""
    found = []
    for path in WRITTEN:
        for node in ast.walk(tree(path)):
            asked: list[ast.expr] = []
            if isinstance(node, ast.Compare):
                asked = [node.left, *node.comparators]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                reads = {"startswith", "endswith", "search", "match", "fullmatch"}
                asked = [node.func.value, *node.args] if node.func.attr in reads else []
            said = [one for one in asked if isinstance(one, ast.Attribute) and one.attr == "why"]
            empty = any(isinstance(one, ast.Constant) and one.value == "" for one in asked)
            found += [f"{name(path)}:{one.lineno}" for one in said if not empty]
    assert found == []


def test_only_commands_print():
    talkers = [
        f"{name(path)}:{node.lineno}"
        for path in MODULES
        if "cli" not in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "click.echo"}
    ]
    assert talkers == []


def test_nothing_is_left_to_do_in_a_comment():
    marks = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")
    assert [name(path) for path in MODULES if marks.search(path.read_text(encoding="utf-8"))] == []


def test_every_file_and_folder_that_the_architecture_names_is_there():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    packages = "actions|cli|config|core|feeds|mail|render|store|web"
    named = set(re.findall(rf"`((?:{packages})/[\w/]*(?:\.py)?)`", text))
    assert len(named) > 40
    assert [one for one in sorted(named) if not (CODE / one).exists()] == []
    dotted = re.findall(rf"`((?:{packages})(?:\.\w+)+)", text)
    assert dotted
    for name_ in (one for one in dotted if one != "config.toml"):
        parts = name_.split(".")
        places = [CODE.joinpath(*parts[:n]) for n in range(len(parts), 1, -1)]
        assert any(p.is_dir() or p.with_suffix(".py").exists() for p in places), name_


def test_the_architecture_names_every_folder():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    folders = {p.parent.relative_to(CODE) for p in CODE.rglob("__init__.py")} - {Path()}
    skipped = {"migrations", "versions", "languages"}
    named = {f for f in folders if f"`{f}/`" in text or f"`{f.name}/`" in text}
    by_subject = {f for f in folders if f.parts[0] == "cli"}  # "in folders by subject"
    missing = folders - named - by_subject
    assert {str(f) for f in missing if not skipped & set(f.parts)} == set()


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "docs/reference/hostile.md"])
def test_the_tests_that_a_page_names_are_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+(?:\.py)?/?)(?:::(\w+))?`", text)
    assert named
    for path, function in named:
        assert (ROOT / path).exists(), path
        if function:
            written = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"(def|class) {function}\b|^{function} = ", written, re.MULTILINE), (
                function
            )


def test_tests_stand_in_the_folder_of_what_they_test():
    files = [path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")]
    packages = {path.parent.relative_to(CODE) for path in CODE.rglob("__init__.py")}
    assert {file.parent for file in files} <= packages | {Path(), Path("scripts")}


def listed(file: str) -> set[str]:
    """The lines of a list of what is not as it should be; they only get fewer."""
    lines = (ROOT / "tests" / file).read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_each_module_has_a_test_file_of_its_name_or_is_on_a_list_that_shrinks():
    modules = [p.relative_to(CODE) for p in WRITTEN if p.name not in {"__init__.py", "env.py"}]
    alone = {
        str(path)
        for path in modules
        if not (ROOT / "tests" / path.parent / f"test_{path.name}").exists()
    }
    assert alone == listed("modules_without_tests_of_their_name.txt")


def public_names() -> dict[str, list[str]]:
    """Where each public function, class and constant is defined."""
    found: dict[str, list[str]] = {}
    for path in WRITTEN:
        for node in tree(path).body:
            names = []
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names = [node.name]
            elif isinstance(node, ast.Assign):
                names = [one.id for one in node.targets if isinstance(one, ast.Name)]
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names = [node.target.id]
            for one in names:
                if not one.startswith("_"):
                    found.setdefault(one, []).append(name(path))
    return found


def test_a_public_name_means_one_thing_or_is_on_a_list_that_shrinks():
    several = {one for one, places in public_names().items() if len(places) > 1}
    assert several == listed("names_that_mean_several_things.txt")


# ---------------------------------------------------------------- what tools say


def succeeds(*command: str) -> None:
    """Run a tool of this environment in the checkout, and show what it said if it fails."""
    tool = Path(sys.executable).with_name(command[0])
    ended = subprocess.run(
        [tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.slow
def test_layers_know_only_what_is_below_them():
    succeeds("lint-imports")


@pytest.mark.slow
def test_the_code_is_formatted():
    succeeds("ruff", "format", "--check", ".")


@pytest.mark.slow
def test_the_linter_finds_nothing():
    succeeds("ruff", "check", ".")


@pytest.mark.slow
def test_the_types_fit():
    succeeds("mypy")


def test_each_migration_follows_another_and_the_newest_is_known():
    folder = ROOT / "digest/store/migrations/versions"
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("0*.py"))]
    pairs = [re.findall(r'(?m)^(?:down_)?revision = (?:"(\d+)"|None)', text) for text in texts]
    numbers = [f"{number:04}" for number in range(1, len(texts) + 1)]
    assert [own for own, _ in pairs] == numbers
    assert [before for _, before in pairs] == ["", *numbers[:-1]]
    head = (ROOT / "digest/store/database/schema.py").read_text("utf-8")
    assert f'HEAD = "{numbers[-1]}"' in head
