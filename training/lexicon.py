"""Lists the words of the corpus by the template slot that they fill."""

from __future__ import annotations


def _words(text: str) -> list[str]:
    """Return the words of a text."""
    return text.split()


def _verbs(text: str) -> list[list[str]]:
    """Return verbs separated by semicolons: base form, past tense, present participle."""
    return [_words(verb) for verb in text.split(";")]


def _plural(noun: str) -> str:
    """Return the regular plural of an English noun."""
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


SHE_NAMES = _words(
    """Alice Anna Clara Diana Ella Emma Fatima Grace Hannah Helen Jane Julia Laura Leila Lucy
    Maria Mary Mia Nina Olivia Rosa Sarah Sofia Susan"""
)
HE_NAMES = _words(
    """Adam Ali Ben Bob Carlos Charles Daniel David Frank George Henry Jack James John Leo Marco
    Michael Omar Paul Peter Robert Samuel Thomas Tom"""
)
THEY_NAMES = _words("Alex Casey Jamie Jordan Kim Morgan Riley Robin Sam Taylor")

ANIMALS = _words(
    """bear bee bird camel cat chicken cow crow deer dog dolphin donkey dragon duck eagle
    elephant fish fly fox frog goat hare hen horse kitten lamb lion lizard monkey mouse owl
    parrot penguin pig pony puppy rabbit rat seal shark sheep snail snake spider squirrel tiger
    turtle whale wolf worm zebra"""
)

FOODS = _words(
    """apple banana bean carrot cherry egg grape lemon melon mushroom nut olive onion orange
    peach pear pepper plum potato strawberry tomato"""
)
FOOD_PLURALS = [
    {"potato": "potatoes", "tomato": "tomatoes"}.get(food, _plural(food)) for food in FOODS
]
GROCERIES = _words("bread butter cheese coffee corn fruit honey meat milk rice salt soup sugar tea")

THINGS = _words(
    """arrow bag ball basket bed bell bicycle blanket boat book bottle bowl box bread brush
    button cabinet camera candle car card chair clock coat coin computer cup curtain desk doll
    door dress drink drum engine flag flower fork gift glass guitar hammer hat jacket jar key
    ladder lamp leaf letter machine map mat medal mirror necklace newspaper notebook page
    painting paper pen pencil phone photo piano picture pillow pipe plate pocket poem radio ring
    robot rope rug shirt shoe sock spoon stick stone stool suitcase sword table ticket tool
    towel toy train tree trophy umbrella violin wagon wallet watch wheel window"""
)
THING_PLURALS = [_plural(thing) for thing in THINGS if thing not in ("bread", "leaf")]

PLACES = _words(
    """airport attic bakery bank barn beach bridge cafe castle church city cinema corner desert
    farm field forest garden garage harbor hill hospital hotel house island kitchen lake library
    market mountain museum office palace park path playground pond restaurant river road roof
    room school sea shop station store street studio theater tower town valley village zoo"""
)

JOBS = _words(
    """actor artist author baker banker builder captain carpenter chef cleaner clerk cook dancer
    dentist designer developer director doctor driver editor engineer farmer fisherman gardener
    guard guide hunter judge king lawyer librarian manager mechanic merchant musician nurse
    officer painter patient pilot player poet prince princess professor queen reporter sailor
    scientist secretary singer soldier student tailor teacher waiter witness worker writer"""
)

ADJECTIVES = _words(
    """angry bad beautiful big black blue brave bright broken brown busy calm careful cheap
    clean clear clever cold colorful common cool cruel dark deep delicate different difficult
    dirty dry early easy empty expensive famous fast fat final fine flat fresh friendly full
    funny gentle golden good gray great green happy hard heavy high hot huge hungry important
    kind large late lazy light little local lonely long loud lucky main modern narrow natural
    new nice noisy old open orange perfect plain pleasant polite poor popular pretty proud
    public quick quiet rare ready red rich rough round sad safe serious sharp short shy silent
    silver simple sleepy slow small smart smooth soft special strange strong sunny sweet tall
    tasty terrible thick thin tired tiny ugly unusual useful warm weak wet white wide wild wise
    wonderful wooden wrong yellow young"""
)

ADVERBS = _words(
    """again alone already always away badly calmly carefully clearly early easily eagerly
    exactly finally gently happily hardly here immediately inside late later loudly never now
    often once only outside perfectly politely probably proudly quickly quietly really recently
    sadly safely seriously sharply silently slowly softly sometimes soon still suddenly there
    today together tomorrow tonight twice usually well yesterday"""
)

MOVES = _verbs(
    """climb climbed climbing; crawl crawled crawling; dance danced dancing;
    drive drove driving; fly flew flying; hop hopped hopping; hurry hurried hurrying;
    jump jumped jumping; move moved moving; ride rode riding; run ran running;
    rush rushed rushing; sail sailed sailing; step stepped stepping; swim swam swimming;
    travel traveled traveling; walk walked walking; wander wandered wandering"""
)
RESTS = _verbs(
    """lie lay lying; play played playing; rest rested resting; sing sang singing;
    sit sat sitting; sleep slept sleeping; smile smiled smiling; stand stood standing;
    stay stayed staying; study studied studying; talk talked talking; wait waited waiting;
    work worked working; laugh laughed laughing; cry cried crying; dream dreamed dreaming"""
)
ACTIONS = _verbs(
    """break broke breaking; bring brought bringing; build built building;
    buy bought buying; carry carried carrying; choose chose choosing; clean cleaned cleaning;
    close closed closing; draw drew drawing; drop dropped dropping; find found finding;
    fix fixed fixing; forget forgot forgetting; hide hid hiding; hold held holding;
    keep kept keeping; leave left leaving; like liked liking; lose lost losing;
    make made making; need needed needing; open opened opening; paint painted painting;
    pull pulled pulling; push pushed pushing; remember remembered remembering;
    sell sold selling; show showed showing; steal stole stealing; take took taking;
    touch touched touching; use used using; want wanted wanting; wash washed washing"""
)
MEETS = _verbs(
    """answer answered answering; ask asked asking; believe believed believing;
    call called calling; follow followed following; greet greeted greeting; hear heard hearing;
    help helped helping; know knew knowing; love loved loving; meet met meeting;
    see saw seeing; teach taught teaching; thank thanked thanking; trust trusted trusting;
    visit visited visiting; watch watched watching"""
)

CAPITALS = [
    tuple(pair.split("-"))
    for pair in _words(
        """Argentina-Buenos_Aires Austria-Vienna Brazil-Brasilia Canada-Ottawa Chile-Santiago
        China-Beijing Cuba-Havana Denmark-Copenhagen Egypt-Cairo England-London Finland-Helsinki
        France-Paris Germany-Berlin Greece-Athens India-Delhi Ireland-Dublin Italy-Rome
        Japan-Tokyo Kenya-Nairobi Mexico-Mexico_City Morocco-Rabat Norway-Oslo Peru-Lima
        Poland-Warsaw Portugal-Lisbon Russia-Moscow Spain-Madrid Sweden-Stockholm Turkey-Ankara"""
    )
]

SUBJECTS = _words(
    """art biology business chemistry cooking design economics education film geography history
    information language law literature mathematics medicine memory music nature philosophy
    physics poetry politics programming reading research science society sport technology time
    weather writing"""
)
MODEL_PARTS = _words(
    """attention context data dimension embedding example feature gradient head input layer loss
    memory model network neuron number output parameter pattern position probability query
    representation score sentence sequence signal structure token value vector vocabulary weight
    word"""
)

WORD_LISTS: dict[str, list[str]] = {
    "action": [verb[0] for verb in ACTIONS],
    "actioned": [verb[1] for verb in ACTIONS],
    "actioning": [verb[2] for verb in ACTIONS],
    "adjective": ADJECTIVES,
    "adverb": ADVERBS,
    "animal": ANIMALS,
    "animals": [_plural(a) for a in ANIMALS if a not in _words("deer fish mouse sheep wolf")],
    "color": _words("black blue brown golden gray green orange pink purple red white yellow"),
    "day": _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    "direction": _words("north south east west left right"),
    "family": _words(
        """aunt brother child cousin daughter father friend grandfather grandmother husband
        mother neighbor parent sister son uncle wife"""
    ),
    "food": FOODS,
    "foods": FOOD_PLURALS,
    "groceries": GROCERIES,
    "greeting": ["Hello", "Hello there", "Hi", "Good morning", "Good evening", "Dear", "Welcome"],
    "job": JOBS,
    "jobs": [_plural(job) for job in JOBS if job != "fisherman"],
    "material": _words(
        "clay cloth cotton glass gold iron leather metal paper silk silver stone wood"
    ),
    "meet": [verb[0] for verb in MEETS],
    "met": [verb[1] for verb in MEETS],
    "meeting": [verb[2] for verb in MEETS],
    "month": _words(
        """January February March April May June July August September October November December"""
    ),
    "mood": _words("afraid angry calm excited glad happy hungry nervous proud sad sorry tired"),
    "move": [verb[0] for verb in MOVES],
    "moved": [verb[1] for verb in MOVES],
    "moving": [verb[2] for verb in MOVES],
    "number": _words("two three four five six seven eight nine ten eleven twelve twenty hundred"),
    "ordinal": _words("first second third fourth fifth last next"),
    "part": MODEL_PARTS,
    "parts": [_plural(part) for part in MODEL_PARTS if part not in ("data", "loss")],
    "part_of_day": _words("morning afternoon evening night day week"),
    "people": _words("boys children families friends girls guests men people players women"),
    "person": _words("baby boy child friend girl guest lady man person stranger woman world"),
    "place": PLACES,
    "places": [_plural(place) for place in PLACES if place != "roof"],
    "possessive": _words("my your his her our their"),
    "preposition": _words(
        """above across against along among around at before behind below beside between beyond
        by down from in inside into near off on onto outside over past through to toward under
        up upon with without"""
    ),
    "rest": [verb[0] for verb in RESTS],
    "rested": [verb[1] for verb in RESTS],
    "resting": [verb[2] for verb in RESTS],
    "season": _words("spring summer autumn winter"),
    "size": _words("big small wide narrow heavy large long short tall tiny"),
    "subject": SUBJECTS,
    "surface": _words("bed blanket carpet chair couch floor grass mat pillow roof rug shelf table"),
    "thing": THINGS,
    "things": THING_PLURALS,
    "vehicle": _words("bicycle boat bus car plane ship train truck wagon"),
    "weather": _words("clear cloudy cold dark dry foggy hot rainy snowy stormy sunny warm windy"),
    "when": [
        *_words("today tomorrow now later soon again tonight"),
        *("this morning", "this year", "next week", "last time", "every day", "right now"),
    ],
    "year": [str(year) for year in range(1900, 2031)],
}
