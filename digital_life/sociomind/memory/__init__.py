"""Long-term memory: nodes, forgetting, recall, and how it is recorded."""

from digital_life.sociomind.memory.forgetting import is_forgotten, retention
from digital_life.sociomind.memory.node import Kind, Mark, Memory, Recalled, manual_event, shortened
from digital_life.sociomind.memory.store import Kept, MemoryStore, Unrecorded

__all__ = [
    "Kept",
    "Kind",
    "Mark",
    "Memory",
    "MemoryStore",
    "Recalled",
    "Unrecorded",
    "is_forgotten",
    "manual_event",
    "retention",
    "shortened",
]
