"""From words to an appearance through the mind's back end; by keywords where it has no structured answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from digital_life.errors import ModelError
from digital_life.llm.chat import ChatModel, Message, Usage
from digital_life.persona.appearance import Appearance
from digital_life.persona.looks.keywords import completed, described
from digital_life.persona.schema import Persona

_TASK = (
    "You turn a description of a person into the fields of an avatar. Follow the description to the letter; choose what "
    "it leaves open so that it fits the person, era and trade. age in years (4-90); gender 0 masculine to 1 feminine; "
    "build 0 slim to 1 heavy; muscle 0 to 1; ancestry in shares; all colours as natural, muted #rrggbb: skin between "
    "#3d2619 and #dcb49a, grey hair for the old; height_cm sole to crown; face_seed any number above 0; beard is the "
    "strength of its shadow on the skin, 0 for women and children; description is left empty."
)


@dataclass(frozen=True)
class Look:
    """An appearance, who filled it ("model", "keywords" or "given": nothing was asked), and what that cost."""

    appearance: Appearance
    by: str
    usage: Usage = field(default_factory=Usage)
    problem: str = ""
    """Why the model was not taken, "" if it was or was not wanted."""


def fill_look(appearance: Appearance, model: ChatModel | None, context: str = "", seed: int = 0) -> Look:
    """Fill what ``appearance`` leaves out from its ``description``; what was given stays as it is.

    ``context`` is what else is known of the person. A model without structured answers, or one that fails, leaves it
    to the keywords.
    """
    if not appearance.description:
        return Look(appearance, "given")
    problem = ""
    if model is not None and model.profile.pipeline == "structured":
        asked = f"Description: {appearance.description}\n{context}".strip()
        messages = [Message("system", _TASK, fixed=True), Message("user", asked)]
        try:
            answer, usage = model.structured(messages, Appearance, max_tokens=900, temperature=0.4, seed=seed)
        except ModelError as error:
            problem = error.problem
        else:
            found = answer.model_dump(exclude_unset=True) | {"description": appearance.description}
            return Look(completed(appearance, found), "model", usage)
    return Look(described(appearance), "keywords", problem=problem)


def fill_persona(persona: Persona, model: ChatModel | None, seed: int = 0) -> tuple[Persona, Look]:
    """The persona with its look filled in; its age stands where the appearance names none."""
    wanted = persona.appearance
    if wanted.description and "age" not in wanted.model_fields_set and "age" in persona.model_fields_set:
        wanted = Appearance.model_validate(wanted.model_dump(exclude_unset=True) | {"age": persona.age})
    context = f"Who: {persona.name}, {persona.age}, {persona.culture}. {persona.description}"
    look = fill_look(wanted, model, context, seed)
    return persona.model_copy(update={"appearance": look.appearance}), look
