"""Plain lines for intents for which a persona has none left: anybody could say them."""

from __future__ import annotations

from digital_life.persona.schema import Intent

DEFAULT_LINES: dict[Intent, tuple[str, ...]] = {
    "greeting": ("Hello.", "Hello, {partner}.", "Good to meet you."),
    "greeting_again": ("Good to see you again, {partner}.", "Hello again, {partner}."),
    "introduce": ("I'm {name}.", "My name is {name}."),
    "how_i_am": ("I'm well, thank you.", "Quite all right, thank you."),
    "ask_how": ("And how are you?", "How are you?"),
    "ask_about_other": ("What brings you here?", "Tell me something about you."),
    "react_interest": ("I see.", "Really.", "That says a lot.", "I didn't know that."),
    "react_joy": ("How good to hear.", "I'm glad for you."),
    "react_sorrow": ("I'm sorry to hear it.", "That is hard."),
    "react_humour": ("That made me laugh.", "What a story."),
    "react_admire": ("I'm impressed.", "That is no small thing."),
    "react_anger": ("I understand that you're angry.", "That isn't right."),
    "ask_why": ("Why is that important to you?", "What does it mean to you?"),
    "ask_feeling": ("How did it feel?", "What was that like?"),
    "ask_next": ("And what happened then?", "Tell me more."),
    "bridge": ("That makes me think of {topic}.", "I know something like it."),
    "topic": ("Let me tell you about {topic}.",),
    "agree": ("I think so too.", "That's true."),
    "disagree": ("I see it differently.", "I doubt that."),
    "opinion": ("{belief} That's how I see it.",),
    "joke": ("I only know one joke, and it is a long one about a short man.",),
    "comfort": ("I'm so sorry. I'm here.", "That is awful. Take your time."),
    "thanks": ("You're welcome.", "Gladly."),
    "compliment_reply": ("Thank you, that's kind.", "That is nice of you to say."),
    "apology_reply": ("It's all right.", "Apology accepted."),
    "insult_reply": ("That was unkind.", "Please don't talk to me like that."),
    "insult_leave": ("I won't listen to this. Goodbye.",),
    "invite": ("Shall we go to the {place}?",),
    "accept": ("Yes, gladly.", "All right, let's."),
    "decline": ("No, thank you.", "I'd rather not."),
    "deflect": ("I'd rather not talk about that.", "Ask me about {topic} instead."),
    "fallback": ("I'm not sure I follow. What do you mean?", "How do you mean that?"),
    "silence": ("You're quiet.", "Is everything all right?"),
    "leave_hint": ("I have to go soon.", "It's getting late for me."),
    "let_go": ("Of course, I won't keep you.", "Then I won't hold you up."),
    "farewell": ("Goodbye, {partner}.", "Take care, {partner}."),
}
