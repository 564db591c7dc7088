#!/bin/sh
# Chromium for the browser tests and a Chinese font, by apt-get where this user may. Where it may not, the
# browser tests are skipped by name.
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="chromium"
fc-list 2>/dev/null | grep -qi wqy || missing="$missing fonts-wqy-microhei"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "setup: not installed:$missing (needs apt-get as root); browser tests will be skipped by name" >&2
    exit 0
fi
echo "setup: apt-get install $missing" >&2
apt-get update -qq || true
# shellcheck disable=SC2086  # a list of package names
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
    echo "setup: apt-get could not install$missing; browser tests will be skipped by name" >&2
