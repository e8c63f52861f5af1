"""What pages in German say."""

from digest.feeds.article.languages.language import Language

GERMAN = Language(
    code="de",
    common="der die das und ist nicht ein eine einen einem einer den dem des mit von zu zum zur im"
    " auf für sich auch als nach bei aus seit werden wird wurde hat sind sie wir ihr ihre ihren"
    " unsere unseren jetzt mehr alle noch nur schon über um am",
    months=(
        ("januar", "jänner", "jan"),
        ("februar", "feber", "feb"),
        ("märz", "mär", "mrz"),
        ("april", "apr"),
        ("mai",),
        ("juni", "jun"),
        ("juli", "jul"),
        ("august", "aug"),
        ("september", "sept", "sep"),
        ("oktober", "okt"),
        ("november", "nov"),
        ("dezember", "dez"),
    ),
    weekdays="(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag"
    r"|(?:mo|di|mi|do|fr|sa|so)\.)",
    zones={"mez": 60, "mesz": 120},
    day_first=True,
    on="am|vom|den",
    at="um",
    oclock="uhr",
    by=r"(?:ein\s+(?:artikel|beitrag|text|gastbeitrag|kommentar|interview)|geschrieben|verfasst"
    r"|aufgezeichnet|text|bericht|reportage)\s+von|(?:autor(?:in)?(?:en)?|text|verfasser(?:in)?)"
    r"\s*(?=:)",
    by_name=r"von\s+(?:der|unserem|unserer|unseren)(?=\s+(?:redakt|korrespond|reporter|agentur))|von",
    conjunction="und",
    affiliation="für|aus|in",
    role=r"(?:\w+)?redakt(?:eur(?:in)?|ion)(?:en)?|(?:\w+)?korrespondent(?:in)?(?:en)?|reporterin"
    r"|volontär(?:in)?|gastautor(?:in)?|freie[r]?\s+(?:autor(?:in)?|journalist(?:in)?)"
    r"|journalistin|kolumnist(?:in)?|(?:nachrichten)?agentur(?:en)?|dpa|epd|kna|sid|apa",
    published=r"(?:erst)?veröffentlicht|erschienen|datum|publiziert|vom",
    updated=r"(?:zuletzt\s+)?(?:aktualisiert|geändert|bearbeitet)|stand",
    reading_time=r"\d+\s*min(?:uten?|\.)?(?:\s+lese(?:zeit|dauer))?|lese(?:zeit|dauer):?.{0,20}",
    photo=r"(?:(?:symbol|titel|aufmacher|beitrags|archiv|vorschau)-?)?(?:fotos?|bild(?:er)?)"
    r"|fotografien?|abbildung|grafik|(?:foto|bild)-?(?:nachweis|quelle|rechte|credits?)",
    photo_by="von",
    courtesy="dpa|epd|picture|imago|privat|mit freundlicher",
    related=r"lesen\s+sie\s+(?:auch|(?:hier\s+)?mehr|dazu|weiter).{0,30}|lies\s+auch|mehr\s+(?:zum\s+thema"
    r"|dazu|aus\s+.{2,40}|über\s+.{2,40}|zu\s+.{2,40})|auch\s+interessant|zum\s+thema"
    r"|das\s+könnte\s+(?:sie|dich)\s+(?:auch\s+)?interessieren|weitere\s+(?:artikel|beiträge"
    r"|nachrichten|meldungen|themen)|ähnliche\s+(?:artikel|beiträge|themen)|verwandte\s+\w+"
    r"|(?:meist\s?gelesen|am\s+meisten\s+gelesen)(?:e\s+\w+)?|weiterlesen|siehe\s+auch"
    r"|passend\s+dazu|aus\s+dem\s+archiv|(?:neueste|aktuelle|beliebte)\s+(?:artikel|beiträge"
    r"|nachrichten|meldungen)|empfohlene\s+\w+|unsere\s+empfehlungen?",
    furniture=r"(?:schlagw[oö]rte?r?|schlagworte|stichworte|tags)\s*:\s*.{1,150}|anzeigen?|werbung|teilen|(?:auf|per|via|bei)\s+\w[\w-]*\s+teilen|(?:artikel|beitrag|seite)\s+"
    r"(?:teilen|drucken|versenden|merken|vorlesen|(?:an)?hören)|drucken|merken|vorlesen|anhören"
    r"|(?:\d+\s+)?kommentare?(?:\s+(?:schreiben|anzeigen|lesen))?|link\s+kopieren|menü|suche[n]?"
    r"|startseite|zum\s+(?:haupt)?inhalt(?:\s+springen)?|nach\s+oben|zurück(?:\s+nach\s+oben)?"
    r"|impressum|datenschutz(?:erklärung)?|agb|kontakt|über\s+uns|anmelden|einloggen|schließen"
    r"|(?:der\s+)?artikel\s+(?:geht|wird)\s+(?:unten|nach)\s+.{2,30}|(?:©|\(c\)|copyright)\s*\d{4}.{0,120}"
    r"|.{0,80}alle\s+rechte\s+vorbehalten\.?|folgen\s+sie\s+uns(?:\s+auf\s+.{2,60})?"
    r"|alle\s+(?:cookies\s+)?(?:akzeptieren|ablehnen)|(?:cookie-?)?einstellungen|nur\s+notwendige.{0,20}"
    r"|(?:wir|wir\s+und\s+unsere\s+partner|diese\s+(?:website|webseite|seite))"
    r"\s+(?:verwenden|nutzen|setzen|verwendet|nutzt)\s+(?:\w+\s+){0,2}cookies\s*(?:\.|,?\s*(?:um|und|für|zur|zum|auf|damit)\b.{0,220})",
    pitch=r"mit\s+(?:der|ihrer|deiner)\s+(?:anmeldung|registrierung)|(?:jetzt|hier|bitte)\s+(?:\S+\s+){0,5}(?:abonnieren|testen|anmelden|registrieren|bestellen|spenden"
    r"|sichern|lesen|unterstützen|kündigen)|abonnieren\s+sie|abonniere[n]?|melden\s+sie\s+sich|melde\s+dich"
    r"|unterstützen\s+sie|unterstütze|werden\s+sie|werde|sichern\s+sie|testen\s+sie|lesen\s+sie"
    r"|erhalten\s+sie|bestellen\s+sie|registrieren\s+sie|spenden\s+sie|verpassen\s+sie"
    r"|sie\s+haben|haben\s+sie|noch\s+kein\s+abo|(?:bereits|schon)\s+(?:abonn|mitglied|registriert)\w*|dieser\s+(?:artikel|beitrag|text)\s+ist"
    r"|(?:hat|gefällt)\s+(?:ihnen|dir)|ihnen\s+gefällt|wenn\s+(?:ihnen|dir)|ihre\s+e-?mail.*"
    r"|unsere?n?\s+(?:\w+\s+){0,2}(?:newsletter|angebot|abo)\b|newsletter\b|für\s+nur|weiterlesen\s+mit",
    pitch_heading=r"weiterlesen\s+mit\s+.{2,40}|(?:ihre|deine|alle)\s+vorteile(?:\s+.{2,30})?:?|das\s+(?:ist|bekommen\s+sie)\s+.{2,30}"
    r"|was\s+(?:ist\s+)?(?:enthalten|inbegriffen|drin)\s*\??|(?:unsere\s+)?(?:abos?|angebote|newsletter)"
    r"|abonnements?|ihre\s+e-?mail(?:-?adresse)?",
    button=r"(?:(?:jetzt|hier|gleich|kostenlos|zum|zur|zu|den|unsere[n]?|newsletter|mich|mehr|weiter)\s+)*"
    r"(?:abonnieren|anmelden|registrieren|bestellen|testen|spenden|unterstützen|angebote?n?|abo"
    r"|mitglied\s+werden|abonnent(?:in)?\s+werden|einloggen|probeabo|lesen)(?:\s+(?:und\s+\w+|jetzt))?"
    r"\s*[!.›»→]*",
    offer=r"datenschutz\w*|nutzungsbedingungen|(?:\w+-?)?abo(?:s|nnement\w*|nnier\w*|nnent\w*)?|newsletters?|mitglied(?:er|schaft)?"
    r"|posteingang|kostenlos(?:en?)?|gratis|(?:jeder|monatlich)(?:zeit)?\s+kündbar|kündbar"
    r"|(?:unbegrenzt|unbeschränkt|exklusiv|voll)\w*|digital(?:e|en|er)?\s+(?:ausgabe|zugang|abo)|e-?paper"
    r"|\d[\d.,]*\s?(?:€|euro|franken|chf)(?:\s+(?:im|pro|je|monatlich|/).{0,12})?|€\s?\d[\d.,]*"
    r"|(?:pro|im)\s+(?:monat|jahr|woche)|spenden?|unabhängig\w+\s+journalismus|werbefrei\w*"
    r"|probe(?:monat|abo|woche)|zugang|zugriff|e-?mail-?adresse|(?:jetzt|hier)\s+(?:an|ab|re)\w+en"
    r"|unser\w*\s+(?:journalismus|arbeit|redaktion)|vorteil\w*",
    invitation=r"abonnieren|lesen\s+sie|erhalten\s+sie|entdecken\s+sie|genießen\s+sie|sichern\s+sie"
    r"|testen\s+sie|bleiben\s+sie|werden\s+sie|melden\s+sie|unterstützen\s+sie|verpassen\s+sie|jetzt"
    r"|erleben\s+sie|wählen\s+sie|danach|exklusiv|profitieren\s+sie|freuen\s+sie",
    address=r"wir\s+(?:bieten|liefern|schicken|senden|informieren|brauchen|berichten)|für\s+sie"
    r"|ihre[nrms]?\s+(?:e-?mail|posteingang|unterstützung|abo|spende|vorteile)|unsere[nrms]?\s+"
    r"(?:les\w+|abonnent\w+|newsletter|redaktion|artikel|magazin|journalismus|arbeit)|können\s+sie",
    narrative=r"sagte[n]?|sagt|erklärte[n]?|berichtete[n]?|teilte[n]?|zufolge|laut|war|waren|hatte[n]?"
    r"|wurde[n]?|habe|seien|sei|fragte|schrieb|fand|meldete|nannte",
)
