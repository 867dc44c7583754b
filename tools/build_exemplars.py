"""Make digital_life/sociomind/data/exemplars.npz, the vectors of the behaviour patterns, after their YAML was changed.

Usage: python tools/build_exemplars.py
"""

from __future__ import annotations

import numpy as np

from digital_life.persona.facets import FACETS
from digital_life.sociomind.encoder import CachedEncoder
from digital_life.sociomind.exemplars import VECTORS, bank, bank_key


def main() -> None:
    encoder = CachedEncoder()
    np.savez_compressed(
        VECTORS,
        key=bank_key(),
        names=np.array(FACETS),
        facets=encoder.encode([facet.replace("_", " ") for facet in FACETS]).astype(np.float16),
        behaviours=encoder.encode([pattern.behaviour for pattern in bank()]).astype(np.float16),
    )
    print(f"{VECTORS}: {len(bank())} patterns, {VECTORS.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
