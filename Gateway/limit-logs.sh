#!/usr/bin/env bash
# limit-logs.sh DIRECTORY [BYTES]: moves what its logs hold aside, over what was moved before, whenever one has more than so
# many (64 MiB): of each there are two files. For logs that are appended to.
set -uo pipefail
most=${2:-67108864}

while sleep "${SECONDS_BETWEEN:-10}"; do
    for log in "$1"/*.log; do
        size=$(stat -c %s "$log" 2>/dev/null) || continue
        ((size <= most)) || { cp "$log" "$log.1" && : >"$log"; }
    done
done
