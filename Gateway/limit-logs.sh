#!/usr/bin/env bash
# limit-logs.sh DIRECTORY [BYTES]: moves what its logs hold aside, over what was moved before, whenever one has more than so
# many (64 MiB): of each there are two files. For logs that are appended to. What cannot be moved, as the disk is full, is
# given up.
set -uo pipefail
most=${2:-67108864}

while sleep "${SECONDS_BETWEEN:-10}"; do
    for log in "$1"/*.log; do
        size=$(stat -c %s "$log" 2>/dev/null) || continue
        ((size > most)) || continue
        # A part of it would only take room.
        cp "$log" "$log.1" || rm -f "$log.1"
        : >"$log"
    done
done
