"""What text looked like before UTF-8: each language's encodings, letters and commonest words.

Letters are those outside ASCII, the most frequent first; words are what dialogue is full of. Of
Chinese, Japanese and Korean the commonest characters stand for both. Written for this project.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Legacy:
    """One language as it was saved: ``encodings`` from the commonest, ``letters`` and ``words``.

    ``level`` is, for East Asian encodings, the lead bytes of the characters in everyday use.
    """

    encodings: tuple[str, ...]
    letters: str
    words: frozenset[str] = frozenset()
    level: tuple[int, int] | None = None


_WEST = ("cp1252", "iso8859-15", "mac-roman", "cp850")
_CENTRAL = ("cp1250", "iso8859-2", "cp852", "mac-latin2")
_CYRILLIC = ("cp1251", "koi8-r", "iso8859-5", "cp866", "mac-cyrillic")
_BALTIC = ("cp1257", "iso8859-13")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LANGUAGES = {
    "en": Legacy(
        _WEST,
        "éèñïçêöüáà£",
        _words(
            "the you to a it and that of is what in me we this he for my on have your do no be "
            "know not can are was all with so here get just go there they like right she out but"
        ),
    ),
    "fr": Legacy(
        _WEST,
        "éàèêçôîùûâœïëüæÿ",
        _words(
            "je tu il elle on nous vous de la le les un une des du et à est pas ne que qui ce ça "
            "c j d l qu mais pour dans en moi toi mon ma mes ton ta sa se si bien oui non où été "
            "très déjà là même être fait avec tout plus comme sais était va quoi suis sur père "
            "mère frère merci bientôt après voilà monsieur sont ont ai as"
        ),
    ),
    "es": Legacy(
        _WEST,
        "óáíé¿¡ñúü",
        _words(
            "que de no a la el es y en lo un por qué me una te los se con para mi está si bien "
            "pero "
            "yo eso las su tu aquí del al como más le esto todo sí ya ahora muy algo nada está "
            "cuando él hay así quién cómo dónde también señor gracias hola estoy tengo día adiós "
            "mañana años niño"
        ),
    ),
    "pt": Legacy(
        _WEST,
        "ãáéçíóêõúàâôü",
        _words(
            "que o não a de é você e eu um para me se uma está com do por no te os em bem como mas "
            "isso na ele sim meu da ela vai foi aqui mais muito tudo nós então já também são até "
            "só "
            "minha seu obrigado onde estou quem há lá amanhã irmão coração"
        ),
    ),
    "it": Legacy(
        _WEST,
        "èàùòéìîó",
        _words(
            "che di non è e la il un a per in mi sono ho si lo ma ti una con cosa se ha le come no "
            "io questo bene ci da del sei qui hai al più della perché solo me te tutto era sì va "
            "può così già chi dove grazie città là lui"
        ),
    ),
    "de": Legacy(
        _WEST,
        "üäößé",
        _words(
            "ich sie das ist du nicht die und es der wir was zu er ein in mir mit ja wie den auf "
            "mich dass so hier eine wenn hat nein sind von für ihr an haben habe war bin auch aber "
            "über können müssen schön möchte würde größe grüß gehört weiß könnte früh zurück mein "
            "dir noch nur"
        ),
    ),
    "nl": Legacy(
        _WEST,
        "éëèïöüóáê",
        _words(
            "ik je het de is dat een niet en wat van we in ze op te hij zijn er maar me die heb "
            "voor met als ben was mijn u dit aan om hier naar dan jij weet nee ja één geen"
        ),
    ),
    "sv": Legacy(
        _WEST,
        "äåöé",
        _words(
            "jag det är du inte att en och har vi på i för han vad med mig som här om dig var den "
            "så till kan de ska ni men ett nej hon bara från när också"
        ),
    ),
    "da": Legacy(
        _WEST,
        "åøæéö",
        _words(
            "jeg det er du ikke at en og har vi på i for han hvad med mig som her den så til kan "
            "de "
            "skal der var men et nej hun også når være må af dig"
        ),
    ),
    "no": Legacy(
        _WEST,
        "åøæéô",
        _words(
            "jeg det er du ikke en og har vi på i for han hva med meg som her den så til kan de "
            "skal var men et nei hun også når være må av deg"
        ),
    ),
    "fi": Legacy(
        _WEST,
        "äöå",
        _words(
            "on ei se en ja mitä hän minä että olen sinä mutta olet me hyvä niin kun nyt tämä "
            "minun "
            "oli tässä hei jos kyllä sinun minua ole sitä täällä vain mennään kiitos"
        ),
    ),
    "is": Legacy(
        _WEST,
        "áíðéþóúæöý",
        _words(
            "ég er að það ekki þú og við í hann ert þetta á já hvað hún með um var nei þér mér "
            "en svo til það því hér"
        ),
    ),
    "ca": Legacy(
        _WEST,
        "àéèíóòçúïü·",
        _words(
            "que de no el la i és a un en què per una està molt però amb és els ho bé si com jo "
            "aquí ja més també això fer són"
        ),
    ),
    "ga": Legacy(_WEST, "áíéóú", _words("tá an sé na ag níl agus mé tú go bhfuil is ní ar sin")),
    "sq": Legacy(_WEST, "ëç", _words("një të është për nuk që më jam unë se si në ka çfarë")),
    "pl": Legacy(
        _CENTRAL,
        "ęąłóśżćńź",
        _words(
            "nie to się w na z że co jest do tak jak mi o a ja i po za ale mnie ten już dla jestem "
            "go tu wiem czy mam ty być są tym może mogę gdzie dobrze przepraszam dziękuję też był "
            "pan kiedy teraz jeszcze proszę chcę cię będzie no"
        ),
    ),
    "cs": Legacy(
        _CENTRAL,
        "íáéěýřčžšůúňťďó",
        _words(
            "to je se na že co si v jsem tak ne do jak ale mi jsi ty já by o za mě s pro jsme vím "
            "tady když není už dobře má být ano jste mám děkuji kde proč může tě teď z byl ten a "
            "dnes děkuju prosím ještě dobrý den můj muž žena"
        ),
    ),
    "sk": Legacy(
        _CENTRAL,
        "áíéčýžšľťúňôďäóĺŕ",
        _words(
            "to je sa na že čo si v som tak nie do ako ale mi ty ja by o za ma s pre sme viem tu "
            "keď "
            "už dobre má byť áno ste mám ďakujem kde prečo môže ťa teraz z bol ten a"
        ),
    ),
    "hu": Legacy(
        _CENTRAL,
        "éáöőóüíúű",
        _words(
            "a nem az hogy és van ez is mi meg de igen csak mit én ha egy te azt el jó ezt hát "
            "vagy "
            "ki itt kell ne most úgy volt lesz ő már köszönöm jól őt miért hol"
        ),
    ),
    "ro": Legacy(
        ("cp1250", "iso8859-16", "iso8859-2", "mac-romanian"),
        "ăîâşţșț",
        _words(
            "nu să de ce a e o că la un în am este pe o eu te cu mai asta ai mă bine şi pentru da "
            "unde ştiu cum dar fi sunt din acum aici vă îmi îţi dacă când tot și știu mulţumesc "
            "frate bună"
        ),
    ),
    "hr": Legacy(
        _CENTRAL,
        "čšžćđ",
        _words(
            "je da to ne se u što sam na i si za mi ti nije od li kako ovo su ja dobro ali samo on "
            "te bi šta može gdje znam ovdje sve biti hvala nešto više još kao će ću"
        ),
    ),
    "sl": Legacy(
        _CENTRAL,
        "čšž",
        _words(
            "je da ne to v se na kaj si sem in za bi ni mi pa ti z so tako kako še ga me kje če "
            "lahko samo vse bo zakaj že bom hvala ja"
        ),
    ),
    "tr": Legacy(
        ("cp1254", "iso8859-9", "mac-turkish", "cp857"),
        "ıüşğçöİâî",
        _words(
            "bir bu ne ve için mı değil ben o de da çok sen mi var evet hayır ama seni beni bana "
            "sana gibi daha onu şey iyi ki kadar nasıl neden burada şimdi güzel yok teşekkürler "
            "tamam biz bunu olarak benim misin mu akşam günaydın"
        ),
    ),
    "et": Legacy(
        (*_BALTIC, "cp1252"),
        "äõüöšž",
        _words(
            "on ei ma see sa ja ta et mis kui me oma mul aga siin ole jah oli pole ära väga kus "
            "aitäh vend"
        ),
    ),
    "lv": Legacy(
        _BALTIC,
        "āīēšņļķžģčū",
        _words(
            "es ir tu un nav ka man to tas kas ar par viņš no ko jā tev mēs kā vai lai nē kur "
            "mans paldies līdz"
        ),
    ),
    "lt": Legacy(
        _BALTIC,
        "ėšųžįąčęū",
        _words(
            "aš ir tai ne tu kad kas jis man į su yra bet tik taip kaip čia mes už jūs ką mano "
            "kur mane nežinau ačiū"
        ),
    ),
    "vi": Legacy(
        ("cp1258",),
        "àáâãèéêìíòóôõùúýăđơư\u0300\u0301\u0303\u0309\u0323",
        _words("không tôi anh là em có và của cô một đi chúng ta đó gì con này cho"),
    ),
    "ru": Legacy(
        _CYRILLIC,
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        _words(
            "я не что и в ты это на с а как мы он у но да нет мне так вы меня за все же тебя то "
            "если она бы вот тебе они его по от ну было здесь есть где кто когда только знаю "
            "хорошо спасибо очень уже для пожалуйста привет"
        ),
    ),
    "uk": Legacy(
        ("cp1251", "koi8-u", "iso8859-5", "cp1125", "mac-cyrillic"),
        "оанивіетрслкудмпязьбгйчхжєцюшїщфґ",
        _words(
            "я не що і в ти це на з а як ми він у але та так ні мені ви мене за все ж тебе те якщо "
            "вона б є вони його до від ну було тут де хто коли дякую добре вже для"
        ),
    ),
    "bg": Legacy(
        ("cp1251", "iso8859-5", "mac-cyrillic"),
        "аиоетнрсвлкдпмзгбъучяйцжщшхюфьѝ",
        _words(
            "да не се на е и че за си от в ще ми ти това с сте съм какво го ли аз но тук как той "
            "са "
            "ме те добре по беше защо бъде нещо благодаря"
        ),
    ),
    "sr": Legacy(
        ("cp1251", "cp1250", "iso8859-5", "iso8859-2"),
        "аоиенсртјукдпмвлзбгчшхцжћђњљфџčšžćđ",
        _words(
            "је да то не се у што сам на и си за ми ти није од ли како ово су ја добро али само он "
            "шта где знам овде све da je ne se šta gde sam na nije dobro"
        ),
    ),
    "mk": Legacy(
        ("cp1251", "iso8859-5"),
        "аоиентврсклдпумзгјбцчшѓќњљжфхџѕѐ",
        _words("да не се на е и што за си од во ќе ми ти тоа со сум го ли јас но тука како тој"),
    ),
    "el": Legacy(
        ("cp1253", "iso8859-7", "cp737", "mac-greek"),
        "αοιετσνηυρπκμλςόίδέγάωχήθύώβφξζψϊΐϋΰ",
        _words(
            "να το και δεν είναι τι με θα μου η ο σου για της του την ότι αυτό από τα σε στο μας "
            "που τον πως μια αν ναι όχι πού ένα έχει εδώ εγώ καλά γιατί πολύ ευχαριστώ κάτι έχω"
        ),
    ),
    "he": Legacy(
        ("cp1255", "iso8859-8", "cp862"),
        "יוהלאתמרבשנםעדקחכפגצטזסןךףץ",
        _words("לא את אני זה של מה הוא לי על כן לך היא אתה יש אבל כל טוב אם כי אז שלי תודה אנחנו"),
    ),
    "ar": Legacy(
        ("cp1256", "iso8859-6"),
        "اليمنوتربهدعفسكحقجأشصةخذطىزضإغثءئظآؤ،؟؛",
        _words("لا من هذا في ما أن على هل أنا إلى أنت ذلك هو يا كان نعم لقد لم إن شيء هنا كل مع"),
    ),
    "fa": Legacy(
        ("cp1256",),
        "اينردهومتبسشکكگلخزقجعپفحچآصطغژضثئذظء،؟؛",
        _words("من به که اين رو تو از اون يه چي نه ما بايد بود با براي در را است هم آره"),
    ),
    "th": Legacy(
        ("cp874", "tis-620"),
        "านรอกเ่งม้ยลวดทัสตีะปบิคหแจพไุใืชขโ็์ำูึถซณผธศๆษฉภญฟฝฐฎฏฑฒฆฌฬฮฤฯ",
    ),
    "ja": Legacy(
        ("cp932", "euc_jp"),
        "".join(chr(i) for i in range(0x3041, 0x30FD))
        + "人日一大年中会本出来見行私何今言時思分方手事前間子気生自者知君彼女死殺話待帰聞食入上下"
        "誰男俺",
        level=(0x88, 0x97),
    ),
    "zh": Legacy(
        ("gb18030",),
        "的一是不我你了在有这他来们个人到说要就会么吧吗啊呢那好没都什去很知道想看也还得过自己怎样"
        "为以可能她对下上"
        "大家真把被给只谁里让时候现今天事情话快走等死做所地着起先生年月明开后多少面意思回见心全小"
        "中问因但和再从"
        "点太已别像当出用动长谢请妈爸爱您女孩儿子发杀",
        level=(0xB0, 0xD7),
    ),
    "zh-Hant": Legacy(
        ("big5hkscs",),
        "的一是不我你了在有這他來們個人到說要就會麼吧嗎啊呢那好沒都什去很知道想看也還得過自己怎樣"
        "為以可能她對下上"
        "大家真把被給只誰裡讓時候現今天事情話快走等死做所地著起先生年月明開後多少面意思回見心全小"
        "中問因但和再從"
        "點太已別像當出用動長謝請媽爸愛您女孩兒子發殺台",
        level=(0xA4, 0xC6),
    ),
    "ko": Legacy(
        ("cp949",),
        "이다는가에을를의하고지어나아도니사자거요서기로해게그라한은만있대야리일네오정내시보수인당"
        "신람"
        "말면없우너안왜무저것제할여뭐주까들데세습렇구래마와으스전생알모상부원장미었했겠됐갔좋같금"
        "군든"
        "러려될된때문못바반발방번별봐봤분불비살새선설성속손식실심싶써엄업엔연열영예올왔용위음임입"
        "잖잘"
        "재적절점조죠죽줄중직진집찮찾처천청체추치친크타터트파편피필함하합행현호화회후히힘돼녕동",
        level=(0xB0, 0xC8),
    ),
}
"""By ISO 639-1 code, and script where one language was saved in two ways."""

ALIASES = {"nb": "no", "nn": "no", "bs": "hr", "be": "ru", "gl": "pt", "yue": "zh", "af": "nl"}
"""Languages that were saved as another one of the table was."""
