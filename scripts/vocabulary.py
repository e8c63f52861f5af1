"""Words of the generated articles: of each topic of config.toml, and of every day."""

_WORDS = {
    "world": """
        embassy ambassador consulate diplomat ceasefire treaty passport refugee asylum sanctions
        troops envoy capital delegation summit minister president parliament coup rebel exile
        province frontier convoy negotiator mediator alliance junta election ballot hostage
        peacekeeper battalion general colonel republic monarch decree protest siege militia
        extradition visa deportation sovereignty referendum colony archipelago flag anthem
        communiqué talks accord smuggler checkpoint patrol armistice neighbour foreign regime
    """,
    "economy": """
        inflation tariff wages unemployment exports imports recession shareholder wholesale auction
        bank loan credit debt bond dividend profit turnover invoice supplier factory warehouse
        price discount tax customs budget deficit surplus merger bankruptcy insolvency startup
        investor broker currency exchange mortgage pension insurance union strike layoff payroll
        retailer harvest freight logistics cargo order contract tender subsidy monopoly accountant
        ledger balance quarter forecast demand supply market trade
    """,
    "science": """
        scientist researcher laboratory experiment physicist biologist astronomer telescope comet
        genome species vaccine fossil particle ecologist orbit molecule enzyme protein bacterium
        virus antibody microscope spectrum gravity quantum neutron galaxy planet meteor crater
        glacier sediment isotope carbon climate ocean plankton coral pollen insect habitat
        hypothesis theory sample measurement sensor satellite probe algorithm dataset statistics
        chemist geologist neuron brain cell tissue mutation evolution
    """,
    "culture": """
        novel novelist poet poem exhibition orchestra concert cinema film theatre playwright museum
        gallery painter sculptor composer album festival recipe stage actor actress director script
        scene premiere choir violin piano melody verse stanza chapter publisher bookshop reader
        critic review canvas brush portrait sculpture opera ballet dancer rehearsal audience
        applause ticket curator library manuscript translation dialect legend folklore costume
        photograph studio drummer kitchen supper
    """,
    "cities": """
        tram bicycle commuter mayor rent tenant landlord housing neighbourhood zoning pedestrian
        streetlamp sidewalk pavement crossing junction roundabout bus platform timetable station
        depot tunnel bridge square fountain bench playground park tree roof facade flat apartment
        stairwell elevator concierge construction crane scaffold sewer pipe drain rubbish bin
        recycling kiosk bakery parking garage scooter lane traffic noise council district suburb
        resident petition renovation eviction
    """,
}
_EVERYDAY = """
    the and of to a in it was for on that with as at he she they by from had not this but were have
    one all there their been which who when would more about up out so if what after then no its
    into time only could over now some than other first two may like such our before also new any
    because day made where most again how many through back years way well even much down should
    people long little good year work still here old life both between own under last never same
    another while might great come since against right came take used himself few house during
    without place around however home small found thought went say part once general high upon
    every does got number until always away something fact though water less put think almost hand
    enough far took head yet better night told side days though morning evening letter window door
    table winter summer rain wind light paper name word story question answer week month hour
    minute friend family child mother father brother sister woman man voice face eye hair coat
    shoe bread coffee tea dog cat bird horse garden river hill road village coast island sea
"""

TOPICS = {slug: tuple(words.split()) for slug, words in _WORDS.items()}
"""By the slug of a topic, 60 words of its field: a third or less are keywords of config.toml."""
EVERYDAY = tuple(dict.fromkeys(_EVERYDAY.split()))
"""Words of any article, the most frequent first."""
