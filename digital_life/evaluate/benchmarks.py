"""The table of benchmarks: name, and the function that measures it (imported only when it runs)."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from digital_life.evaluate.table import Table

Row = tuple[str, float, str]
"""What was measured, its value, its unit."""

BENCHMARKS: dict[str, str] = {
    "startup": "digital_life.evaluate.bench:startup",
    "first-frame": "digital_life.evaluate.bench:first_frame",
    "turns": "digital_life.evaluate.bench:turns",
    "body": "digital_life.evaluate.bench_body:body",
    "appearance": "digital_life.evaluate.bench_appearance:appearance",
    "render": "digital_life.evaluate.bench_render:render",
    "video": "digital_life.evaluate.bench:video",
    "body-volume": "digital_life.evaluate.bench_body_volume:body_volume",
    "files": "digital_life.evaluate.bench_files:files",
    "together": "digital_life.evaluate.bench_together:together",
    "together-all": "digital_life.evaluate.bench_together:together_all",
    "formats": "digital_life.evaluate.bench_formats:formats",
    "motions": "digital_life.evaluate.bench_motions:motions",
    "search": "digital_life.evaluate.bench_search:search",
    "library": "digital_life.evaluate.bench_library:library",
    "blend": "digital_life.evaluate.bench_blend:blend",
    "match": "digital_life.evaluate.bench_match:match",
    "stage-seams": "digital_life.evaluate.bench_stage_seams:stage_seams",
    "emotive": "digital_life.evaluate.bench_emotive:emotive",
    "beats": "digital_life.evaluate.bench_beats:beats",
    "join": "digital_life.evaluate.bench_join:join",
    "mogen": "digital_life.evaluate.bench_mogen:mogen",
    "sampling": "digital_life.evaluate.bench_sampling:sampling",
    "wording": "digital_life.evaluate.bench_wording:wording",
    "humanml3d": "digital_life.evaluate.bench_humanml3d:humanml3d",
    "speed": "digital_life.evaluate.bench_speed:speed",
    "locomotion": "digital_life.evaluate.bench_locomotion:locomotion",
    "memory": "digital_life.evaluate.bench_memory:memory",
    "mind-cost": "digital_life.evaluate.bench_mind_cost:mind_cost",
    "persona-classifier": "digital_life.evaluate.bench_persona:persona_classifier",
    "caption": "digital_life.evaluate.bench_caption:caption",
    "fuzz": "digital_life.evaluate.bench_fuzz:fuzz_answers",
}

ON_REQUEST = frozenset(
    {"fuzz", "library", "emotive", "appearance", "together-all", "mogen", "sampling", "wording", "humanml3d"}
)
"""What runs only when it is named: it takes long, or needs data that do not come with the program."""


def benchmark(name: str) -> Callable[..., list[Row] | Table]:
    """The function of that name in :data:`BENCHMARKS`."""
    module, function = BENCHMARKS[name].split(":")
    measure: Callable[..., list[Row] | Table] = getattr(import_module(module), function)
    return measure
