"""What pages in Spanish say."""

from digest.feeds.article.languages.language import Language

SPANISH = Language(
    code="es",
    common="el la los las de del y que en un una es por con para no se su sus al lo como más pero"
    " fue ha han este esta nuestro nuestra nuestros tu te sin desde hasta cada todo todos son era"
    " según ya le nos",
    months=(
        ("enero", "ene"),
        ("febrero", "feb"),
        ("marzo", "mar"),
        ("abril", "abr"),
        ("mayo", "may"),
        ("junio", "jun"),
        ("julio", "jul"),
        ("agosto", "ago"),
        ("septiembre", "setiembre", "sept", "sep"),
        ("octubre", "oct"),
        ("noviembre", "nov"),
        ("diciembre", "dic"),
    ),
    weekdays="(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)",
    zones={},
    day_first=True,
    on="el|del?",
    at=r"a\s+las?",
    oclock=r"h(?:oras?|rs?)?",
    by=r"(?:escrito|redactado|publicado|texto|reportaje|entrevista|un\s+artículo)\s+(?:por|de)"
    r"|(?:autor(?:a|es|as)?|textos?)\s*(?=:)",
    by_name=r"por(?:\s+(?:la|nuestro|nuestra)(?=\s+(?:redac|correspon|envia)))?",
    conjunction=r"y(?=\s+[^\W\d_][^\s,]*\s+(?!y\b)\S)|con",
    affiliation="para|en|desde",
    role=r"redact(?:or(?:a|es|as)?)|redacción|periodistas?|corresponsal(?:es)?|enviad[oa]s?\s+especial(?:es)?"
    r"|columnistas?|agencias?|efe|reporter[oa]s?|editor(?:a|es)?",
    published=r"publicad[oa]|publicación|fecha",
    updated=r"(?:última\s+)?(?:actualizad[oa]|actualización|modificad[oa])",
    reading_time=r"tiempo\s+(?:estimado\s+)?de\s+lectura.{0,20}|\d+\s*min(?:utos?)?(?:\s+de\s+lectura)?"
    r"|lectura\s*:?\s*\d+\s*min.{0,5}",
    photo=r"(?:fotos?|fotografías?|im[áa]gen(?:es)?|ilustración|gráfico|créditos?(?:\s+de\s+(?:la\s+)?(?:foto"
    r"(?:grafía)?|imagen))?)(?:\s+de\s+(?:portada|archivo))?",
    photo_by="de|por",
    courtesy="cortesía|cedida|vía|archivo",
    related=r"(?:lee|lea|leer|ver|mira|vea|consulta)\s+(?:también|además|más)|(?:artículos?|noticias?|contenidos?"
    r"|temas?|notas?|historias?)\s+(?:relacionad[oa]s?|similares|recomendad[oa]s?)|relacionad[oa]s?"
    r"|(?:también\s+)?te\s+(?:puede|podría|pueden)\s+(?:también\s+)?interesar|también\s+te\s+.{2,30}"
    r"|(?:más|otras|últimas)\s+(?:noticias|historias|artículos|notas)|más\s+(?:sobre|de|en)\s+.{2,50}"
    r"|(?:lo\s+)?más\s+(?:leído|visto|popular)s?|sobre\s+el\s+mismo\s+tema|sigue\s+leyendo|no\s+te\s+pierdas"
    r"|te\s+recomendamos|en\s+portada|otros\s+artículos",
    furniture=r"(?:etiquetas|palabras\s+clave|tags)\s*:\s*.{1,150}|publicidad|anuncio|compartir(?:\s+(?:en|por|vía|este|esta)\s+\w[\w\s-]{0,20})?|imprimir"
    r"|enviar(?:\s+por\s+\w[\w-]*)?|escuchar(?:\s+(?:el\s+)?artículo)?|guardar|(?:\d+\s+)?(?:comentarios?|compartidos?)"
    r"|(?:deja|dejar|añadir|escribe|ver)\s+(?:un\s+|los\s+)?comentarios?|comentar|copiar\s+(?:el\s+)?enlace"
    r"|(?:saltar|ir)\s+al\s+contenido(?:\s+principal)?|menú|buscar|inicio|portada|(?:volver|ir)\s+arriba|subir"
    r"|aviso\s+legal|política\s+de\s+(?:privacidad|cookies)|contacto|quiénes\s+somos|sobre\s+nosotros"
    r"|iniciar\s+sesión|cerrar|siguiente|anterior|(?:la\s+)?(?:noticia|información|historia)\s+(?:continúa|sigue)\s+.{2,40}"
    r"|(?:©|\(c\)|copyright)\s*\d{4}.{0,120}|.{0,80}todos\s+los\s+derechos\s+reservados\.?"
    r"|síguenos(?:\s+en\s+.{2,60})?|(?:aceptar|rechazar)(?:\s+(?:todo|todas|cookies))*|configura(?:ción|r)"
    r"(?:\s+(?:de\s+)?cookies)?|gestionar\s+\w+"
    r"|(?:utilizamos|usamos|nosotros\s+y\s+nuestros\s+socios\s+\w+|este\s+sitio(?:\s+web)?\s+(?:usa|utiliza))"
    r"\s+(?:\w+\s+){0,2}cookies\s*(?:\.|,?\s*(?:propias|para|y|en|de\s+terceros)\b.{0,220})|(?:al|si)\s+(?:continuar|continúas?|seguir|sigues)\b.{0,160}\bcookies\b.{0,80}",
    pitch=r"suscr[íi]b(?:ete|ase|irse|irme|e)|apúntate|regístrate|regístrese|únete|hazte|apoya|apoye|disfruta"
    r"|recibe|reciba|descubre|accede|prueba|consigue|dona|colabora|ayúdanos|lee|no\s+te\s+(?:pierdas|lo\s+pierdas)"
    r"|este\s+(?:artículo|contenido|texto)\s+es|(?:contenido|artículo)\s+(?:exclusivo|reservado)|ya\s+eres"
    r"|¿?aún\s+no\s+eres|¿?te\s+(?:gusta|ha\s+gustado)|si\s+te|tu\s+(?:correo|e-?mail|apoyo).*|has\s+(?:leído|llegado|alcanzado)|quieres\s+(?:leer|seguir)"
    r"|nuestr[oa]s?\s+(?:\w+\s+){0,2}(?:newsletter|boletín|boletines|ofertas?)\b|newsletter\b|por\s+(?:solo|menos)"
    r"|al\s+(?:suscribirte|registrarte)|gracias\s+a|aprovecha",
    pitch_heading=r"sigue\s+leyendo\s+con\s+.{2,40}|(?:tus\s+)?ventajas(?:\s+.{2,30})?:?|¿?qué\s+incluye\??|(?:nuestras\s+)?(?:ofertas|suscripciones)"
    r"|(?:boletín|boletines|newsletters?)|¿?por\s+qué\s+suscribir\w+\??|incluye\s*:?|tu\s+correo(?:\s+electrónico)?"
    r"|suscripción|tu\s+suscripción\s+incluye\s*:?",
    button=r"(?:suscr[íi]b(?:ete|irse|irme|ase)|suscribir|apúntate|apuntarme|reg[íi]stra(?:te|rme|rse)|únete|unirme"
    r"|hazte\s+soci[oa]|hacerme\s+soci[oa]|donar|dona|haz\s+(?:una|tu)\s+donación|inicia(?:r)?\s+sesión|acceder|pruébalo(?:\s+gratis)?"
    r"|prueba\s+gratis|ver\s+(?:las\s+)?(?:ofertas|planes|suscripciones)|quiero\s+\w+|empezar|comprar|enviar)"
    r"(?:\s+(?:ahora|ya|hoy|aquí|gratis))*\s*[!.›»→]*",
    offer=r"política\s+de\s+privacidad|(?:términos|condiciones)\s+de\s+\w+|suscri\w+|suscrí\w+|newsletters?|boletín|boletines|soci[oa]s?|miembros?|bandeja\s+de\s+entrada|grat(?:is|uit[oa]s?)"
    r"|(?:ilimitad|exclusiv)\w+|sin\s+(?:permanencia|compromiso|publicidad)|cancela\w*|darte\s+de\s+baja"
    r"|\d[\d.,]*\s?(?:€|euros?|\$|pesos|dólares)(?:\s*(?:/|al|por)\s*\w+)?|(?:al|por)\s+(?:mes|año)|a\s+la\s+semana|acceso"
    r"|(?:en\s+)?tu\s+(?:correo|e-?mail)|donaci(?:ón|ones)|periodismo\s+(?:libre|independiente)|edición\s+(?:digital|impresa)"
    r"|prueba|nuestr[oa]s?\s+(?:contenidos?|lectores|trabajo|periodistas|periodismo)|oferta\w*",
    invitation=r"suscríbe\w*|disfruta|recibe|descubre|accede|únete|apoya|lee|prueba|aprovecha|hazte|no\s+te\s+pierdas"
    r"|regístrate|apúntate|cancela|mantente|elige|consigue|vive|explora|forma\s+parte",
    address=r"te\s+(?:ofrecemos|enviamos|traemos|contamos)|(?:podrás|puedes|recibirás)|tu\s+(?:correo|apoyo|suscripción"
    r"|bandeja|donación|e-?mail)|nuestr[oa]s?\s+(?:lectores|suscriptores|socios|redacción|periodi\w+|boletín|newsletter"
    r"|revista|trabajo|contenido)|necesitamos",
    narrative=r"dijo|dijeron|explicó|aseguró|aseguraron|afirmó|señaló|informó|según|fue|fueron|era|eran|había"
    r"|habían|estaba|añadió|contó|anunció|declaró|lamentó|recordó|hubo|asegura",
)
