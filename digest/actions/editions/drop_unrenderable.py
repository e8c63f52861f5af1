"""Leave out of an edition what can't be printed: one article never stops the others."""

from collections.abc import Iterator
from dataclasses import replace

from digest.actions.editions.plan import Plan, too_little
from digest.actions.message.message_factory import MessageFactory
from digest.core.editions.edition import Carried, Edition, arrange
from digest.core.editions.selection import Leftout, LeftoutReason, Pick, Selection
from digest.errors import TemplateError
from digest.render.message.setting import Setting

_FAULTS = (TemplateError, ArithmeticError, ValueError)
"""What goes wrong with an article: a template stumbles over it, or a date is out of range."""


def set_in_type(factory: MessageFactory, planned: Plan) -> tuple[Plan, Setting | None]:
    """A plan as it can be printed, and its edition in type, if there is enough for one.

    Articles that can't be printed are left out, each with its reason. Raises TemplateError where
    the fault is not in single articles.
    """
    if planned.edition is None:
        return planned, None
    try:
        return planned, factory.set(planned.edition)
    except _FAULTS:
        faulty = dict(_faulty(factory, planned.edition))
        if not faulty:
            raise
        if len(faulty) == len(planned.edition.articles):
            factory.renderer.check(
                planned.newsletter
            )  # else the fault is there, and told from there
    selection = _without(planned.selection, faulty)
    carried = [one for one in _carried(planned.edition) if one.pick.article.id not in faulty]
    if why := too_little(selection, planned.newsletter):
        return replace(planned, selection=selection, edition=None, why=why), None
    before = planned.edition
    drawn = arrange(before.newsletter, selection, planned.at, carried, before.back)
    edition = replace(drawn, corrections=before.corrections)
    return replace(planned, selection=selection, edition=edition), factory.set(edition)


def _faulty(factory: MessageFactory, edition: Edition) -> Iterator[tuple[int, str]]:
    """The articles that can't be printed, and why; each is tried alone, without texts of ours."""
    plain = replace(edition.newsletter, subject="{{ lead.title }}", preheader="", intro="")
    for article in edition.articles:
        alone = replace(
            edition, newsletter=plain, lead=article, sections=(), carried={}, corrections=()
        )
        try:
            factory.set(alone)
        except _FAULTS as fault:
            yield article.id, f"it can't be printed: {fault}"


def _without(selection: Selection, faulty: dict[int, str]) -> Selection:
    left = [pick.article for pick in selection.picks if pick.article.id in faulty]
    return replace(
        selection,
        picks=tuple(pick for pick in selection.picks if pick.article.id not in faulty),
        leftouts=(
            *(_unprintable(one, faulty) for one in selection.leftouts),
            *(Leftout(one, faulty[one.id], LeftoutReason.UNPRINTABLE) for one in left),
        ),
    )


def _unprintable(left: Leftout, faulty: dict[int, str]) -> Leftout:
    """The same article, with its fault as the reason if it has one."""
    if left.article.id not in faulty:
        return left
    return replace(left, why=faulty[left.article.id], reason=LeftoutReason.UNPRINTABLE)


def _carried(edition: Edition) -> Iterator[Carried]:
    """What comes over from earlier editions."""
    for section in edition.sections:
        for article in section.articles:
            if article.id in edition.carried:
                pick = Pick(article, section.slug, "an earlier edition had it")
                yield Carried(pick, edition.carried[article.id])
