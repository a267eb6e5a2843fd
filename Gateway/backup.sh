#!/usr/bin/env bash
# backup.sh DIR: copies everything that `make run` keeps in DATA_DIR into DIR, which must not be there yet, while the
# services run or not. backup.sh --restore DIR: puts it back, while they do not.
# Whoever refers to others is copied before them, so that nothing in the set refers to what is not in it: analytics counts
# what booking says, a booking is of catalog's sessions and of identity's users.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

data=$(realpath -m "${DATA_DIR:-.data}")
services=(analytics booking catalog identity)
umask 077

fail() {
    echo "backup: $*" >&2
    exit 1
}

find_binaries() {
    binaries=${BINARIES:-$(swift build -c release --show-bin-path)}
    [[ -x $binaries/booking ]] || swift build -c release
}

as() {
    DATABASE=$data/$1.db "$binaries/$1" "${@:2}"
}

back_up() {
    [[ ! -e $1 ]] || fail "$1 is there already; every set goes into a directory of its own"
    local service
    for service in "${services[@]}"; do
        # What an interrupted restore has left, the service knows how to go on from.
        [[ -e $data/$service.db || -e $data/$service.db.restored ]] ||
            fail "there is no database $data/$service.db; set DATA_DIR to the directory that the services keep theirs in"
    done
    rm -rf "$1.partial"
    mkdir -p "$1.partial"
    for service in "${services[@]}"; do as "$service" backup "$1.partial/$service.db"; done
    # A set is whole, or it is not there.
    mv -T "$1.partial" "$1"
    sync -f "$1"
    echo "The backup is $1: passwords' hashes, keys and secrets are in it, so keep it as safe as the data itself."
}

restore() {
    local service
    for service in "${services[@]}"; do [[ -r $1/$service.db ]] || fail "there is no $1/$service.db"; done
    mkdir -p "$data"
    # The lock that `make run` has on it.
    exec 9>>"$data/lock"
    flock -n 9 || fail "DATA_DIR $data is in use; stop what runs on it first"
    # Each database changes together with its secret; where this is interrupted, some are old, and doing it again is enough.
    for service in "${services[@]}"; do as "$service" restore "$1/$service.db"; done
}

case ${1:-} in
    --restore) mode=restore dir=${2:-} ;;
    *) mode=back_up dir=${1:-} ;;
esac
[[ -n $dir ]] || fail "which directory? make backup DIR=…, make restore DIR=…"
find_binaries
"$mode" "$(realpath -m "$dir")"
