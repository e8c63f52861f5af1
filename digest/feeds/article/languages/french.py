"""What pages in French say."""

from digest.feeds.article.languages.language import Language

FRENCH = Language(
    code="fr",
    common="le la les des du et est une un au aux que qui dans pour sur par avec pas ne se ce cette"
    " son sa ses il elle on nous vous votre vos nos notre plus tous toute sont ont été était"
    " chaque sans dès qu",
    months=(
        ("janvier", "janv"),
        ("février", "fevrier", "févr", "fév"),
        ("mars",),
        ("avril", "avr"),
        ("mai",),
        ("juin",),
        ("juillet", "juil"),
        ("août", "aout"),
        ("septembre", "sept"),
        ("octobre", "oct"),
        ("novembre", "nov"),
        ("décembre", "decembre", "déc"),
    ),
    weekdays="(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)",
    zones={},
    day_first=True,
    on="le|du|en\\s+date\\s+du",
    at="à",
    oclock="h(?:eures?)?",
    by=r"(?:écrit|rédigé|publié|texte|propos\s+recueillis|un\s+article|reportage|entretien)\s+"
    r"(?:par|de)|(?:auteure?s?|autrices?|texte)\s*(?=:)",
    by_name=r"par(?:\s+(?:la|notre|nos)(?=\s+(?:rédact|correspond|envoyé)))?",
    conjunction="et|avec",
    affiliation="pour|à|depuis",
    role=r"journalistes?|rédact(?:ion|eurs?|rices?)|correspondante?s?|envoyée?s?\s+spécia(?:le?s?|ux)"
    r"|chroniqueu(?:r|se)s?|chef(?:fe)?\s+de\s+.*|agences?|reporters?",
    published=r"(?:première\s+)?(?:publié|publication|paru|posté|mis\s+en\s+ligne)e?",
    updated=r"(?:dernière\s+)?(?:mise?\s+à\s+jour|modifiée?|actualisée?)",
    reading_time=r"(?:temps|durée)\s+de\s+lecture.{0,20}|\d+\s*min(?:utes?)?(?:\s+de\s+lecture)?"
    r"|lecture\s*:?\s*\d+\s*min.{0,5}",
    photo=r"(?:crédits?(?:\s*[-:/]?\s*(?:photos?|images?))?|photos?|photographies?|images?|visuel"
    r"|légende|dessin|infographie)(?:\s+d['’]illustration)?",
    photo_by="par|de|d['’]",
    courtesy="avec|archives|collection",
    related=r"(?:à|a)\s+lire\s+(?:aussi|également|ensuite|par\s+ailleurs)|(?:lire|voir)\s+(?:aussi|également)"
    r"|lisez\s+(?:aussi|également)|sur\s+le\s+m[êe]me\s+(?:sujet|thème)|(?:articles?|sujets?|contenus?)\s+"
    r"(?:liés?|connexes?|similaires?|associés?|recommandés?)|(?:les\s+)?plus\s+(?:lus?|populaires|d['’]articles)"
    r"|dans\s+la\s+m[êe]me\s+rubrique|vous\s+(?:aimerez|pourriez\s+aimer|aimerez\s+peut-être)\s+.{2,20}"
    r"|cela\s+(?:peut|pourrait)\s+(?:aussi\s+)?vous\s+intéresser|ces\s+articles\s+.{2,40}"
    r"|(?:autres|derniers)\s+articles|à\s+découvrir(?:\s+aussi)?|pour\s+aller\s+plus\s+loin|en\s+savoir\s+plus"
    r"|à\s+la\s+une|tendances|recommandé(?:s)?(?:\s+pour\s+vous)?",
    furniture=r"(?:mots[\s-]clés|étiquettes|tags)\s*:\s*.{1,150}|publicité|annonce|partager(?:\s+(?:sur|par|via|cet|l['’])\s*\w[\w\s-]{0,20})?|imprimer"
    r"|envoyer(?:\s+par\s+\w[\w-]*)?|écouter(?:\s+l['’]article)?|(?:\d+\s+)?(?:commentaires?|réactions?|partages?)"
    r"|(?:laisser\s+un|ajouter\s+un|voir\s+les|lire\s+les)\s+commentaires?|commenter|copier\s+le\s+lien"
    r"|aller\s+au\s+contenu(?:\s+principal)?|menu|recherche(?:r)?|accueil|haut\s+de\s+page"
    r"|retour\s+(?:en\s+haut|à\s+l['’]accueil)|mentions\s+légales|politique\s+de\s+confidentialité|cgu|cgv"
    r"|contact(?:ez-nous)?|qui\s+sommes-nous\s*\??|à\s+propos|se\s+connecter|connexion|fermer|suivant|précédent"
    r"|la\s+suite\s+après\s+.{2,30}|(?:©|\(c\)|copyright)\s*\d{4}.{0,120}|.{0,80}tous\s+droits\s+réservés\.?"
    r"|suivez-nous(?:\s+sur\s+.{2,60})?|(?:tout|continuer\s+sans)\s+(?:accepter|refuser)|accepter(?:\s+tout|\s+et\s+fermer)?"
    r"|param[ée]tr(?:er|es|ages?)(?:\s+(?:des|les)\s+cookies)?|gérer\s+(?:mes|les)\s+(?:cookies|préférences|choix)"
    r"|(?:nous|nous\s+et\s+nos\s+partenaires|ce\s+site)\s+(?:utilis\w+|dépos\w+)\s+(?:\w+\s+){0,2}cookies\s*(?:\.|,?\s*(?:pour|et|sur|afin)\b.{0,220})"
    r"|en\s+(?:poursuivant|continuant)\b.{0,160}\bcookies\b.{0,80}",
    pitch=r"(?:je\s+m['’]|s['’])?abonne(?:z-vous|z|r|ment)?|inscrivez-vous|inscris-toi|rejoignez|soutenez"
    r"|soutenir|profitez|recevez|découvrez|devenez|faites|offrez|essayez|accédez|lisez|créez|aidez"
    r"|cet\s+article\s+est|(?:ce|l['’])\s*(?:contenu|article)\s+(?:est\s+)?réservé|il\s+vous\s+reste|(?:déjà|pas\s+encore)\s+(?:abonn|inscri|membre)\w*"
    r"|vous\s+(?:avez|aimez|souhaitez|voulez)|si\s+vous|votre\s+(?:adresse|e-?mail|soutien).*|ne\s+(?:manquez|ratez)"
    r"|(?:notre|nos)\s+(?:\w+\s+){0,2}(?:newsletters?|lettre|offres?)\b|newsletter\b|pour\s+lire\s+la\s+suite"
    r"|envie\s+de\s+lire|grâce\s+à\s+vous|en\s+vous\s+(?:inscrivant|abonnant)",
    pitch_heading=r"(?:lire\s+la\s+suite|continuez)\s+avec\s+.{2,40}|(?:vos|les)\s+avantages(?:\s+.{2,30})?\s*:?|(?:ce\s+qui\s+est|que\s+comprend).{2,40}\??"
    r"|(?:nos\s+)?(?:offres|abonnements|newsletters?)|pourquoi\s+s['’]abonner\s*\??|inclus\s*:?"
    r"|votre\s+adresse\s+(?:e-?mail|électronique|mail)|l['’]abonnement\s+comprend\s*:?",
    button=r"(?:je\s+(?:m['’](?:abonne|inscris)|soutiens|donne|fais\s+un\s+don|profite.{0,20}|découvre.{0,20})"
    r"|(?:s['’])?(?:abonner|inscrire)|abonnez-vous|inscrivez-vous|faire\s+un\s+don|donner|se\s+connecter|soutenir"
    r"|devenir\s+(?:membre|abonnée?)|voir\s+(?:les|nos|toutes\s+les)\s+offres|découvrir\s+(?:les|nos)\s+offres"
    r"|essayer(?:\s+gratuitement)?|en\s+profiter|profiter\s+de\s+l['’]offre|ok|commander|valider)"
    r"(?:\s+(?:maintenant|ici|gratuitement|aujourd['’]hui))*\s*[!.›»→]*",
    offer=r"politique\s+de\s+confidentialité|conditions\s+(?:générales|d['’]utilisation)|abonn(?:é|ée|és|ées|ez|er|ement|ements|e|ant)|newsletters?|lettre\s+d['’]information|membres?|adhér\w+"
    r"|boîte\s+(?:mail|de\s+réception)|(?:gratuit|illimité|exclusi[fv])\w*|sans\s+engagement|résiliab\w+"
    r"|\d[\d.,]*\s?(?:€|euros?|chf)(?:\s*(?:/|par)\s*\w+)?|par\s+(?:mois|an|semaine)|accès|e-?mail|adresse\s+mail"
    r"|(?:un|de|des|votre|vos)\s+dons?|(?:presse|journalisme|média|journal)\s+(?:libre|indépendant\w*)|indépendants?"
    r"|journal\s+(?:numérique|papier)|version\s+(?:numérique|papier)|essai|réservé\w*|sans\s+publicité|offre\w*"
    r"|nos\s+(?:lecteurs|abonnés|journalistes|articles)|notre\s+(?:journal|rédaction|travail)",
    invitation=r"abonnez|inscrivez|recevez|découvrez|profitez|rejoignez|soutenez|lisez|accédez|explorez|essayez"
    r"|devenez|faites|choisissez|restez|retrouvez|ne\s+(?:manquez|ratez)|bénéficiez|gardez|offrez",
    address=r"nous\s+(?:vous|avons\s+besoin|proposons|publions)|vous\s+(?:recevrez|pouvez|pourrez|bénéficiez)"
    r"|vo(?:tre|s)\s+(?:boîte|soutien|abonnement|adresse|don|e-?mail|avantages)|no(?:tre|s)\s+(?:lecteurs|abonnés"
    r"|rédaction|journal(?:istes)?|newsletters?|site|magazine|travail|articles)",
    narrative=r"a\s+(?:dit|déclaré|expliqué|indiqué|affirmé|annoncé|précisé|reconnu|ajouté|raconté|été)|selon"
    r"|explique|raconte|assure|dit|était|étaient|avait|avaient|ont\s+été|d['’]après|affirme|fut|propose",
)
