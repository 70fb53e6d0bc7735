"""Words beside which a name is probably that of somebody the case is about, in seven languages; and given names.

Data, not rules: an entry is the beginning of a word, so that it covers inflection. Names are those that many people in
the Nordic countries bear, without the ones that are everyday words too.
"""

from __future__ import annotations

from typing import Final


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


RISKY: Final[dict[str, tuple[str, ...]]] = {
    "en": _listed(
        """
        student pupil client suspect offender victim patient perpetrator defendant convict inmate prisoner
        teenager boy girl brother sister son daughter mother father nephew niece cousin returnee defector
        mentee runaway schoolboy schoolgirl classmate refugee asylum-seeker witness
        """
    ),
    "da": _listed(
        """
        elev klient mistænkt sigtet tiltalt dømt offer ofret patient gerningsmand indsat dreng pige bror
        broder søster søn datter moren mor faren far nevø niece fætter kusine teenager klassekammerat mentee
        vidne asylansøger
        """
    ),
    "sv": _listed(
        """
        elev klient misstänkt åtalad dömd offer offret patient gärningsman intagen pojke pojken flicka flickan
        kille killen tjej tjejen bror brodern syster systern son sonen dotter dottern mamma mamman pappa
        pappan kusin tonåring klasskamrat avhoppare vittne asylsökande brottsoffer
        """
    ),
    "nb": _listed(
        """
        elev klient mistenkt siktet tiltalt dømt offer offeret pasient gjerningsmann gjerningsperson innsatt
        gutt jente bror broren søster søsteren sønn datter mor moren far faren nevø niese fetter kusine
        tenåring medelev vitne
        """
    ),
    "nn": _listed(
        """
        elev klient mistenkt sikta tiltalt dømd offer offeret pasient gjerningsmann gjerningsperson innsett
        gut jente bror broren syster søster son sonen dotter mor mora far faren tenåring medelev vitne
        """
    ),
    "fi": _listed(
        """
        oppila asiakas asiakkaa epäilty epäillyn syytet tuomit uhri uhrin potila tekijä vanki vangin poika
        pojan pojalle tyttö tytön tytölle veli veljen sisko siskon äiti äidin isä isän serkku nuorukai teini
        luokkatoveri todistaja
        """
    ),
    "is": _listed(
        """
        nemand nemend skjólstæðing grunað grunuð ákærð dæmd dæmt brotaþol þoland sjúkling gerand gerend fang
        drengur drengurinn strákur strákurinn stúlka stúlkan bróðir systir sonur dóttir móðir mamma faðir
        pabbi frænd frænk unglingur skólafélag vitni
        """
    ),
}

# Beginnings that words with another meaning share: "far" is a father, "fare" danger.
HARMLESS: Final = _listed(
    """
    studentresearch sonic sondr farlig faring fart farmaceut fare farv morgen moral mord motherland fatherland
    offering offerings offentl offered offers sonder morten morsom fara farand marg isänmaa isäntä isännöi
    vangitsem
    """
)

GIVEN_NAMES: Final = frozenset(
    _listed(
        """
        aada aaron abbas abdi abdirahman abdul abdullah abdullahi abshir adam adnan adrian agnes agneta ahmad
        ahmed aino aisha aksel akseli alaa albert aleksander aleksandra aleksi alexander alexandra alfred ali
        alice alma alva amal amanda amina amir amira anders andreas andri anette anita anja anna anne anni
        annika anton antti arda ari arna arnar arne arvid asbjørn aslan asta astrid august ava axel ayan aylin
        ayse ayub bahar baldur barbro bashir beata bengt benjamin bent berit bilal birgir birgit birgitta
        birgitte birta bjarne bjarni bjarte bodil bogdan brynja burak camilla carina carl casper cecilia
        cecilie charlotte christian christina christoffer clara daniel daniela david deniz dilan dilara dina
        ditte dmitri ebba ebbe edith edvard egil eino eirik elias elif elin elina elisabet elisabeth elise
        ellen elmar elsa elvira emil emilia emilie emine emma emre enes erik erika erkki ester eva eveliina
        evin fadi fadumo fahad faisal farah farid fatima fatma felix filip filippa finn frederik fredrik freja
        freya frida gabriel geir gerda gitte gudrun gunhild gunilla gunnar gustav guðmundur guðrún hakan
        halima halvor hamza hanna hannah hanne hannes hans harald hassan hawa hedda hege heidi heikki helena
        helga helge helle henri henrik henrikke hibo hilda hilde hilma hodan hugo hussain hussein håkan håkon
        ibrahim ida idris ilse ilyas iman inga inge inger ingrid ingvild irene iris isabella isak ismail ivan
        jaakko jakob jamal jamila jan jana jani janne jari jasmin jenni jenny jens jeppe jesper joakim joel
        johan johanna johannes john johnny jonas jonathan jonna jorunn josef josefine joseph juha juhani jukka
        julia julie julius jussi jóhann jóhanna jón jørgen jørn kaare kai kaisa kaja kalle karen kari karim
        karin karl karolina karoline karsten kasper katarina katharina kathrine katja katrin katrine kenneth
        kerttu khadija khadra khaled khalid kim kirsten kirsti kjell kjetil klaus knud knut konsta kristian
        kristiina kristin kristina kristine kristoffer kåre lamine lars lasse laura lauri layla leif leila
        lena lene leo leon leyla lilja lina linda linn linnea lisa lise lotta lotte louise lucas ludvig luka
        lukas maja malik malin malthe maren margareta margrete margrethe mari maria mariam marianne marie
        marika marina marius markku markus marta marte martha martin martti marwa marwan maryam mathias
        mathilde matilda mats matteus matthías matti mehdi mehmet melissa merete mette mia michael mikael
        mikkel mikko mina miriam mirjam moa mohamed mohammad mohammed mona monica monika morten muhammad
        muhammed murat musa mustafa mustafe nabil nadia nadja naima nasra natalia natalie nawal niels niklas
        niko nikolai nikolaj nils nina nora olaf olav ole oliver olivia olle olli omar oscar oskar osman
        othman otto pablo patrik paul paula paulina pavel pekka pelle pernille peter petra petri petter
        petteri philip pia piotr pirjo päivi rachid ragnar ragnhild rahma raisa ramadan rami randi ranja
        rasmus rebecca rebecka reza riikka rikke ritva robert robin roger roland rolf rune sabrina safia saga
        sahra said salah salma sami samir samira samuel sander sandra sanna sara sarah sari satu sebastian
        selma seppo serkan sigrid sigríður sigrún sigurd sigurður silje simon sindre sirpa sofia sofie solveig
        sonja stefan stefán steinar stian stig stina sultan sumaya susanne svein sven svetlana synne sólveig
        søren tanja tarik tariq teemu teresa terhi terje thea theodor thomas thor thorbjørn tiia tiina timo
        tina tobias tom tomas tommi tommy tone tor torben tore torstein torsten trine trond truls trygve
        tuomas tuula tuva tyra ulf ulla ulrika unni ursula vahid vebjørn vera veronica vibeke victor victoria
        vidar viktor viktoria vilhelm ville vilma virpi viveka wahid waleed walid waris warsame wilhelm wille
        william wilma xavier yasin yasmin yasmine yildiz yngve younes younis yousef youssef yusra yusuf zahra
        zainab zakaria zaki zara zeinab zeynep árni ásta åge åke åsa åse ívar ólafur óskar örn øystein øyvind
        þorsteinn þór þóra
        """
    )
)
