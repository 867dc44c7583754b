"""Words become motion: which clip fits, from where it is entered, and why; the frames go into a file.

python examples/02_match.py ["waves with the left hand"] [OUT.npz]
"""

import sys
from pathlib import Path

import digital_life as dl

text = sys.argv[1] if len(sys.argv) > 1 else "waves with the left hand"
out = Path(sys.argv[2] if len(sys.argv) > 2 else "match.npz")
standing = dl.match("stands at ease", posture="standing").motion
match = dl.match(text, posture="standing", pose=standing.slice(0, 30), seed=1)
print(match.reason)
for candidate in match.candidates:
    print(f"  {candidate.clip.id:24} words {candidate.semantic:5.2f}  joining {candidate.joining:5.2f}")
if match.clip:
    dl.save_motion(match.motion, out)
    print(
        f"{len(match.motion)} frames in {out}; to look at the clip: digital-life motions show {match.clip.id} -o clip.png"
    )
