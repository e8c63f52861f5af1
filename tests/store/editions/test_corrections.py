"""Who is told of which correction, over any sequence of editions, edits and mishaps."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from sqlmodel import col

from digest.core.articles.correction import correction_flags, corrections_of
from digest.core.editions.selection import Selection
from digest.core.message.fragments import SubjectLine
from digest.core.message.story_choice import Choice, StoryForm
from digest.store.editions import audience, corrections, edition_contents
from digest.store.editions.corrections import CorrectionRecipients
from digest.store.message import encoded_editions
from digest.store.readers.bulk_subscribe import enrol_all
from digest.store.tables.deliveries import DeliveryRow
from digest.store.tables.editions import VariantRow
from tests.builders import MONDAY, a_selection
from tests.examples import examples
from tests.stock import a_reader, contents, keep_article, new_store

READERS = range(1, 5)
ENDS = st.sampled_from(["sent", "sent", "sent", "uncertain", "failed", "skipped", "pending"])
EDITIONS = st.lists(
    st.tuples(
        st.lists(st.tuples(ENDS, st.booleans()), min_size=4, max_size=4),
        st.sampled_from(["", "edit", "correct", "correct"]),
        st.booleans(),
    ),
    min_size=4,
    max_size=6,
)
ALL_WELL = [("sent", True)] * 4


class Model:
    """A store, and what its readers were sent and told, by our own account."""

    def __init__(self, db):
        self.db, self.at, self.article = db, MONDAY, None
        self.had: dict[int, dict[int, int]] = {reader: {} for reader in READERS}
        self.told: Counter[tuple[int, int]] = Counter()
        self.versions: Counter[int] = Counter()
        self.right: dict[int, tuple[int, int]] = {}
        people = [a_reader(f"r{n}@reader.example") for n in READERS]
        db.write(enrol_all, people, ["weekly"], MONDAY - timedelta(days=30))

    def keep(self, number):
        said = f"Piece {number} says {self.versions[number]}."
        return keep_article(
            self.db,
            f"Piece {number}",
            url=f"https://harbour.example/{number}",
            body_text=said,
            body_html=f"<p>{said}</p>",
        )

    def edition(self, number, ends):
        """Freeze one with a new piece for these readers, and let their messages end so."""
        self.at += timedelta(days=1)
        self.article = self.keep(number)
        self.db.write(self._edition, number, a_selection(self.article), ends)

    def _edition(self, tx, number, selection: Selection, ends):
        due = [one.id for one in corrections.due_corrections(tx, "weekly", self.at)]
        made = edition_contents.make_edition(
            tx, "weekly", self.at, contents(selection), planned=False, now=self.at
        )
        corrections.record_told(tx, made.id, due)
        owed = CorrectionRecipients.of(tx, due, "weekly").owed(tx, list(READERS))
        for reader, (end, wanted) in zip(READERS, ends, strict=True):
            choice = Choice((StoryForm.LEAD,), correction_flags(owed.get(reader, ())))
            if choice.code not in encoded_editions.variants(tx, made.id, [choice.code]):
                encoded_editions.add_variants(tx, made.id, [(choice, SubjectLine("x", ""))])
            row = audience.blank(made.id, self.at) | {
                "subscriber_id": reader,
                "subscription_id": reader,
                "variant_id": encoded_editions.variants(tx, made.id, [choice.code])[choice.code],
                "articles": b"\1" if wanted else b"",
                "state": end,
                "why": "",
            }
            tx.execute(insert(DeliveryRow), [row])
            if end in {"sent", "uncertain"} and wanted:
                self.had[reader][number] = self.versions[number]
            if end in {"sent", "uncertain", "pending"}:
                self.told.update((reader, one) for one in corrections_of(choice.code))
                for one in corrections_of(choice.code):
                    piece, version = self.right[one]
                    assert self.had[reader].get(piece, version) < version, "told without a reason"
        audience.seal(tx, made.id, self.at)

    def edit(self, number):
        self.versions[number] += 1
        self.article = self.keep(number)

    def correct(self, number):
        self.edit(number)
        assert self.article
        one = self.db.write(
            corrections.store_correction,
            self.article.id,
            self.article.content_hash,
            "It was wrong.",
            self.at,
        )
        self.right[one] = (number, self.versions[number])

    def owing(self):
        """Who has yet to be told of what."""
        return {
            (reader, one)
            for one, (piece, version) in self.right.items()
            for reader in READERS
            if self.had[reader].get(piece, version) < version and not self.told[reader, one]
        }


@settings(max_examples=examples(8), deadline=None, phases=(Phase.explicit, Phase.generate))
@given(EDITIONS)
def test_whatever_happens_each_is_told_once_if_they_had_the_old_text(sequence):
    with TemporaryDirectory() as folder:
        db = new_store(Path(folder))
        model = Model(db)
        for number, (ends, then, older) in enumerate(sequence):
            model.edition(number, ends)
            which = number // 2 if older else number
            if then:
                getattr(model, then)(which)
            assert max(model.told.values(), default=0) <= 1
        owing = model.owing()
        debts = {one: db.read(CorrectionRecipients.of, [one], "weekly") for one in model.right}
        counted = {one: sum(db.read(had.unsaid, one).values()) for one, had in debts.items()}
        assert {one: n for one, n in counted.items() if n} == Counter(one for _, one in owing)
        model.edition(99, ALL_WELL)
        assert model.owing() == set()
        assert max(model.told.values(), default=0) <= 1
        db.close()


def test_the_parts_of_the_model_are_those_of_the_store(db):
    """A model that told nobody anything would hold as well."""
    model = Model(db)
    model.edition(0, ALL_WELL)
    model.correct(0)
    assert len(model.owing()) == 4
    model.edition(1, ALL_WELL)
    assert sum(model.told.values()) == 4
    codes = db.read(lambda tx: tx.execute(select(col(VariantRow.code))).scalars().all())
    assert "L+fix1+fixes" in codes
    assert db.read(lambda tx: tx.execute(text("SELECT count(*) FROM edition_correction")).scalar())
