"""What is known of each language besides its dictionary: stop words, endings, how compounds are joined. Plain data.

Sources: the stop words are Whoosh's (from Snowball), Icelandic ours. Linking letters and derivational parts are those
of the reference grammars: Hansen & Heltoft (Danish), Svenska Akademiens grammatik, Norsk referansegrammatikk, Iso
suomen kielioppi, and Íslensk tunga.
"""

from dataclasses import dataclass
from typing import Final

from whoosh.lang import stopwords_for_language

_ICELANDIC_STOP_WORDS: Final = frozenset(
    """
    að af allt alla allir á án bara betur eða ef eftir ég eigi eins einn ekki en er eru fá frá fyrir
    gera hafa hafði hafi hann hans hefur hún hver í með meðan mig mér mín mun má nú og okkur sem sér
    sig sinn skal svo sú til um undir upp úr var vera verður verið við vil vor það þar þau því þá
    þegar þeim þeir þeirra þess þessi þetta þið þín þú
    """.split()  # noqa: SIM905 - prose is easier to check than a hundred quotes
)


@dataclass(frozen=True, slots=True)
class Language:
    """What the analysis of one language needs to know.

    `dropped` are endings that a dictionary's base form loses to become a key: the infinitive's and the weak noun's
    vowel, which tell "koste" from "kost" but not what a text is about. `possessive` is the ending that any noun may
    take; dictionaries leave it out. A base form that stands under another of which not even the first `alike` letters
    are the same stands there by mistake.

    A compound's part may be followed by one of the `links`. `combining` are the endings (in a compound, in the
    dictionary) of words that change when they become a first part. `oblique` are the endings that an inflected first
    part has. What is in `not_first` and `not_last` makes words, but no compounds: *for|bygge*, *myndig|hed*.
    """

    stop_words: frozenset[str]
    dropped: tuple[str, ...] = ()
    possessive: str = ""
    alike: int = 2
    links: tuple[str, ...] = ()
    combining: tuple[tuple[str, str], ...] = ()
    oblique: tuple[str, ...] = ()
    not_first: frozenset[str] = frozenset()
    not_last: frozenset[str] = frozenset()

    @property
    def compounds(self) -> bool:
        """Whether words are written together in this language."""
        return bool(self.links or self.oblique)


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text: prose is easier to check than a hundred quotes."""
    return frozenset(words.split())


def _stop_words(language: str) -> frozenset[str]:
    return frozenset(stopwords_for_language(language))


_NORWEGIAN_STOP_WORDS: Final = _stop_words("no")  # holds both forms of Norwegian

LANGUAGES: Final[dict[str, Language]] = {
    "en": Language(_stop_words("en")),
    "da": Language(
        _stop_words("da"),
        dropped=("e",),
        possessive="s",
        links=("s", "e"),
        combining=(("", "e"),),
        not_first=word_set(
            "af an and be bi efter er for fore fra ge gen gennem hen hin hvor ind imod inden med mel mellem mis mod "
            "ned ny om op over på sam selv som til ud uden um und under van ved så når hed der den det men her "
            "enhver"
        ),
        not_last=word_set(
            "hed skab dom else gelse ning ing ling lig ig isk som sam bar inde ende ande er ere ist tion ion tik ik "
            "ør vis agtig mæssig løs fuld eri ering ner ger ter ster ret ler med ind ud op ned til fra for over om "
            "af på igen frem bort hen vel lade led læg række artet drag tale bringe gå tage sat trin ske mund tal "
            "spil"
        ),
    ),
    "sv": Language(
        _stop_words("sv"),
        dropped=("a", "e"),
        possessive="s",
        links=("s",),
        combining=(("o", "a"), ("u", "a"), ("", "a"), ("", "e"), ("e", "a"), ("s", "e"), ("ra", "er"), ("", "r")),
        not_first=word_set(
            "an and av be bi bort de der efter en er ett fram från för före ge genom hän in med mellan miss mot ned "
            "ner ny om på sam själv som sär till um und under upp ur ut van vid å åter över så när här den det men "
            "hem obe"
        ),
        not_last=word_set(
            "het skap dom else ning ing ling lig ig isk sam bar inna ska ande ende are ist tion ion ik tik vis aktig "
            "mässig lös full eri nad ner ger ter ster ler med in ut upp ned till från för över om av på ter lek sen "
            "dra fram bort vel lägga läge tal ställa ställning gå ta ring rik sel na nas ad at"
        ),
    ),
    "nb": Language(
        _NORWEGIAN_STOP_WORDS,
        dropped=("e",),
        possessive="s",
        links=("s", "e"),
        combining=(("", "e"), ("", "r"), ("re", "er")),
        not_first=word_set(
            "an and av be bi bort etter er for fore fra fram frem ge gjen gjennom hen inn inni med mellom mis mot ned "
            "ny om opp over på sam selv som sær til unn under ut uten van ved så når her der den det men"
        ),
        not_last=word_set(
            "het skap dom else gelse ning ing ling lig ig isk som sam bar inne ende ande er ere ist sjon jon ikk vis "
            "aktig messig løs full eri ering ner ger ter ster ler med inn ut opp ned til fra for over om av på igjen "
            "frem bort dra lede legg gå ta satt tale ring rik"
        ),
    ),
    "nn": Language(
        _NORWEGIAN_STOP_WORDS,
        dropped=("e", "a"),
        possessive="s",
        links=("s", "e"),
        combining=(("", "e"), ("e", "a"), ("", "a"), ("", "r"), ("re", "er")),
        not_first=word_set(
            "an and av att be bi bort etter er for fore føre fram frå ge gjennom hen inn med mellom mis mot ned ny om "
            "opp over på sam sjølv som sær til unn under ut utan van ved så når her der den det men"
        ),
        not_last=word_set(
            "heit skap dom else ning ing ling leg ig isk som sam bar inne ande ende ar er ist sjon jon ikk vis aktig "
            "messig laus full eri ering nar gar tar ler med inn ut opp ned til frå for over om av på att fram bort "
            "dra legg gå ta tale ring rik"
        ),
    ),
    "fi": Language(
        _stop_words("fi"),
        oblique=("n",),
        combining=(("s", "nen"), ("", "i")),
        not_first=word_set("ei epä ja jo ali yli se he me te en et on kun niin sen ne oma"),
        not_last=word_set(
            "suus syys uus yys us ys minen ja jä inen nen llinen lainen läinen mainen mäinen ton tön sto stö sti nta "
            "ntä kin ko kö kaan kään han hän pa pä ni si nsa nsä mme nne eli te tta ttä lla llä ssa ssä sta stä ni "
            "ttaa ttää sesti ais ain tua tyä aan een iin vat vät ksi ten den set nen lle kaa lta ltä ä a isi"
        ),
    ),
    "is": Language(
        _ICELANDIC_STOP_WORDS,
        alike=1,  # its vowels change too much
        oblique=("s", "ar", "ur", "u", "a", "na", "i"),
        not_first=word_set(
            "af al að and á án eftir endur ein er fram frá fyrir gagn gegn hjá í inn með mis milli niður of sam til um "
            "undir upp út úr van við yfir ör ó sams fjöl þá þar sem ekki sá sú"
        ),
        not_last=word_set(
            "leikur leiki skapur dómur ung un ing ingur legur lega samur laus ari andi semi erni heit ugur inn ur ir "
            "ar um ast ust ist inum anna unum ina una með frá fram inn upp út við yfir um til"
        ),
    ),
}
