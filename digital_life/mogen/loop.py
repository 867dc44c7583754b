"""The training loop: resumes from any kill, averages weights, logs losses, keeps checkpoints whole."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from digital_life.errors import InputError, storage_error
from digital_life.mogen.config import Schedule

Losses = Callable[[int], Mapping[str, Tensor]]
"""From the number of a step to the losses of its batch, already weighted; their sum is minimised."""
Observer = Callable[[int, nn.Module], None]
"""Called with the number of steps done and the averaged network whenever a checkpoint was written."""
LOGGED = 20
"""Steps between two lines of the log."""


class Training:
    """One network in training, in ``folder``: ``checkpoint.pt`` (everything), ``losses.csv`` and ``losses.png``."""

    def __init__(
        self, network: nn.Module, schedule: Schedule, folder: Path, device: torch.device, precision: str
    ) -> None:
        """Prepare, and go on where a checkpoint in ``folder`` stops.

        Raises:
            InputError: the checkpoint is of a network of another shape.
        """
        self.network = network.to(device)
        self.average = deepcopy(self.network).requires_grad_(False)
        self.schedule = schedule
        self.folder = folder
        self.device = device
        self.half = precision == "bfloat16" or (precision == "auto" and device.type == "cuda")
        self.optimiser = torch.optim.AdamW(
            network.parameters(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay, betas=(0.9, 0.98)
        )
        self.step = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._resume()

    @property
    def _checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def _resume(self) -> None:
        if not self._checkpoint.is_file():
            return
        state = torch.load(self._checkpoint, map_location=self.device, weights_only=True)
        try:
            self.network.load_state_dict(state["network"])
            self.average.load_state_dict(state["average"])
        except RuntimeError as error:
            raise InputError(
                f"{self._checkpoint} is of another network", "train into another --out, or delete the old checkpoint"
            ) from error
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]

    def save(self) -> None:
        """Write the checkpoint; a kill leaves the old one or the new one whole.

        Raises:
            StorageError: the disk is full.
        """
        partial = self._checkpoint.with_suffix(".partial")
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }
        try:
            torch.save(state, partial)
            partial.replace(self._checkpoint)
        except (OSError, RuntimeError) as error:
            raise storage_error(OSError(str(error)), self._checkpoint, "saving the training") from error

    def precision(self) -> AbstractContextManager[Any]:
        """Mixed precision where it pays."""
        return torch.autocast(self.device.type, torch.bfloat16) if self.half else nullcontext()

    def run(self, losses: Losses, *, seconds: float | None = None, observe: Observer | None = None) -> None:
        """Train to the end of the schedule, or for ``seconds``; ``observe`` looks at the network as it goes."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        begin = time.monotonic()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        sums: dict[str, Tensor] = {}
        logged = self.step  # a training that goes on may begin between two lines of the log
        with Progress(*columns) as progress:
            task = progress.add_task("Training", total=self.schedule.steps, completed=self.step)
            try:
                while self.step < self.schedule.steps and (seconds is None or time.monotonic() - begin < seconds):
                    for name, value in self._one(losses).items():
                        sums[name] = sums[name] + value if name in sums else value
                    self.step += 1
                    if self.step % LOGGED == 0:
                        means = {name: float(value) / (self.step - logged) for name, value in sums.items()}
                        self._log(means)
                        progress.update(task, description=f"loss {sum(means.values()):.4f}")
                        sums, logged = {}, self.step
                    if self.step % self.schedule.save_every == 0:
                        self.save()
                        if observe is not None:
                            observe(self.step, self.average.eval())
                    progress.update(task, completed=self.step)
            finally:
                self.save()
        plot_losses(self.folder)

    def _one(self, losses: Losses) -> dict[str, Tensor]:
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        self.network.train()
        torch.manual_seed(self.step)  # noise and dropout of a step do not depend on where a training was resumed
        terms = losses(self.step)
        total = torch.stack(list(terms.values())).sum()
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        if torch.isfinite(total):
            self.optimiser.step()
        keep = min(self.schedule.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for old, new in zip(self.average.parameters(), self.network.parameters(), strict=True):
                old.lerp_(new, 1.0 - keep)
        return {name: value.detach() for name, value in terms.items()}

    def _rate(self) -> float:
        """Linear warm-up, then half a cosine down to a twentieth."""
        warm = min(1.0, (self.step + 1) / max(1, self.schedule.warm_up))
        done = self.step / self.schedule.steps
        return self.schedule.learning_rate * warm * (0.05 + 0.95 * 0.5 * (1.0 + math.cos(math.pi * done)))

    def _log(self, means: Mapping[str, float]) -> None:
        path = self.folder / "losses.csv"
        fresh = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.writer(file)
            if fresh:
                writer.writerow(["step", "rate", *means])
            writer.writerow([self.step, f"{self._rate():.3g}", *(f"{value:.5f}" for value in means.values())])


def plot_losses(folder: Path) -> Path | None:
    """Draw ``losses.csv`` as ``losses.png``; None where matplotlib is not installed or nothing was logged."""
    try:
        import matplotlib
    except ImportError:
        return None
    path = folder / "losses.csv"
    if not path.is_file():
        return None
    with path.open() as file:
        rows = list(csv.DictReader(file))
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5))
    steps = [int(row["step"]) for row in rows]
    for name in (name for name in rows[0] if name not in ("step", "rate")):
        axes.plot(steps, [float(row[name]) for row in rows], label=name, linewidth=1)
    axes.set(xlabel="step", ylabel="weighted loss", yscale="log")
    axes.legend(fontsize=7)
    figure.tight_layout()
    out = folder / "losses.png"
    figure.savefig(out, dpi=90)
    pyplot.close(figure)
    return out
