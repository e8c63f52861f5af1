"""What commands answer in JSON: the same shapes wherever they occur."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from digest.actions.editions.explain import Explanation
    from digest.actions.editions.explain_reader import Shown
    from digest.actions.editions.plan import Plan
    from digest.actions.operations.personal_data import Person
    from digest.actions.readers.subscriber_lists import Enrolled
    from digest.core.articles.article import Article
    from digest.core.delivery.progress import Progress
    from digest.core.editions.draft import DraftChanges
    from digest.core.editions.selection import Leftout
    from digest.core.readers.reader import Reader

OTHER_NAME = "More stories"


def article_row(article: "Article", zone: tzinfo) -> dict[str, Any]:
    """An article, whole; its date is in this zone, so that it is the day that the source said."""
    return {
        "id": article.id,
        "title": article.title,
        "authors": article.authors,
        "published": article.published.astimezone(zone),
        "dated": article.dated,
        "url": article.url,
        "topics": [topic.slug for topic in article.topics],
        "topic_reasons": {topic.slug: topic.why for topic in article.topics},
        "photo_credit": article.photo_credit,
        "related": [{"title": one.title, "url": one.url} for one in article.related],
        "image": article.image,
        "image_fault": article.image_fault,
        "audio_url": article.audio_url,
        "access": article.access,
        "withheld": str(article.withheld or ""),
        "set_by_hand": [str(one) for one in article.set_by_hand],
        "summary": article.summary,
        "body_html": article.body_html,
        "body_text": article.body_text,
        "words": article.words,
        "source": article.source,
    }


def _left_row(left: "Leftout") -> dict[str, Any]:
    article = left.article
    return {"id": article.id, "title": article.title, "why": left.why, "reason": left.reason}


def plan_row(plan: "Plan", changed: "DraftChanges | None" = None) -> dict[str, Any]:
    """An edition that could be made: what is in, in its order, and what is not, each with why.

    `changed` is what changed since, if it is a draft.
    """
    zone = ZoneInfo(plan.newsletter.timezone)
    reasons = {pick.article.id: pick.why for pick in plan.selection.picks}

    def short(article: "Article") -> dict[str, Any]:
        return {
            "id": article.id,
            "title": article.title,
            "authors": article.authors,
            "published": article.published.astimezone(zone),
            "why": reasons.get(article.id, ""),
        }

    edition = plan.shown
    return {
        "newsletter": plan.newsletter.slug,
        "edition": plan.kept and plan.kept.id,
        "state": plan.kept and plan.kept.state,
        "at": plan.at.astimezone(zone),
        "audience": plan.audience,
        "why": plan.why,
        "lead": edition and short(edition.lead) | {"section": edition.lead_section or OTHER_NAME},
        "sections": [
            {
                "slug": section.slug,
                "name": section.name or OTHER_NAME,
                "articles": [short(article) for article in section.articles],
            }
            for section in (edition.sections if edition else ())
        ],
        "corrections": [
            {"id": told.id, "article": told.article, "title": told.title, "note": told.note}
            for told in (plan.edition.corrections if plan.edition else ())
        ],
        "had_elsewhere": dict(plan.elsewhere),
        "left_out": [_left_row(left) for left in plan.selection.leftouts],
    } | ({"changed_since": str(changed)} if plan.draft else {})


def explanation_row(one: "Explanation") -> dict[str, Any]:
    """Why an article is in an edition, or not, and what earlier ones did."""
    return {
        "id": one.article.id,
        "title": one.article.title,
        "edition": one.edition,
        "in": one.inside,
        "section": one.section,
        "why": one.why,
        "topics": [{"topic": topic.slug, "why": topic.why} for topic in one.article.topics],
        "editions": one.history,
        "corrections": [{"note": told.note, "at": told.at} for told in one.corrections],
    }


def progress_row(progress: "Progress", zone: tzinfo) -> dict[str, Any]:
    """An edition and its deliveries."""
    return {
        "edition": progress.edition,
        "newsletter": progress.newsletter,
        "at": progress.at.astimezone(zone),
        "state": progress.state,
        "why": progress.why,
        "subject": progress.subject,
        "audience": progress.audience,
        "counts": {state.value: count for state, count in progress.counts.items()},
        "uncertain": progress.uncertain,
        "failed": [{"email": one.email, "why": one.why} for one in progress.failed],
        "skipped": [{"email": one.email, "why": one.why} for one in progress.skipped],
        "deferred": [{"email": one.email, "why": one.why} for one in progress.deferred],
        "next_due": progress.next_due,
        "rate": progress.rate,
        "eta": progress.eta,
        "eta_why": progress.eta_why,
        "sender": progress.sender,
        "last_answer": progress.last_answer
        and {"at": progress.last_answer.at, "said": progress.last_answer.said},
    }


def enrolled_row(done: "Enrolled", *, dry: bool) -> dict[str, Any]:
    """What an import did; rows that are no readers up to a thousand."""
    from digest.core.readers.reader import Enrolment

    return {
        "added": done.counts[Enrolment.ADDED],
        "updated": done.counts[Enrolment.UPDATED],
        "unchanged": done.counts[Enrolment.UNCHANGED],
        "left_earlier": done.counts[Enrolment.GONE],
        "newsletters": [
            {
                "newsletter": slug,
                "joined": one.joined,
                "left": one.left,
                "stayed_out": one.stayed_out,
            }
            for slug, one in done.newsletters.items()
        ],
        "kept_choices": done.kept,
        "rejections": done.rejections,
        "rejected": [
            {"line": one.line, "reason": one.reason, "address": one.address}
            for one in done.rejected
        ],
        "kept_out": done.kept_out,
        "waiting": done.waiting,
        "ignored_columns": done.ignored,
        "other_newsletters": done.elsewhere,
        "dry_run": dry,
    }


def reader_row(reader: "Reader") -> dict[str, Any]:
    """Everything that we hold about a reader."""
    return {
        "email": reader.email,
        "name": reader.name,
        "tier": reader.tier,
        "tier_until": reader.tier_until,
        "topics": reader.topics,
        "authors": reader.authors,
        "added": reader.added,
        "format": reader.format,
        "paused_until": reader.paused_until,
        "catch_up": reader.catch_up,
        "subscriptions": [
            {
                "newsletter": one.newsletter,
                "status": one.standing,
                "since": one.since,
                "until": one.until,
                "cadence": one.cadence,
            }
            for one in reader.subscriptions
        ],
        "suppressions": [
            {
                "newsletter": one.scope or "all",
                "why": one.why,
                "reason": one.reason,
                "at": one.at,
            }
            for one in reader.suppressions
        ],
    }


def person_row(person: "Person") -> dict[str, Any]:
    """A reader, and every row of every table about them; bytes as hexadecimal digits."""
    held = {table: [_legible(row) for row in rows] for table, rows in person.held.items()}
    reader = reader_row(person.reader) if person.reader else {}
    return reader | {"held": held}


def _legible(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}


def share_row(standing: str, share: "Shown | None") -> dict[str, Any]:
    """What one reader gets of an edition, as JSON has it."""
    row: dict[str, Any] = {"reader": standing, "share": None}
    if share:
        stories = [
            {"id": entry.article, "title": entry.title, "in": shown, "why": why}
            for entry, shown, why in share.stories
        ]
        subject = share.words.subject if share.choice else None
        row["share"] = {"subject": subject, "why": share.why, "articles": stories}
        row["share"]["corrections"] = [told.id for told in share.told]
    return row
