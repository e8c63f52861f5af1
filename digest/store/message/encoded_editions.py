"""The frozen bytes of an edition, and the variants that readers get of it."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select
from sqlmodel import col

from digest.core.message.encoded_edition import EncodedEdition, EncodedFragment
from digest.core.message.fragments import SubjectLine
from digest.core.message.story_choice import Choice, StoryEntry
from digest.store.database.database import Tx
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import EditionRow, FragmentRow, VariantRow


@dataclass(frozen=True, slots=True)
class Variant:
    """What some readers get of an edition."""

    id: int
    choice: Choice
    words: SubjectLine


def save_encoded(tx: Tx, edition: int, encoded: EncodedEdition) -> None:
    """Write an edition's bytes down, with what a reader without wishes gets."""
    listed = json.dumps([asdict(entry) for entry in encoded.entries], default=datetime.isoformat)
    rows = [_row(edition, "head", encoded.head), _row(edition, "entries", listed.encode())]
    for part, pieces in (("html", encoded.html), ("text", encoded.text)):
        rows += [
            _row(edition, f"{part} {n:05} {piece.label}", piece.content, piece.size)
            for n, piece in enumerate(pieces)
        ]
    tx.execute(insert(FragmentRow), rows)
    add_variants(tx, edition, [(encoded.choice, encoded.words)], standard=True)


def _row(edition: int, name: str, content: bytes, size: int = 0) -> dict[str, object]:
    return {"edition_id": edition, "name": name, "content": content, "size": size}


def add_variants(
    tx: Tx, edition: int, variants: Iterable[tuple[Choice, SubjectLine]], *, standard: bool = False
) -> None:
    """Write variants down that an edition doesn't have yet."""
    rows = [
        {
            "edition_id": edition,
            "code": choice.code,
            "standard": standard,
            "subject": words.subject,
            "preheader": words.preheader,
            "intro": words.intro,
        }
        for choice, words in variants
    ]
    if rows:
        tx.execute(insert(VariantRow), rows)


def variant_by_id(tx: Tx, number: int) -> Variant:
    """The variant of this number."""
    row = tx.execute(select(VariantRow).where(col(VariantRow.id) == number)).scalar_one()
    return _variant(row)


def variants(tx: Tx, edition: int, codes: Iterable[str]) -> dict[str, int]:
    """The numbers of those of these variants that are written down, by their codes."""
    rows = tx.execute(
        select(col(VariantRow.code), col(VariantRow.id)).where(
            col(VariantRow.edition_id) == edition, col(VariantRow.code).in_(codes)
        )
    )
    return {code: number for code, number in rows if number is not None}


def delivered(tx: Tx, edition: int, subscription: int) -> tuple[Variant | None, str] | None:
    """What a reader gets or got of an edition, and why not if nothing; None if not entered."""
    row = tx.execute(
        select(col(DeliveryRow.variant_id), col(DeliveryRow.why)).where(
            col(DeliveryRow.edition_id) == edition,
            col(DeliveryRow.subscription_id) == subscription,
        )
    ).first()
    if row is None:
        return None
    return (variant_by_id(tx, row.variant_id) if row.variant_id else None), row.why


def standard_variant(tx: Tx, edition: int) -> Variant:
    """What a reader without wishes gets of an edition."""
    row = tx.execute(
        select(VariantRow).where(
            col(VariantRow.edition_id) == edition, col(VariantRow.standard).is_(True)
        )
    ).scalar_one()
    return _variant(row)


def _variant(row: VariantRow) -> Variant:
    return Variant(
        row.id or 0, Choice.read(row.code), SubjectLine(row.subject, row.preheader, row.intro)
    )


def encoded_edition(tx: Tx, edition: int) -> EncodedEdition:
    """The frozen bytes of an edition."""
    made = tx.execute(
        select(col(EditionRow.mark), col(EditionRow.boundary)).where(col(EditionRow.id) == edition)
    ).one()
    rows = tx.execute(  # values and not objects: there are thousands, and a sender waits for them
        select(col(FragmentRow.name), col(FragmentRow.content), col(FragmentRow.size))
        .where(col(FragmentRow.edition_id) == edition)
        .order_by(col(FragmentRow.name))
    )
    parts: dict[str, list[EncodedFragment]] = {"html": [], "text": []}
    whole: dict[str, bytes] = {}
    for name, content, size in rows:
        part, _, rest = name.partition(" ")
        if part in parts:
            parts[part].append(EncodedFragment(rest.partition(" ")[2], content, size))
        else:
            whole[part] = content
    plain = standard_variant(tx, edition)
    return EncodedEdition(
        entries=_entries(whole["entries"]),
        head=whole["head"],
        html=tuple(parts["html"]),
        text=tuple(parts["text"]),
        boundary=made.boundary,
        mark=made.mark,
        choice=plain.choice,
        words=plain.words,
    )


def flagged(tx: Tx, edition: int) -> bool:
    """Whether readers of some tiers get something else than others."""
    name = col(FragmentRow.name)
    found = tx.execute(
        select(name)
        .where(
            col(FragmentRow.edition_id) == edition,
            or_(name.contains(" with "), name.endswith(" teaser")),
        )
        .limit(1)
    )
    return found.first() is not None


def story_entries(tx: Tx, edition: int) -> tuple[StoryEntry, ...]:
    """The stories of an edition, as far as choosing goes."""
    listed = tx.execute(
        select(col(FragmentRow.content)).where(
            col(FragmentRow.edition_id) == edition, col(FragmentRow.name) == "entries"
        )
    ).scalar_one()
    return _entries(listed)


def _entries(listed: bytes) -> tuple[StoryEntry, ...]:
    return tuple(_entry(one) for one in json.loads(listed))


def _entry(held: dict[str, object]) -> StoryEntry:
    since = held.pop("since")
    lists = {name: tuple(value) for name, value in held.items() if isinstance(value, list)}
    moment = datetime.fromisoformat(since) if isinstance(since, str) else None
    return StoryEntry(**(held | lists), since=moment)  # type: ignore[arg-type]


def bitset(mask: int) -> bytes:
    """A mask as the ledger keeps it: the lowest byte first."""
    return mask.to_bytes((mask.bit_length() + 7) // 8, "little")


def mask(bits: bytes) -> int:
    """The mask that a ledger row holds."""
    return int.from_bytes(bits, "little")
