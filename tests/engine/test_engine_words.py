"""Words: how they become terms, and where titles stand in each alphabet."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import LANGUAGES, Index
from index.collation import sort_key
from index.words import (
    analyse,
    detect,
    fold_long,
    fold_short,
    keeping,
    neighbours,
    parts_of,
    term_of,
    words,
)
from index.words.compiling import compile_language
from index.words.keeping import edition
from index.words.tables import Table, write_table


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "prevention", "preventing"),
        ("da", "kommunen", "kommunerne"),
        ("sv", "flickorna", "flicka"),
        ("nb", "skolene", "skoler"),
        ("nn", "kommunane", "kommuna"),
        ("fi", "koulussa", "koulusta"),
        ("is", "BARN", "barn"),
    ],
)
def test_forms_of_a_word_become_one_term(language: str, one: str, other: str) -> None:
    assert analyse(language, one) == analyse(language, other) != ()


def test_stop_words_are_left_out_of_their_own_language_only() -> None:
    assert analyse("da", "skolen og politiet") == analyse("da", "skolen politiet")
    assert analyse("en", "og") == ("og",)
    assert analyse("is", "lögreglan og skólinn") == ("lögregla", "skóli")


def test_numbers_and_abbreviations_stay_whole() -> None:
    for language in LANGUAGES:
        assert analyse(language, "SLT CIRV 112 2024") == ("slt", "cirv", "112", "2024")


def test_text_is_normalised() -> None:
    assert words("Malmo\u0308 FÖRE\u00adBYGGA e_post") == ("malmö", "förebygga", "e", "post")


@pytest.mark.parametrize(
    ("word", "short", "long"),
    [
        ("malmö", "malmo", "malmoe"),
        ("århus", "arhus", "aarhus"),
        ("københavn", "kobenhavn", "koebenhavn"),
        ("ísafjörður", "isafjordur", "isafjoerdur"),
        ("þjóð", "thjod", "thjod"),
        ("plain", "plain", "plain"),
    ],
)
def test_words_are_folded_in_two_spellings(word: str, short: str, long: str) -> None:
    assert (fold_short(word), fold_long(word)) == (short, long)


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("da", ["abe", "Zebra", "æble", "ørn", "ånd"]),
        ("nb", ["a", "z", "ä", "ö", "å"]),
        ("sv", ["Anna", "zebra", "åk", "ära", "ö"]),
        ("fi", ["z", "å", "ä", "ö"]),
        ("is", ["a", "az", "á", "b", "d", "ð", "e", "z", "þ", "æ", "ö"]),
        ("en", ["åben", "apple", "øre", "pear"]),
        ("en", ["2 a", "“A” plan", "a plan b", "a plans", "été"]),
    ],
)
def test_titles_stand_in_the_order_of_the_readers_alphabet(language: str, titles: list[str]) -> None:
    keys = [sort_key(language, title) for title in titles]
    assert keys == sorted(set(keys))


@given(st.sampled_from(LANGUAGES), st.text(st.characters()))
def test_any_text_can_be_analysed_and_sorted(language: str, text: str) -> None:
    assert all(term.encode() for term in analyse(language, text))
    assert all(fold_short(word) and fold_long(word) for word in words(text))
    sort_key(language, text)


# --- for native readers: each line one word, then forms of it ----------------------------------------------------

_FORMS = {
    "da": """
        kommune kommunen kommuner kommunerne kommunens kommunernes
        barn barnet børn børnene børnenes
        forebygge forebygger forebyggede forebygget
        indsats indsatsen indsatser indsatserne
        by byen byer byerne
        medarbejder medarbejdere medarbejderne medarbejdernes
        ungdomsklub ungdomsklubben ungdomsklubber
    """,
    "sv": """
        kommun kommunen kommuner kommunernas
        skola skolan skolor skolorna skolans
        stad staden städer städerna
        förebygga förebygger förebyggde förebyggt
        brott brottet brotten brottens
        socialsekreterare socialsekreterarna
        grannsamverkan grannsamverkans
    """,
    "nb": """
        kommune kommunen kommuner kommunene kommunens
        barn barnet barna barnas
        tiltak tiltaket tiltakene
        bok boken boka bøker
        forebygge forebygger forebygde forebygget
        utekontakt utekontakten utekontakter
    """,
    "nn": """
        kommune kommunen kommunar kommunane
        ungdom ungdommen ungdomar ungdomane
        tiltak tiltaket tiltaka
        skule skulen skular skulane
        bygd bygda bygder bygdene
    """,
    "fi": """
        kunta kunnan kunnissa kunnat kuntien
        nuori nuoren nuorten nuoria nuorille
        lapsi lapsen lapset lapsille lasten
        poliisi poliisin poliisille poliiseille
        työ työn työtä työssä työhönsä
        koulu koulussa koulussaan koulussakin kouluista
        sanoa sanoi sanotaan sanottu sanominen
        nuorisotyö nuorisotyötä nuorisotyössä
    """,
    "is": """
        barn barni börn börnum barna
        skóli skóla skólum skólarnir skólanna
        sveitarfélag sveitarfélagið sveitarfélögum
        fjölskylda fjölskyldur fjölskyldum
        maður manni menn mönnum
        lögregla lögreglan lögreglunni lögreglunnar
        forvörn forvarnir forvarna
    """,
    "en": """
        child children
        police policed
        municipality municipalities
        radicalisation radicalization
        organise organises organized organising
    """,
}
_STRANGERS = {
    "da": "kommune/kommando skole/skål kriminalitet/kriminel myndighed/mund",
    "sv": "för/fora kommun/kommitté stad/städa lag/lager brott/bröd",
    "nb": "kommune/komme skole/skål lov/løve tiltak/tiltale",
    "nn": "kommune/komme skule/skal ungdom/ung",
    "fi": "kunta/kunto koulu/koulutus lapsi/lapio poliisi/poliitikko tuuli/tuli",
    "is": "skóli/skjól barn/bær lögregla/lög vörn/vor",
    "en": "police/policy child/chill",
}
_COMPOUNDS = {
    "da": """
        ungdomskriminalitet ungdom kriminalitet
        skolefravær skole fravær
        boligområdet bolig område
        misbrugsbehandling misbrug behandling
        krisecenteret krise center
        trafiksikkerhed trafik sikkerhed
    """,
    "sv": """
        socialtjänsten social tjänst
        skolfrånvaro skola frånvaro
        kvinnofrid kvinna frid
        gatuvåld gata våld
        ungdomsmottagningar ungdom mottagning
        grannsamverkan granne samverkan
    """,
    "nb": """
        ungdomskriminalitet ungdom kriminalitet
        barnevernet barn vern
        foreldreveiledning forelder veiledning
        rusmisbruk rus misbruk
    """,
    "nn": """
        ungdomskriminalitet ungdom kriminalitet
        bustadområde bustad område
        helsestasjonen helse stasjon
    """,
    "fi": """
        nuorisotyö nuoriso työ
        nuorisotyötä nuoriso työ
        lastensuojelun lapsi suojelu
        rikoksentorjunta rikos torjunta
        ihmiskauppa ihminen kauppa
        terveyskeskuksessa terveys keskus
    """,
    "is": """
        unglingastarf unglingur starf
        barnavernd barn vernd
        lögreglustjóri lögregla stjóri
        umferðaröryggi umferð öryggi
    """,
}
_WHOLE = {
    "da": "myndighed kommune forebyggelse venskab sygdom muligheder forskellige evaluering kommunikation deltagelse",
    "sv": "myndighet kommun trygghet vänskap sjukdom ungdomar möjligheter förändring kommunikation utbildning",
    "nb": "myndighet kommune forebygging vennskap sykdom muligheter evaluering kommunikasjon utdanning",
    "nn": "kommune førebygging samarbeid venskap sjukdom evaluering organisasjon",
    "fi": "turvallisuus ehkäisy kehittäminen osallistuminen mahdollisuus kaupungin demokratia koulutus",
    "is": "öryggi menntun möguleiki sjúkdómur kennari þróun samstarf",
    "en": "policeman neighbourhood",
}


def _lines(table: dict[str, str]) -> list[tuple[str, list[str]]]:
    return [(language, line.split()) for language, text in table.items() for line in text.strip().splitlines()]


@pytest.mark.parametrize(("language", "forms"), _lines(_FORMS))
def test_all_forms_of_a_word_have_one_key(language: str, forms: list[str]) -> None:
    assert len({term_of(language, form) for form in forms}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_look_alike_are_kept_apart(language: str) -> None:
    for pair in _STRANGERS[language].split():
        one, other = pair.split("/")
        assert term_of(language, one) != term_of(language, other)


@pytest.mark.parametrize(("language", "line"), _lines(_COMPOUNDS))
def test_compounds_are_found_through_their_parts(language: str, line: list[str]) -> None:
    compound, *parts = line
    assert {term_of(language, part) for part in parts} <= set(parts_of(language, compound))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_only_look_like_compounds_stay_whole(language: str) -> None:
    assert {word: parts_of(language, word) for word in _WHOLE[language].split() if parts_of(language, word)} == {}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How to prevent violence among young people", "en"),
        ("Hvordan forebygger vi vold blandt unge, og hvad virker?", "da"),
        ("Hur förebygger vi våld bland unga?", "sv"),
        ("Hvordan kan skolen forebygge vold og hva slags tiltak virker?", "nb"),
        ("Korleis kan vi førebyggje vald, og kva verkar?", "nn"),
        ("Miten nuorten väkivaltaa ehkäistään kunnissa?", "fi"),
        ("Hvernig er unnt að koma í veg fyrir ofbeldi meðal unglinga?", "is"),
        ("nuorisorikollisuus", "fi"),
        ("socialtjänsten", "sv"),
    ],
)
def test_the_language_of_a_text_is_known(text: str, language: str) -> None:
    assert detect(text)[0] == language


def test_no_language_is_named_for_what_is_none() -> None:
    assert detect("") == detect("2024 / 17") == detect("xqzzt vvkkp") == ()


@pytest.mark.parametrize(
    ("language", "word", "of", "spelling"),
    [
        ("da", "sikkerhed", "nb", "sikkerhet"),
        ("da", "forebyggelse", "nb", "forebygging"),
        ("da", "skole", "sv", "skola"),
        ("da", "vold", "sv", "våld"),
        ("nb", "kriminalitet", "sv", "kriminalitet"),
        ("nb", "organisasjon", "sv", "organisation"),
        ("sv", "skola", "da", "skole"),
        ("sv", "trygghet", "da", "tryghed"),
        ("nn", "heim", "nb", "hjem"),
        ("nb", "mulighet", "nn", "mulegheit"),
    ],
)
def test_a_word_may_be_spelled_as_the_neighbours_do(language: str, word: str, of: str, spelling: str) -> None:
    assert spelling == word or spelling in neighbours(word, language, of)


@given(st.sampled_from(LANGUAGES), st.text(st.characters()))
def test_any_string_has_keys_that_are_their_own(language: str, text: str) -> None:
    for word in words(text):
        key = term_of(language, word)
        assert term_of(language, word) == key
        parts_of(language, word)
    detect(text)


@given(st.sampled_from(LANGUAGES), st.text("abdefgiklmnorstuvyåäöæøðþ", min_size=1, max_size=20))
def test_keys_lead_to_themselves(language: str, word: str) -> None:
    key = term_of(language, word)
    assert language == "en" or term_of(language, key) in ("", key)


@given(st.sampled_from(("da", "sv", "nb", "nn")), st.sampled_from(LANGUAGES), st.text(st.characters(), max_size=60))
def test_neighbours_are_few_and_none_is_the_word(language: str, of: str, word: str) -> None:
    found = neighbours(word, language, of)
    assert word not in found
    assert len(found) == len(set(found)) <= 256


def test_a_table_that_is_damaged_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "da.words"
    write_table(path, compile_language("da", {"skolen": "skole", "skole": "skole", "vejen": "vej", "vej": "vej"}))
    assert Table(path).key("skolen") == Table(path).key("skole") == "skol"
    whole = path.read_bytes()
    for damaged in (b"", whole[:-1], whole[:200] + b"?" + whole[201:], b"something else entirely\n"):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"words|whole|empty"):
            Table(path)


def test_the_edition_names_what_the_words_are_made_of() -> None:
    assert edition().count("-") == 1


def test_words_are_kept_beside_the_index_where_the_program_may_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    made = []

    def make(folder: Path) -> None:
        made.append(folder)
        write_table(folder / f"da-{edition()}.words", compile_language("da", {"vejen": "vej", "vej": "vej"}))

    monkeypatch.setattr(keeping, "_BESIDE", tmp_path / "file" / "inside")
    monkeypatch.setattr(keeping, "_others", [])
    monkeypatch.setattr(keeping, "_tables", {})
    monkeypatch.setattr(keeping, "_make", make)
    Index(tmp_path / "index", facets=())
    assert keeping.table("da").key("vejen") == "vej"
    monkeypatch.setattr(keeping, "_tables", {})
    assert keeping.table("da").key("vejen") == "vej"
    assert made == [tmp_path / "index-words"]
