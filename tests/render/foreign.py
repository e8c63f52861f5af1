"""Editions in other languages: German, and Arabic with names and titles from the other side."""

from dataclasses import replace
from datetime import timedelta

from digest.core.articles.topic_rules import TopicRule
from digest.core.editions.edition import Edition
from digest.core.newsletters.newsletter import Publication
from tests.builders import MONDAY, a_newsletter, a_publication, an_article, an_edition, related


def in_german() -> tuple[Edition, Publication]:
    """An edition of a publication in Austria."""
    publication = a_publication(
        name="Die Hafenschau", postal_address="Kaistraße 1, 20457 Hamburg", language="de-AT"
    )
    newsletter = a_newsletter(
        title="Hafen am Montag",
        topics=(
            TopicRule("world", "Welt"),
            TopicRule("science", "Forschung"),
            TopicRule("economy", "Wirtschaft"),
        ),
        intro="Guten Morgen.",
    )
    pieces = (
        _piece("Die Fähre, die warten lernte", "world", "Jonas Weil", words=1480),
        _piece("Ein Grenzposten sagt guten Morgen", "world", "Mara Lind", words=300),
        _piece("Drei Botschaften, ein undichtes Dach", "world", "Mara Lind", words=200),
        _piece("Moos mit Gedächtnis", "science", "Jürgen Groß", "Zoë Weiß", words=230),
        _piece("Bäcker gegen die Stechuhr", "economy", "Ada Ferrer", "Bo Lin", "Cy Tan"),
        _piece("Briefe: von Ratten und Tauen", "", words=0),
    )
    lead = replace(pieces[0], related=related("Was im Vertrag steht", "Das Logbuch"))
    return an_edition(lead, *pieces[1:], newsletter=newsletter), publication


def in_arabic() -> tuple[Edition, Publication]:
    """From right to left, with Latin names, numbers and a title in English."""
    publication = a_publication(
        name="مجلة الميناء", postal_address="شارع الرصيف 1، 20457 Hamburg", language="ar"
    )
    newsletter = a_newsletter(
        title="رسالة الميناء",
        topics=(
            TopicRule("world", "العالم"),
            TopicRule("science", "العلوم"),
            TopicRule("economy", "الاقتصاد"),
        ),
        intro="صباح الخير من رصيف رقم 12.",
    )
    pieces = (
        _piece("العبّارة التي تعلمت الانتظار", "world", "نورة السالم", words=1480),
        _piece("مركز حدودي يقول صباح الخير", "world", "Mara Lind", words=300),
        _piece("ثلاث سفارات وسقف واحد", "world", "Mara Lind", words=460),
        _piece("Moss that remembers the weather", "science", "Priya Raman", words=230),
        _piece("الخبازون ضد ساعة الدوام", "economy", "Ada Ferrer", "سامي حداد", "Cy Tan"),
        replace(_piece("رسائل القراء", "", words=0), url=""),
    )
    lead = replace(pieces[0], related=related("ماذا تقول المعاهدة", "A captain’s log (1962)"))
    english = replace(pieces[3], summary="What the moss knew, and when. It is 40 years old.")
    return an_edition(lead, *pieces[1:3], english, *pieces[4:], newsletter=newsletter), publication


def _piece(title: str, topic: str, *authors: str, words: int = 700):
    arabic = any("\u0600" <= letter <= "\u06ff" for letter in title)
    summary = "كل ما يمكن قوله عن ذلك في 3 جمل قصيرة." if arabic else "Was dazu zu sagen ist, kurz."
    return an_article(
        title,
        topic=topic,
        authors=authors,
        published=MONDAY - timedelta(days=len(title) % 6 + 1),
        summary=summary,
        body_text=summary,
        words=words,
    )
