"""German, French and Spanish pages: bylines, dates, credits, requests, and what looks like them."""

from datetime import UTC, datetime

import pytest

from digest.core.text import prose
from digest.feeds.article import dates
from digest.feeds.article.byline import byline
from digest.feeds.article.languages.english import ENGLISH
from digest.feeds.article.languages.german import GERMAN
from digest.feeds.article.photo_credit import credit
from digest.feeds.article.phrases import LANGUAGES, spoken
from digest.feeds.file import text_page

MARCH_3 = datetime(2024, 3, 3, tzinfo=UTC)
AT_9_15 = datetime(2024, 3, 3, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("3. März 2024", MARCH_3),
        ("Sonntag, 3. März 2024", MARCH_3),
        ("So., 3.3.2024", MARCH_3),
        ("3. Mrz. 2024, 9:15 Uhr", AT_9_15),
        ("03.03.2024 um 9.15 Uhr", AT_9_15),
        ("3. März 2024, 10:15 MEZ", AT_9_15),
        ("3 mars 2024", MARCH_3),
        ("dimanche 3 mars 2024", MARCH_3),
        ("1er mars 2024", datetime(2024, 3, 1, tzinfo=UTC)),
        ("3 mars 2024 à 9h15", AT_9_15),
        ("3 mars 2024 à 9 h 15", AT_9_15),
        ("3 mars 2024 à 9 h", AT_9_15.replace(minute=0)),
        ("3 févr. 2024", datetime(2024, 2, 3, tzinfo=UTC)),
        ("3 août 2024", datetime(2024, 8, 3, tzinfo=UTC)),
        ("3 de marzo de 2024", MARCH_3),
        ("3 de marzo del 2024", MARCH_3),
        ("domingo, 3 de marzo de 2024", MARCH_3),
        ("3 de marzo de 2024 a las 9:15 h", AT_9_15),
        ("3 ene 2024", datetime(2024, 1, 3, tzinfo=UTC)),
        ("3 dic. 2024", datetime(2024, 12, 3, tzinfo=UTC)),
        ("3 marzipan 2024", None),
    ],
)
def test_a_date_is_read_in_every_language(text, when):
    assert dates.parse_date(text, UTC) == when


def test_a_date_of_numbers_is_read_day_first_only_where_that_is_the_custom():
    assert dates.find_date("3/4/2024", UTC) == (0, 8, None)
    assert dates.find_date("3/4/2024", UTC, day_first=True) == (
        0,
        8,
        datetime(2024, 4, 3, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("line", "authors", "published"),
    [
        ("Von Ada Park am 3. März 2024", ["Ada Park"], MARCH_3),
        ("Von Ada Park und Ben Ito | 03.03.2024", ["Ada Park", "Ben Ito"], MARCH_3),
        ("Text: Ada Park", ["Ada Park"], None),
        ("Ein Gastbeitrag von Ada Park", ["Ada Park"], None),
        ("Von Ada Park, Redakteurin", ["Ada Park"], None),
        ("Von Ada Park (dpa)", ["Ada Park"], None),
        ("Von unserer Korrespondentin Ada Park", ["Ada Park"], None),
        ("By Staff Writer Ada Park", ["Ada Park"], None),
        ("By Reuters News Agency", ["Reuters News Agency"], None),
        ("Par Ada Park, le 3 mars 2024", ["Ada Park"], MARCH_3),
        ("Par Ada Park et Ben Ito", ["Ada Park", "Ben Ito"], None),
        ("Publié le 3 mars 2024 par Ada Park", ["Ada Park"], MARCH_3),
        ("Par Ada Park, envoyée spéciale à Lyon", ["Ada Park"], None),
        ("Propos recueillis par Ada Park", ["Ada Park"], None),
        ("Por Ada Park, 3 de marzo de 2024", ["Ada Park"], MARCH_3),
        ("Por Ada Park y Ben Ito", ["Ada Park", "Ben Ito"], None),
        ("Por José Ortega y Gasset", ["José Ortega y Gasset"], None),
        ("Publicado por Ada Park el 3 de marzo de 2024", ["Ada Park"], MARCH_3),
        ("Actualizado el 4 de marzo de 2024 - Publicado el 3 de marzo de 2024", [], MARCH_3),
        ("Stand: 3. März 2024", [], MARCH_3),
        ("Ada Park, Redakteurin", ["Ada Park"], None),
        ("Ada Park, envoyée spéciale à Lyon", ["Ada Park"], None),
        ("Ada Park, Staff Writer, March 3, 2024", ["Ada Park"], MARCH_3),
    ],
)
def test_a_byline_is_read_in_every_language(line, authors, published):
    said = byline(line, UTC)

    assert said is not None
    assert (list(said.authors), said.published) == (authors, published)


@pytest.mark.parametrize(
    "line",
    [
        "Von Haus zu Haus",
        "Von Mäusen und Menschen",
        "Von Hamburg nach Rom",
        "Von der Leyen",
        "Von Anfang an",
        "Par la fenêtre",
        "Par Toutatis",
        "Par beau temps",
        "Por la mañana",
        "Por Dios y por la patria",
        "Por favor",
        "Am 3. März 2024 fiel die Mauer",
        "Le 3 mars 2024, le mur est tombé",
        "El 3 de marzo de 2024 cayó el muro",
    ],
)
def test_a_headline_is_no_byline_in_any_language(line):
    assert byline(line, UTC) is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Foto: Ada Park / dpa", "Ada Park / dpa"),
        ("Foto: dpa", "dpa"),
        ("Bild: Ada Park", "Ada Park"),
        ("Symbolbild: Ada Park", "Ada Park"),
        ("Bildnachweis: Ada Park", "Ada Park"),
        ("Foto von Ada Park", "Ada Park"),
        ("Photo : Ada Park", "Ada Park"),
        ("Crédit photo : Ada Park", "Ada Park"),
        ("Crédits : Ada Park", "Ada Park"),
        ("Photo de Ada Park", "Ada Park"),
        ("Foto de Ada Park", "Ada Park"),
        ("Fotografía: Ada Park", "Ada Park"),
        ("Imagen: Cortesía de Ada Park", "Cortesía de Ada Park"),
        ("© Ada Park / Skerry", "Ada Park / Skerry"),
        ("© 2024 Skerry", ""),
        ("Bild von Rembrandt verkauft", ""),
        ("Foto de familia", ""),
        ("Photos de New York sous la neige", ""),
        ("Foto: eine Geschichte des Sehens", ""),
    ],
)
def test_a_photo_credit_is_read_in_every_language(line, name):
    assert credit(line) == name


def test_a_language_is_known_by_several_words_and_never_by_one():
    assert spoken("Der Hund und die Katze sind nicht da.", ENGLISH).code == "de"
    assert spoken("Le chien et le chat ne sont pas là.", ENGLISH).code == "fr"
    assert spoken("El perro y el gato no están en la casa.", ENGLISH).code == "es"
    assert spoken("The dog and the cat are at home.", GERMAN).code == "en"
    assert spoken("Und? Und! Und.", ENGLISH).code == "en"
    assert spoken("", GERMAN).code == "de"


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_every_language_is_complete(language):
    assert len(language.months) == 12
    for name in language.__slots__:
        value = getattr(language, name)
        assert value or name in {"zones", "day_first"}, name


PAGES = {
    "en": (
        "By Ada Park",
        "Far out at sea the crew and the cook eat what they have from their nets.",
    ),
    "de": (
        "Von Ada Park",
        "Weit draußen auf dem Meer essen der Koch und die Leute, was sie haben.",
    ),
    "fr": (
        "Par Ada Park",
        "Au large, le cuisinier et les marins mangent ce que la mer leur donne.",
    ),
    "es": ("Por Ada Park", "En alta mar el cocinero y los marineros comen lo que les da la red."),
}


def page_with(language, block):
    byline_, sentence = PAGES[language]
    return text_page.read_text_page(
        f"Salt\n\n{byline_}\n\n{sentence}\n\n{block}\n\n{sentence}", "page.txt", UTC
    )


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Support for the members is thin."),
        ("en", "Get a subscription to the tram and you never walk."),
        ("en", "We use cookies as bait."),
        ("en", "Par for the course."),
        ("de", "Jetzt ist die Brücke für alle kostenlos."),
        ("de", "Ab Montag gilt das Abo für alle Züge."),
        ("de", "Werden Sie Bauer, rät der Pfarrer seinen Mitgliedern."),
        ("de", "Von Hamburg bis Rom ist es weit."),
        ("de", "Die Zeitung kostet 2 € im Monat."),
        ("fr", "Les abonnés du train restent à quai."),
        ("fr", "Dès lundi, l’accès au pont est gratuit."),
        ("fr", "Cet article est gratuit au marché."),
        ("fr", "Par beau temps, le pont est ouvert."),
        ("es", "Los socios del club no pagan."),
        ("es", "El boletín municipal es gratuito."),
        ("es", "Recibe cada vecino un pan gratis."),
        ("es", "Por la mañana el puente está abierto."),
    ],
)
def test_a_sentence_that_sounds_like_a_request_stays(language, sentence):
    assert sentence in page_with(language, sentence).body_text


@pytest.mark.parametrize(
    ("language", "request_"),
    [
        ("en", "Subscribe to our newsletter."),
        ("en", "We use cookies to improve your visit. Read our policy."),
        ("de", "Abonnieren Sie unseren Newsletter."),
        ("de", "Unterstützen Sie unsere Arbeit mit 5 € im Monat."),
        ("de", "Wir verwenden Cookies, um Ihren Besuch zu verbessern."),
        ("de", "Auf Facebook teilen"),
        ("fr", "Abonnez-vous à notre newsletter."),
        ("fr", "Soutenez notre travail, dès 5 € par mois."),
        ("fr", "Nous utilisons des cookies pour améliorer votre visite."),
        ("fr", "12 commentaires"),
        ("es", "Suscríbete a nuestro boletín."),
        ("es", "Apoya nuestro trabajo desde 5 € al mes."),
        ("es", "Utilizamos cookies para mejorar tu visita."),
        ("es", "Compartir en WhatsApp"),
    ],
)
def test_a_request_and_the_furniture_of_the_page_go(language, request_):
    assert request_ not in page_with(language, request_).body_text


@pytest.mark.parametrize(
    "line", ["Ada Park, 3. März 2024", "Ada Park, 3 mars 2024", "Ada Park, March 3, 2024"]
)
def test_a_name_and_a_date_are_a_byline_between_title_and_text_only(line):
    above = text_page.read_text_page(f"Salt\n\n{line}\n\n{PAGES['en'][1]}", "page.txt", UTC)
    below = text_page.read_text_page(
        f"Salt\n\n{PAGES['en'][1]}\n\n{line}\n\nThat was it.", "page.txt", UTC
    )

    assert (above.authors, above.published) == (("Ada Park",), MARCH_3)
    assert line in below.body_text


@pytest.mark.parametrize("text", ["„Ja, so ist es.“", "»Ja, so ist es.«", "‚Ja.‘", "« C’est ça. »"])
def test_a_quotation_ends_a_sentence_in_every_language(text):
    assert prose.is_sentence(text)


def test_a_quotation_ends_one_sentence_and_the_next_begins():
    told = "„Ja.“ Dann ging er. « Oui. » Said Ada. “No,” said Ben."

    assert [one.strip() for one in prose.sentences(told)] == [
        "„Ja.“",
        "Dann ging er.",
        "« Oui. »",
        "Said Ada.",
        "“No,” said Ben.",
    ]
