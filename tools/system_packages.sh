#!/usr/bin/env bash
# Off-screen OpenGL (video) and Chromium (browser tests) are no Python packages. Where this may install them, it does;
# elsewhere it says what to install, and everything else goes on without them.
set -u

missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
for library in libEGL.so.1:libegl1 libGLESv2.so.2:libgles2 libGL.so.1:libgl1; do
  ldconfig -p 2>/dev/null | grep -q "${library%%:*}" || missing+=("${library##*:}")
done
[ -d /usr/lib/x86_64-linux-gnu/dri ] || [ -d /usr/lib/aarch64-linux-gnu/dri ] || missing+=(libgl1-mesa-dri)
[ ${#missing[@]} -eq 0 ] && exit 0

run=()
if [ "$(id -u)" != 0 ]; then run=(sudo -n); fi
if command -v apt-get >/dev/null && "${run[@]}" true 2>/dev/null; then
  echo "Installing ${missing[*]}"
  "${run[@]}" apt-get update -qq && "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null && exit 0
fi
echo "Not here: ${missing[*]}. Video and browser tests need them; on Debian or Ubuntu: sudo apt-get install ${missing[*]}"
exit 0
