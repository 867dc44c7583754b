"""Two characters meet: load a scenario, run it, watch it.

python examples/01_hello.py [RUN_FOLDER]
"""

import sys
from pathlib import Path

import digital_life as dl

scenario = dl.Scenario.load(Path(__file__).parent / "first_meeting.yaml")
run = scenario.run(sys.argv[1] if len(sys.argv) > 1 else "runs/hello", mind="offline")
for behaviour in run.behaviours:
    print(behaviour.line())
if sys.stdout.isatty():
    run.view()
