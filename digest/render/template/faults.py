"""Faults of templates, told with file and line instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from jinja2 import TemplateError as JinjaError
from jinja2 import TemplateSyntaxError

from digest.errors import TemplateError


@contextmanager
def template_errors(template: str) -> Iterator[None]:
    """Turn whatever goes wrong in a template into a TemplateError that names its file and line.

    `template` is the name to use where the fault itself knows none, e.g. that of a config key.
    """
    try:
        yield
    except TemplateSyntaxError as fault:
        file = fault.filename or fault.name or template
        file = template if file == "<unknown>" else file
        raise TemplateError(f"{file}:{fault.lineno}: {fault.message}") from fault
    except UnicodeDecodeError as fault:
        raise TemplateError(f"{template}: not UTF-8 text (byte {fault.start})") from fault
    except (JinjaError, ArithmeticError, AttributeError, LookupError, RuntimeError) as fault:
        raise TemplateError(f"{_place(fault, template)}: {_reason(fault)}") from fault
    except (TypeError, ValueError) as fault:
        raise TemplateError(f"{_place(fault, template)}: {_reason(fault)}") from fault


def _reason(fault: BaseException) -> str:
    """What the template did wrong, in its own names instead of those of our modules."""
    text = str(fault) or type(fault).__name__
    return text.replace("digest.render.message.template_context.", "").replace("digest.core.", "")


def _place(fault: BaseException, template: str) -> str:
    """The deepest template line in the traceback, as file:line."""
    place = template
    trace: TracebackType | None = fault.__traceback__
    while trace:
        if "__jinja_exception__" in trace.tb_frame.f_globals:
            file = trace.tb_frame.f_code.co_filename
            place = f"{template if file.startswith('<') else file}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
