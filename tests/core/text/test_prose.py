"""Text as people read it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.text import prose


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It rained. It poured.", ["It rained.", "It poured."]),
        ("Dr. Park met Sen. Ito. They spoke.", ["Dr. Park met Sen. Ito.", "They spoke."]),
        ("The U.S. Army left. It rained.", ["The U.S. Army left.", "It rained."]),
        ("She lives in the U.S. The rain is rare.", ["She lives in the U.S.", "The rain is rare."]),
        ("Rubio (R-Fla.) spoke. He left.", ["Rubio (R-Fla.) spoke.", "He left."]),
        ("J. R. R. Faro wrote. Ada read.", ["J. R. R. Faro wrote.", "Ada read."]),
        ("It costs 3.50 euros. No. 5 is free.", ["It costs 3.50 euros.", "No. 5 is free."]),
        ("The answer is no. We left.", ["The answer is no.", "We left."]),
        ("At 9 a.m. Monday it rained. At 9 p.m. It snowed.",
         ["At 9 a.m. Monday it rained.", "At 9 p.m.", "It snowed."]),
        ("“I left.” She did. (So did I.) Then no.",
         ["“I left.”", "She did.", "(So did I.)", "Then no."]),
        ("Two years.... It was loyal ... because of it.",
         ["Two years....", "It was loyal ... because of it."]),
        ("What? Why! So.", ["What?", "Why!", "So."]),
        ("今日は雨です。明日は晴れ！「はい。」終わり",
         ["今日は雨です。", "明日は晴れ！", "「はい。」", "終わり"]),
        ("no end", ["no end"]),
        ("", []),
    ],
)  # fmt: skip
def test_a_sentence_ends_where_a_reader_would_pause(text, parts):
    assert [sentence.strip() for sentence in prose.sentences(text)] == parts


@given(st.text(max_size=300))
def test_sentences_make_up_their_paragraph(text):
    assert "".join(prose.sentences(text)) == text


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        ("It rained. It poured.", "It rained. It poured."),
        ("A heading\n\nIt rained all day.", "It rained all day."),
        ("Only a heading", "Only a heading"),
        (
            "BERLIN (Wire) — The wall fell at noon. It was loud.",
            "The wall fell at noon. It was loud.",
        ),
        ("NEW YORK, March 3 – The wall fell at noon.", "The wall fell at noon."),
        ("NATO — the alliance — met at noon.", "NATO — the alliance — met at noon."),
        ("The U.S. left. " + "Long " * 60 + "end.", "The U.S. left."),
        ("word " * 100, "word " * 47 + "word…"),
        ("雨" * 500, "雨" * 239 + "…"),
        ("", ""),
    ],
)
def test_a_summary_is_whole_sentences_or_says_that_it_is_cut(body, summary):
    assert prose.summary(body) == summary


def test_a_summary_goes_on_after_a_very_short_paragraph():
    assert prose.summary("It was over now.\n\nNobody had seen it come. Nobody at all.") == (
        "It was over now. Nobody had seen it come. Nobody at all."
    )


@given(st.text(), st.integers(20, 300))
def test_a_summary_is_never_longer_than_asked(body, limit):
    summary = prose.summary(body, limit)

    assert len(summary) <= limit
    assert summary == summary.strip()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one two, three", 3),
        ("don't well-known 3.5 U.S. R&D", 6),
        ("— … !", 0),
        ("雨が降る", 2),
        ("雨 and 雪", 2),
        ("ภาษาไทย", 2),
        ("été naïve", 2),
    ],
)
def test_words_are_counted_in_every_script(text, count):
    assert prose.count_words(text) == count


@pytest.mark.parametrize(
    ("raw", "tidy"),
    [
        ("a\x00b\x07c\x7fd\x9fe", "abcde"),
        ("a\r\nb\rc\u2028d\x85e\x0cf", "a\nb\nc\nd\ne\nf"),
        ("\ufeffa\u200bb\u00adc", "abc"),
        ("a\u202eb\u202cc\u2066d\u2069", "abcd"),
        ("a\ud800b\udfff", "ab"),
        ("a\ue000b\U000f0000c\ufffed", "abcd"),
        ("e\u0301", "é"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀 \u200fא", "👩\u200d🚀 \u200fא"),
        ("a\tb  c", "a\tb  c"),
    ],
)
def test_characters_that_nobody_sees_are_taken_out(raw, tidy):
    assert prose.tidy(raw) == tidy


@given(st.text())
def test_tidy_text_stays_as_it_is(text):
    tidy = prose.tidy(text)

    assert prose.tidy(tidy) == tidy
    assert unicodedata.is_normalized("NFC", tidy)
    tidy.encode()


def test_one_line_has_single_spaces():
    assert prose.one_line(" a\n\tb\xa0 c\u3000d ") == "a b c d"
