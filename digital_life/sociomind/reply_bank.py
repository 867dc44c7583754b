"""Labelled exchanges (partner's line, own reply, act): a small model's reply gets the body language of its neighbours."""

from __future__ import annotations

import numpy as np

from digital_life.sociomind.encoder import CachedEncoder

EXCHANGES: tuple[tuple[str, str, str], ...] = (
    ("", "Hello! It's good to meet you, I'm Jonas.", "greet"),
    ("Good morning!", "Morning! You look well rested.", "greet"),
    ("Who are you?", "My name is Lena, I repair violins.", "introduce"),
    ("How are you?", "Quite well, thanks. A bit tired from the market.", "calm"),
    ("What do you do?", "I teach chemistry at the evening school.", "calm"),
    ("Where are you from?", "From a village in the hills, two hours north of here.", "calm"),
    ("Tell me more.", "Well, first the roof came off, and then the cellar filled with water.", "calm"),
    (
        "What do you know about ferns?",
        "They were here before the dinosaurs, and they still look pleased about it.",
        "calm",
    ),
    ("I work on ships.", "On ships? How long are you away at a time?", "ask"),
    ("I have three children.", "Three! What are their names?", "ask"),
    ("I moved here last year.", "And what made you choose this place?", "ask"),
    ("I made this table myself.", "By hand? That is beautiful work, I'm impressed.", "admire"),
    ("I crossed the desert on foot.", "On foot! I could never do that.", "admire"),
    ("What is your proudest moment?", "I built the whole bridge with my own crew, and it still stands.", "proud"),
    ("What do you want in life?", "I want to open a school for the children of the harbour.", "proud"),
    ("I got the job!", "That's wonderful, congratulations! We must celebrate.", "joy"),
    ("We are getting married.", "Oh, I am so happy for you both!", "joy"),
    (
        "What made you happy lately?",
        "I found my mother's ring again, behind the stove! I danced in the kitchen.",
        "glad",
    ),
    ("Did you find anything?", "Yes! The rarest shell on the whole beach, I couldn't believe my luck.", "glad"),
    ("What do you love?", "My grandmother's voice, when she sang while hanging the washing.", "tender"),
    ("Do you miss home?", "Sometimes, in the evening. I can still smell the bread.", "tender"),
    ("What happened to your house?", "It burned down in the spring, and everything I had was in it.", "sad"),
    ("Do you still see your brother?", "No. He died before we could make peace.", "sad"),
    ("My father is very ill.", "I'm so sorry. I'm here, tell me whatever you need.", "comfort"),
    ("I feel so lonely.", "Come and sit with me. You don't have to talk.", "comfort"),
    ("My dog died yesterday.", "Oh no. That hurts, he was family.", "comfort"),
    ("What makes you angry?", "People who let others do the work and take the money!", "angry"),
    ("They closed the library.", "That is a disgrace, nobody even asked us.", "anger"),
    ("You're an idiot.", "That was rude. I won't listen to it.", "insult"),
    ("Shut up!", "Don't talk to me like that.", "insult"),
    ("What scares you?", "Deep water. I panic when I can't feel the ground.", "afraid"),
    ("There's a spider on you!", "Where? Take it off, please, take it off!", "afraid"),
    ("Do you agree?", "Yes, I think you're right about that.", "agree"),
    ("Can you help me carry this?", "Of course, give me the heavy end.", "agree"),
    ("That film was good.", "No, I don't think so. It was far too long.", "disagree"),
    ("Do you want a cigarette?", "No, thank you, I don't smoke.", "decline"),
    ("Do you want to hold my cat?", "I'd rather not, I'm allergic.", "decline"),
    ("What do you think of progress?", "It depends on who pays for it, if you ask me.", "opinion"),
    ("What is the meaning of life?", "I believe we are here to look after each other.", "opinion"),
    ("Tell me a joke.", "Why did the cactus cross the road? It was stuck to the chicken.", "joke"),
    ("I fell into the fountain.", "Ha! I would have paid to see that.", "humour"),
    ("My parrot swears at the postman.", "You're joking! That's the best thing I heard all week.", "humour"),
    ("You sing beautifully.", "Thank you, that's very kind of you to say.", "thanks"),
    ("Sorry for what I said.", "All right. I was hurt, but I accept it.", "thanks"),
    ("What is the square root of 7?", "Hm, let me think about that for a moment.", "think"),
    ("Shall we sit down?", "Gladly, my feet hurt.", "agree"),
    ("I have to go now.", "Goodbye then, come back soon.", "farewell"),
    ("It was nice talking with you.", "It was. Take care of yourself, and good night.", "farewell"),
)
"""Written for this purpose; every act is a key of ``body_language.MOTIONS``."""

_NEIGHBOURS = 3


def act_of(heard: str, reply: str, encoder: CachedEncoder) -> str:
    """The act of an exchange: vote of the three nearest ones, weight = cosine cubed."""
    cosines = encoder.encode([f"{line} {answer}" for line, answer, _ in EXCHANGES]) @ encoder.one(f"{heard} {reply}")
    votes: dict[str, float] = {}
    for index in np.argsort(-cosines)[:_NEIGHBOURS]:
        act = EXCHANGES[int(index)][2]
        votes[act] = votes.get(act, 0.0) + max(0.0, float(cosines[index])) ** 3
    return max(votes, key=lambda act: votes[act])
