#!/usr/bin/env bash
# The demonstration: sample scans in, an archive out, and what it knows.
set -euo pipefail
declass=$1/declass
folder=$2
export DECLASS_ARCHIVE=$folder/archive

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

mkdir -p "$folder"
say "declass ingest corpus/samples"
"$declass" ingest corpus/samples --batch samples || [ $? = 6 ]
say "declass status"
"$declass" status
say "declass search 'recommend* AND classification:secret'"
"$declass" search 'recommend* AND classification:secret' --limit 5
say "declass stamps"
"$declass" stamps --limit 20
say "declass export $folder/csv --format csv"
"$declass" export "$folder/csv" --format csv
say "The tables lie in $folder/csv (README.md there explains each column); the archive in $folder/archive."
echo "Try:  .venv/bin/declass search '\"recommend that\"' --archive $folder/archive"
