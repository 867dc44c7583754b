"""Embed what the shipped library says, for the package: run this whenever its captions or the lexicon's terms change."""

import os
import tempfile
from pathlib import Path

from digital_life.assets import asset_dir
from digital_life.llm.embedding import shared_embedder
from digital_life.momat.caption_rows import SHIPPED, encoder_key, read_part, write_part
from digital_life.momat.library import MotionLibrary
from digital_life.momat.search import MotionSearch


def main() -> None:
    embedder = shared_embedder()
    target = SHIPPED / f"{encoder_key(embedder)}.npz"
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DIGITAL_LIFE_CACHE"] = folder
        MotionSearch(MotionLibrary.open(asset_dir("motion_db")), embedder).search("waves")
        parts = sorted(Path(folder).glob("captions/*/*.npz"))
        rows = dict(sorted(row for part in parts for row in read_part(part).items()))
    write_part(target, rows)
    print(f"{target}: {len(rows)} texts, {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
