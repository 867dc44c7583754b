"""What a run may cost, and the meter that every call of it goes through."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, Field

from digital_life.errors import DigitalLifeError, InputError, ModelError
from digital_life.llm.asking import Answer, AskingModel
from digital_life.llm.breakdown import broken_down
from digital_life.llm.chat import ChatModel, UnusableAnswer, Usage
from digital_life.llm.recording import RecordedModel

MILLION = 1_000_000


class Prices(BaseModel):
    """Money for a million tokens, in any one currency."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: float = Field(ge=0, allow_inf_nan=False)
    completion: float = Field(ge=0, allow_inf_nan=False)

    def of(self, usage: Usage) -> float:
        """What a call cost."""
        return (usage.prompt_tokens * self.prompt + usage.completion_tokens * self.completion) / MILLION


FREE = Prices(prompt=0, completion=0)
"""Models in this process, and no model at all."""


class Budget(BaseModel):
    """Limits of one run; None is no limit. The call that passes a limit is the last one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_cost: float | None = Field(None, gt=0, allow_inf_nan=False)
    """In the currency of ``price``."""
    max_tokens: int | None = Field(None, gt=0)
    """Prompt and completion together."""
    max_seconds: float | None = Field(None, gt=0, allow_inf_nan=False)
    """Time for which the run is played, thinking and acting, over all its sittings."""
    price: Prices | None = None
    """What the server asks for a million tokens; without it the cost of a server is not known."""

    def merged(self, other: Budget) -> Budget:
        """These limits, but those of ``other`` where it has some."""
        return self.model_copy(update={name: value for name, value in other if value is not None})


@dataclass(frozen=True)
class Call:
    """One request to a model. ``price`` is None where it is not known, ``problem`` says why there was no answer."""

    owner: str
    purpose: str
    model: str
    usage: Usage
    price: float | None
    problem: str = ""


@dataclass(frozen=True)
class Spent:
    """What a run has cost so far."""

    calls: int = 0
    tokens: int = 0
    cost: float = 0.0

    def plus(self, call: Call) -> Spent:
        """With one call more."""
        usage = call.usage
        tokens = self.tokens + usage.prompt_tokens + usage.completion_tokens
        return Spent(self.calls + 1, tokens, self.cost + (call.price or 0.0))


class BudgetSpent(ModelError):
    """The budget of the run is used up; no request was made."""


class Meter:
    """Counts, prices and reports every call to ``model``, and refuses calls when ``budget`` is used up.

    Raises:
        InputError: the budget limits the cost of a server whose price is not known.
    """

    def __init__(
        self,
        model: ChatModel,
        budget: Budget | None = None,
        *,
        spent: Spent | None = None,
        played: Callable[[], float] = lambda: 0.0,
        on_call: Callable[[Call], None] = lambda _call: None,
    ) -> None:
        """``spent`` is what earlier sittings cost, ``played`` the seconds of the run so far, ``on_call`` keeps a call."""
        self.model = model
        self.budget = budget or Budget()
        self.prices = self.budget.price if model.profile.backend == "openai" else FREE
        if self.budget.max_cost is not None and self.prices is None:
            raise InputError(
                f"the run may cost {self.budget.max_cost:g}, but the price of {model.profile.label} is not known",
                "say what a million prompt and completion tokens cost: --price 0.15,0.60, or budget: price: in the scenario",
            )
        self.spent = spent or Spent()
        self._played = played
        self._on_call = on_call
        self.ordered = isinstance(model, RecordedModel)
        """Whether minds must ask one after the other, so that a cassette repeats the run to the byte."""
        self._lock = threading.Lock()
        self._held: list[Call] | None = None

    def seat(self, owner: str) -> SeatedModel:
        """The model as ``owner`` sees it: its calls are counted under that name."""
        return SeatedModel(self, owner)

    def exceeded(self) -> str:
        """Which limit is passed, in words; empty while there is something left."""
        limits: tuple[tuple[str, float | None, Callable[[], float]], ...] = (
            ("max_tokens", self.budget.max_tokens, lambda: self.spent.tokens),
            ("max_cost", self.budget.max_cost, lambda: self.spent.cost),
            ("max_seconds", self.budget.max_seconds, self._played),
        )
        measured = [(name, limit, used()) for name, limit, used in limits if limit is not None]
        passed = [(name, limit, used) for name, limit, used in measured if used >= limit]
        return "; ".join(f"{name} {limit:g} reached ({used:.6g})" for name, limit, used in passed)

    def hold(self) -> None:
        """Keep the calls of minds that think at the same time back until ``release``, so that their order is fixed."""
        self._held = []

    def release(self, owners: Sequence[str]) -> None:
        """Report the calls kept back, in the order of ``owners``."""
        held, self._held = self._held or [], None
        for call in sorted(held, key=lambda call: owners.index(call.owner) if call.owner in owners else len(owners)):
            self._on_call(call)

    def note(self, owner: str, purpose: str, usage: Usage, problem: str = "") -> None:
        """Count one call."""
        price = self.prices.of(usage) if self.prices is not None else None
        call = Call(owner, purpose, self.model.profile.label, usage, price, problem)
        with self._lock:
            self.spent = self.spent.plus(call)
            if self._held is not None:
                self._held.append(call)
                return
        self._on_call(call)


class SeatedModel(AskingModel):
    """A chat model whose calls are metered under one name.

    Beside the errors of :class:`AskingModel` every question may raise BudgetSpent (a limit of the run is reached), and what
    else of ours fails, such as writing the cassette.
    """

    def __init__(self, meter: Meter, owner: str) -> None:
        self._meter = meter
        self._owner = owner

    @property
    def asked(self) -> ChatModel:
        """The model behind the meter."""
        return self._meter.model

    def through(self, purpose: str, ask: Callable[[], Answer], usage: Callable[[Answer], Usage]) -> Answer:
        """Counted and paid for; whatever goes wrong in the model is a ModelError."""
        spent = self._meter.exceeded()
        if spent:
            raise BudgetSpent(f"the budget of the run is used up: {spent}", "give it more, or end the run")
        begun = time.monotonic()
        try:
            answer = ask()
        except ModelError as error:
            self._note_lost(purpose, begun, error)
            raise
        except DigitalLifeError:  # no failure of the model: a full disk under the cassette ends the run
            raise
        except Exception as error:
            failure = broken_down(self.profile, error)
            self._note_lost(purpose, begun, failure)
            raise failure from error
        self._meter.note(self._owner, purpose, usage(answer))
        return answer

    def _note_lost(self, purpose: str, begun: float, failure: ModelError) -> None:
        if isinstance(failure, UnusableAnswer):  # the server wants its money all the same
            usage = failure.usage
        else:
            seconds = 0.0 if self._meter.ordered else round(time.monotonic() - begun, 3)  # a cassette keeps none
            usage = replace(Usage(), seconds=seconds)
        self._meter.note(self._owner, purpose, usage, failure.problem)
