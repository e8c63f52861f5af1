"""What a base stylesheet may hold, and where it is wrong."""

import pytest

from digest.errors import TemplateError
from digest.render import dialect


def test_templates_may_compute_values_and_hold_comments():
    css = '{# why #}\n.a { text-align: {{ start }}; padding: {{ "0 1px" if x else "1px 0" }}; }'

    assert list(dialect.faults(css)) == []


def test_a_fault_has_the_line_of_its_own_declaration():
    css = "{# two\nlines #}\n.a {\n  margin: 0;\n  color: #fff;\n}\n.b:hover { margin: 0; }\n"

    assert [line for line, _ in dialect.faults(css)] == [5, 7]


def test_check_names_file_line_and_what_is_wrong():
    with pytest.raises(TemplateError, match=r"base\.css:2: color: write colours with six digits"):
        dialect.check("p { margin: 0; }\np { color: #abc; }", "base.css")


@pytest.mark.parametrize(
    ("properties", "pairs"),
    [
        ({"padding", "padding-left"}, [("padding", "padding-left")]),
        ({"border", "border-top"}, [("border", "border-top")]),
        ({"border-top", "border-bottom", "border-radius", "border-collapse"}, []),
        ({"font-size", "font-weight", "line-height"}, []),
        ({"background-color", "margin", "text-decoration"}, []),
    ],
)
def test_a_shorthand_clashes_with_its_own_longhands_only(properties, pairs):
    assert dialect.clashes(properties) == pairs
