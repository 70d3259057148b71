#!/usr/bin/env bash
# Installs what is missing: Tesseract (system package), a virtual environment with the locked packages, the command declass.
set -euo pipefail
venv=$1

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

python_found() {
    for name in python3.13 python3.12 python3.11 python3; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
}

missing=()
command -v tesseract >/dev/null && tesseract --list-langs 2>/dev/null | grep -qx eng || missing+=(tesseract)
python=$(python_found)
[ -n "$python" ] && "$python" -c 'import venv, ensurepip' 2>/dev/null || missing+=(python)

if [ ${#missing[@]} -gt 0 ]; then
    echo "setup: installing ${missing[*]}" >&2
    if command -v apt-get >/dev/null; then
        if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
            echo "setup: ${missing[*]} missing; run as root or install sudo, or: apt-get install tesseract-ocr tesseract-ocr-eng python3 python3-venv" >&2
            exit 3
        fi
        packages=()
        [[ " ${missing[*]} " == *" tesseract "* ]] && packages+=(tesseract-ocr tesseract-ocr-eng)
        [[ " ${missing[*]} " == *" python "* ]] && packages+=(python3 python3-venv)
        as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}" >/dev/null
    elif command -v brew >/dev/null; then
        [[ " ${missing[*]} " == *" tesseract "* ]] && brew install --quiet tesseract
        [[ " ${missing[*]} " == *" python "* ]] && brew install --quiet python@3.12
    else
        echo "setup: ${missing[*]} missing, and neither apt-get nor brew is here; install Tesseract 5 with English and Python 3.11 to 3.13, then run make again" >&2
        exit 3
    fi
    python=$(python_found)
fi
if [ -z "$python" ]; then
    echo "setup: no Python 3.11 to 3.13 found; install one, then run make again" >&2
    exit 3
fi

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --editable .
echo "setup: $("$venv/bin/declass" --version) in $venv, $(tesseract --version 2>&1 | head -1)" >&2
