"""Whether something is said in another language than English, which one, and what the most common of such lines mean.

By words that every text of a language has (a few dozen each) and by its script; short texts need a greeting or two of them.
"""

from __future__ import annotations

import re


def _each(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORDS: dict[str, frozenset[str]] = {
    "Spanish": _each(
        "hola qué que cómo como está estás eres soy usted tú el los las una por para con pero muy dónde donde cuál quién "
        "gracias buenos buenas días noches tardes hoy tienes tu mi hablas habla español señor señora adiós de es llamas llama"
    ),
    "French": _each(
        "bonjour salut comment allez vous vas tu est-ce que quel quelle où es êtes suis je le les une des pour avec mais très "
        "merci bonsoir aujourd'hui parlez parles français ça va votre ton mon s'il plaît monsieur madame et qui au de la appelles appelez"
    ),
    "German": _each(
        "hallo guten tag morgen abend wie geht es ihnen dir du sie bist sind ist ich der die das ein eine und nicht mit für aber "
        "sehr woher wo was wer heißt heißen sprechen sprichst deutsch danke bitte heute entschuldigung kommst kommen dein ihr haben hast"
    ),
    "Italian": _each(
        "ciao buongiorno buonasera come stai sta sei sono il gli una per con ma molto dove chi cosa quale grazie oggi parli parla "
        "italiano signore signora ti chiami si chiama lei tuo mio che di è"
    ),
    "Portuguese": _each(
        "olá oi bom boa dia tarde noite como está vai você és sou os as uma para com mas muito onde qual quem obrigado obrigada hoje "
        "fala falas português senhor senhora seu meu que é tudo bem não chama"
    ),
    "Dutch": _each(
        "hallo goedemorgen goedemiddag hoe gaat het met jij je u bent ben ik de een en niet voor maar heel waar wat wie heet spreek "
        "spreekt nederlands dank alstublieft vandaag kom jouw uw"
    ),
    "Polish": _each("cześć dzień dobry jak się masz jesteś nie tak gdzie co kto dziękuję proszę mówisz po polsku pan pani twoje imię skąd"),
    "Turkish": _each("merhaba selam nasılsın nasılsınız sen siz ben bir ve ne nerede kim teşekkürler bugün türkçe adın iyi günler musun biliyor"),
    "Swedish": _each("hej god morgon hur mår är jag du en ett och inte för men mycket var vad vem heter talar svenska tack idag kommer ifrån"),
}  # fmt: skip
_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("Japanese", r"[\u3040-\u30ff]"), ("Chinese", r"[\u4e00-\u9fff]"), ("Korean", r"[\uac00-\ud7af]"), ("Russian", r"[\u0400-\u04ff]"),
    ("Greek", r"[\u0370-\u03ff]"), ("Arabic", r"[\u0600-\u06ff]"), ("Hebrew", r"[\u0590-\u05ff]"), ("Hindi", r"[\u0900-\u097f]"),
    ("Thai", r"[\u0e00-\u0e7f]"),
)  # fmt: skip
_ENGLISH = _each(
    "the a an and or but of to in is are was were be you your i my me we it that this what where who how when why do does did have "
    "has can could would will not no yes hello hi good with for from on at about they he she his her their there here so if"
)
_ALONE = _each(
    "hola bonjour bonsoir salut guten ciao buongiorno buonasera olá goedemorgen cześć merhaba entschuldigung danke gracias merci grazie obrigado"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MOSTLY, _SOME = 0.3, 0.15
"""Share of the words that must be known, and where none of them is English."""
_PHRASES: tuple[tuple[str, str], ...] = (
    (r"do you speak .*|.*\b(hablas?|parlez|parles|sprechen|sprichst|parli|parla|falas?|spreekt?|mówisz|talar)\b.*", "language"),
    (r"qué tal|cómo (estás?|te va|le va)|comment (allez|vas|ça va)|\bça va\b|wie geht|come (stai|sta|va)|como (está|vai)|tudo bem|hoe gaat|nasılsın|hur mår"
     r"|jak się masz|как (дела|поживаете)|你好吗|元気|잘 지내", "How are you?"),
    (r"(cómo|como) (te|se) llamas?|tu nombre|comment (vous appelez|tu t['’]appelles|t['’]appelles)|ton nom|votre nom|wie hei(ß|ss)(t|en)|come (ti chiami|si chiama)"
     r"|qual é o (seu|teu) nome|como (você )?se chama|hoe heet|twoje imię|adın ne|vad heter|как (тебя|вас) зовут|叫什么|名前", "What is your name?"),
    (r"de dónde|d['’]où|woher|di dove|de onde|waar kom|skąd|var kommer|откуда|哪里人|どこから", "Where are you from?"),
    (r"a qué te dedicas|en qué trabajas|que faites-vous|que fais-tu dans|was (machst|machen) (du|sie) beruflich|che lavoro|o que (você )?faz", "What do you do for a living?"),
    (r"cuántos años|quel âge|wie alt|quanti anni|quantos anos|hoe oud", "How old are you?"),
    (r"\b(adiós|hasta luego|au revoir|auf wiedersehen|tschüss|arrivederci|adeus|tot ziens|do widzenia|hej då|до свидания|再见|さようなら)\b", "Goodbye!"),
    (r"\b(gracias|merci|danke|grazie|obrigad[oa]|dank je|dziękuję|tack|спасибо|谢谢|ありがとう)\b", "Thank you."),
    (r"\b(hola|buenos días|buenas (tardes|noches)|bonjour|bonsoir|salut|guten (tag|morgen|abend)|hallo|ciao|buongiorno|olá|oi|bom dia|goedemorgen|cześć"
     r"|merhaba|hej|привет|здравствуйте|你好|こんにちは|안녕)", "Hello!"),
)  # fmt: skip
_MEANINGS = tuple((re.compile(pattern, re.IGNORECASE), meaning) for pattern, meaning in _PHRASES)


def language_of(text: str) -> str:
    """English name of the language when it is not English, else an empty string; "another language" for a rare script."""
    script = next((name for name, letters in _SCRIPTS if len(re.findall(letters, text)) > _MOSTLY * len(text)), "")
    if script:
        return script
    if "¿" in text or "¡" in text:
        return "Spanish"
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    if not words:
        return ""
    pieces = {part for word in words for part in (word, *word.split("-"))}
    counts = {name: len(pieces & known) for name, known in _WORDS.items()}
    best = max(counts, key=lambda name: counts[name])
    english = len(pieces & _ENGLISH)
    enough = counts[best] >= 2 or bool(pieces & _ALONE)
    share = _MOSTLY if english else _SOME
    return best if enough and counts[best] > english and counts[best] >= share * len(words) else ""


def meaning_of(text: str) -> str:
    """What a common line in another language says in English; "language" asks whether one speaks it; empty if unknown."""
    return next((meaning for pattern, meaning in _MEANINGS if pattern.search(text)), "")
