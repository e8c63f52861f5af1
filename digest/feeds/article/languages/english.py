"""What pages in English say."""

from digest.feeds.article.languages.language import Language

ENGLISH = Language(
    code="en",
    common="the and of to that is was for with his her they are from have has had not been which"
    " who this were their it its at by you your our we our all get how what when will",
    months=(
        ("january", "jan"),
        ("february", "feb"),
        ("march", "mar"),
        ("april", "apr"),
        ("may",),
        ("june", "jun"),
        ("july", "jul"),
        ("august", "aug"),
        ("september", "sep", "sept"),
        ("october", "oct"),
        ("november", "nov"),
        ("december", "dec"),
    ),
    weekdays="(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?",
    zones={
        "utc": 0,
        "gmt": 0,
        "bst": 60,
        "cet": 60,
        "cest": 120,
        "est": -300,
        "edt": -240,
        "cst": -360,
        "cdt": -300,
        "mst": -420,
        "mdt": -360,
        "pst": -480,
        "pdt": -420,
    },
    day_first=False,
    on="on",
    at="at",
    oclock=r"o['’]clock",
    by=r"(?:(?:written|reported|words|story|text|article|analysis|review|posted|published"
    r"|interview|commentary|opinion)\s+)?by|authors?\s*(?=:)|(?:words|text|story)\s*(?=:)",
    by_name="by",
    conjunction="and|with",
    affiliation="for|from|in|at|of",
    role=r"editors?|writers?|reporters?|correspondents?|columnists?|contributors?|contributing"
    r"|staff|journalists?|producers?|bureau|desk|associated press|reuters|afp|ap|bloomberg"
    r"|news service|news agency",
    published="(?:first )?published|posted|date",
    updated="(?:last )?(?:updated|modified|revised|edited)",
    reading_time=r"\d+[\s\-]*(?:min(?:ute)?s?)(?:\s+read)?|reading time:?.{0,20}",
    photo=r"(?:(?:featured|main|header|cover|top|lead|title)\s+)?(?:photos?|photography|photographs?"
    r"|images?|pictures?|illustrations?|graphics?)(?:\s+(?:credits?|source|courtesy))?|credits?",
    photo_by=r"by|courtesy\s+of",
    courtesy="via|courtesy|by|from",
    related=r"related(?:\s+(?:articles?|stor(?:y|ies)|posts?|content|coverage|news|reading|links"
    r"|topics|pieces))?|read\s+(?:more|also|next|this\s+next)|more\s+(?:on|from|about)\s+.{2,50}"
    r"|(?:see|read)\s+also|also\s+read|you\s+(?:may|might)\s+(?:also\s+)?(?:like|enjoy).{0,20}"
    r"|recommended(?:\s+(?:for\s+you|reading|stories|articles))?|(?:further|suggested)\s+reading"
    r"|(?:more|other|latest|top|popular)\s+(?:news|stories|articles|posts|headlines)|keep\s+reading"
    r"|(?:up|read)\s+next|what\s+to\s+read\s+next|in\s+case\s+you\s+missed\s+it"
    r"|most\s+(?:read|popular)|trending(?:\s+now)?|from\s+the\s+archives?|elsewhere",
    furniture=r"(?:tags|filed\s+under|keywords)\s*:\s*.{1,150}|\d+[\s-]*min(?:ute)?s?\s+read|advertisements?|ad|sponsored|share(?:\s+(?:this(?:\s+\w+)?|on\s+\w+|via\s+\w+))?"
    r"|print|e-?mail|tweet|facebook|twitter|x|linkedin|whatsapp|pinterest|reddit|copy\s+link"
    r"|save|listen(?:\s+to\s+this\s+\w+)?|comments?|\d+\s+comments?|leave\s+a\s+comment"
    r"|skip\s+to\s+(?:main\s+)?content|(?:article|story)\s+continues\s+(?:below|after)\s+.{2,30}"
    r"|continue\s+reading|home|menu|search|log\s*in|sign\s+in|back\s+to\s+top|close|next|previous"
    r"|(?:copyright\s*)?(?:©|\(c\)|copyright)\s*\d{4}.{0,120}|.{0,80}all\s+rights\s+reserved\.?"
    r"|follow\s+us(?:\s+on\s+.{2,60})?|terms(?:\s+of\s+(?:use|service))?|privacy(?:\s+policy)?"
    r"|contact(?:\s+us)?|about(?:\s+us)?|(?:accept|reject|allow)\s+all(?:\s+cookies)?|cookie\s+settings"
    r"|manage\s+(?:cookies|preferences|choices)|\d[\d,.]*\s+(?:shares|likes|views|reactions)"
    r"|(?:we|we\s+and\s+our\s+partners|this\s+(?:web)?site)\s+uses?\s+(?:\w+\s+){0,3}cookies\s*(?:\.|,?\s*(?:to|and|for|on|in|so)\b.{0,220})"
    r"|by\s+(?:continuing|using|browsing|clicking)\b.{0,80}\b(?:site|page|agree|accept|consent)\w*\b.{0,80}\bcookies?\b.{0,80}|show\s+comments",
    pitch=r"(?:please\s+)?(?:subscribe|sign\s+up|join|become\s+an?|donate|register|support|help\s+us"
    r"|get|don['’]t\s+miss|never\s+miss|start\s+your|try|unlock|upgrade|stay|give|contribute)\b"
    r"|(?:enjoyed?|enjoying|liked?|loved?)\s+(?:this|reading|what|our)\b|if\s+you\s+(?:lik|enjoy|lov)(?:e|ed)?"
    r"|already\s+an?|not\s+(?:yet\s+)?an?|(?:this|the)\s+(?:article|story|content|post)\s+is"
    r"|want\s+(?:more|to\s+read|unlimited)|enter\s+your|your\s+e-?mail|you\s+(?:have|['’]ve)"
    r"|(?:limited|special)\s+(?:time\s+)?offer|(?:our|the)?\s*(?:\w+\s+){0,2}newsletters?\b"
    r"|by\s+(?:signing\s+up|subscribing)|no\s+spam|we\s+(?:depend|rely)\s+on|readers\s+like\s+you",
    pitch_heading=r"(?:keep|continue)\s+reading\s+with\s+.{2,40}|what['’]?s\s+included\??|what\s+you\s+get.?|why\s+(?:subscribe|join|support.*)\??"
    r"|choose\s+(?:your|a)\s+(?:plan|subscription).{0,10}|subscription\s+(?:options|plans|benefits)"
    r"|(?:member|subscriber)(?:ship)?\s+benefits|your\s+(?:subscription|membership)\s+includes:?"
    r"|(?:benefits|includes)\s*:?|(?:digital|print|all)\s+access|subscri(?:be|ption)s?",
    button=r"(?:subscribe|sign\s+(?:me\s+)?up|join|donate|give|contribute|register|log\s+in|sign\s+in"
    r"|become\s+a\s+member|get\s+started|get\s+access|start\s+(?:your\s+)?(?:free\s+)?trial"
    r"|see\s+(?:all\s+)?(?:plans|offers|options)|buy\s+now|order\s+now|learn\s+more|support\s+us"
    r"|try\s+it\s+free|claim\s+(?:this\s+)?offer)(?:\s+(?:now|today|here|free))*\s*[!.›»→]*",
    offer=r"terms\s+of\s+(?:use|service)|privacy\s+policy|subscri(?:b|pt)\w*|members?(?:hips?)?|supporters?|newsletters?|inbox|paywall|ad[\s-]free"
    r"|digital\s+(?:access|edition)|print\s+edition|(?:unlimited|full|exclusive|instant)\s+access"
    r"|exclusive|(?:free|risk[\s-]free)\s+trial|cancel\s+any\s*time|money[\s-]back"
    r"|(?:[$€£]\s?\d[\d.,]*|\d[\d.,]*\s?[€£])\s*(?:/|a|per)\s*\w+|(?:past|back)\s+issues"
    r"|issues\s+(?:per|a|each)\s+year|per\s+(?:month|year|week|issue)|donat(?:e|ion)s?|magazine"
    r"|independent\s+journalism|our\s+(?:journalis[mt]s?|reporting|readers|work|archive)"
    r"|e-?mail\s+(?:address|alerts|updates)|(?:our|weekly|daily|free)\s+e-?mails?|special\s+offer"
    r"|free\s+(?:articles?|stories)|(?:article|story)\s+limit|(?:a|another)\s+(?:story|issue)"
    r"|\d[\d,.]*\+?\s+(?:other\s+)?(?:readers|people)|audio\s+(?:edition|provided)|spam"
    r"|sign(?:ing)?\s+up\s+(?:now|today|here|free)|support\s+(?:us|our)",
    invitation=r"subscribe|get|discover|enjoy|join|delve|explore|unlock|stay|support|access|choose"
    r"|try|save|receive|help\s+us|become|don['’]t\s+miss|never\s+miss|sign\s+up|start|upgrade|donate"
    r"|read\s+(?:unlimited|every|all|our)|gain|experience|immerse|dive|be\s+the\s+first|give",
    address=r"we\s+(?:bring|offer|deliver|give|provide|publish|send|need|depend|rely|cover)|you['’]ll"
    r"|bring(?:s|ing)?\s+you|our\s+(?:readers?|subscribers?|members?|journalis[mt]s?|reporters?"
    r"|reporting|magazine|newsletters?|pages|coverage|website|work)|your\s+(?:inbox|support"
    r"|subscription|membership|e-?mail|contribution|donation|gift|help)|you\s+(?:can|get|will\s+get)",
    narrative=r"said|says|told|asked|according\s+to|reported|announced|argued|added|wrote|was|were|had"
    r"|has\s+been|have\s+been",
)
