#!/usr/bin/env bash
# Builds and runs Marquee from this checkout: four services and the gateway, until Ctrl-C or until one of them dies.
# Settings, all from the environment: PORT, DATA_DIR, HOLD_SECONDS, TOKEN_SECONDS, LIMITS; MAIL_URL, MAIL_FROM,
# MAILS_PER_SECOND, without which mails are files in DATA_DIR; PAYMENTS, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET.
# shellcheck disable=SC2317 # some functions are only reached through a trap or through `as`
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

port=${PORT:-8080}
data=$(realpath -m "${DATA_DIR:-.data}")
services=(identity catalog booking analytics)
declare -A public=() internal=() child=()
limiter=

fail() {
    echo "make run: $*" >&2
    exit 1
}

is_taken() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

check_port() {
    if ! [[ $port =~ ^[1-9][0-9]{0,4}$ ]] || ((port > 65535)); then fail "PORT $port is not a port number"; fi
    ! is_taken "$port" || fail "port $port is taken; choose another with PORT=…"
}

# The lock lives as long as any process started here, so a survivor of a crash keeps its databases to itself.
take_data_directory() {
    umask 077
    if ! mkdir -p "$data/log" 2>/dev/null || ! [[ -w $data && -w $data/log ]] || ! { : >>"$data/lock"; } 2>/dev/null; then
        fail "cannot write to DATA_DIR $data"
    fi
    exec 9>>"$data/lock"
    flock -n 9 || fail "DATA_DIR $data is in use by another copy; choose another with DATA_DIR=…"
}

build() {
    command -v swift >/dev/null || fail "the Swift toolchain is not on the PATH"
    .ci/install build
    swift build -c release
    binaries=$(swift build -c release --show-bin-path)
}

# Each PORT begins its search at a place of its own, below the ports that the kernel hands out.
find_ports() {
    next_port=$((20000 + port % 1200 * 8))
    local service
    for service in "${services[@]}"; do
        find_address && public[$service]=$address
        find_address && internal[$service]=$address
    done
}

find_address() {
    while is_taken "$next_port"; do next_port=$((next_port + 1)); done
    address=127.0.0.1:$next_port
    next_port=$((next_port + 1))
}

export_settings() {
    ulimit -Sn "$(ulimit -Hn)"
    export HOLD_SECONDS=${HOLD_SECONDS:-60} TOKEN_SECONDS=${TOKEN_SECONDS:-3600} LIMITS=${LIMITS:-on}
    export INTERNAL_TOKEN=${INTERNAL_TOKEN:-$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')}
    export IDENTITY_URL=http://${internal[identity]} CATALOG_URL=http://${internal[catalog]}
    export MAIL_FOLDER=${MAIL_FOLDER:-$data/mail}
    export BOOKING_URL=http://${internal[booking]} ANALYTICS_URL=http://${internal[analytics]}
}

# as SERVICE COMMAND…: runs it with that service's addresses and database.
as() {
    PUBLIC_ADDRESS=${public[$1]} INTERNAL_ADDRESS=${internal[$1]} DATABASE=$data/$1.db "${@:2}"
}

prepare() {
    "$binaries/$1" migrate || fail "$1's database could not be brought up to date"
    "$binaries/$1" seed "Services/$1/seeds.sql" || fail "the sample data of $1 could not be loaded"
}

# start NAME COMMAND…: in a session of its own, so that Ctrl-C reaches this script alone, which stops things in order;
# should this script be killed, the kernel ends what it started. The log of the run before is kept.
start() {
    [[ ! -e $data/log/$1.log ]] || mv "$data/log/$1.log" "$data/log/$1.log.1"
    setsid setpriv --pdeathsig TERM "${@:2}" >>"$data/log/$1.log" 2>&1 </dev/null &
    child[$1]=$!
}

# A log that has grown too long takes the place of the run before's. Its writer keeps it open, so that it is copied and
# emptied; a line that comes in between is lost. Has no lock of the data directory, and ends with this script.
limit_logs() {
    setpriv --pdeathsig KILL Gateway/limit-logs.sh "$data/log" >/dev/null 2>&1 </dev/null 9>&- &
    limiter=$!
}

await_ready() {
    local deadline=$((SECONDS + 30))
    until as "$1" "$binaries/$1" healthcheck >/dev/null 2>&1; do
        kill -0 "${child[$1]}" 2>/dev/null || report_end
        ((SECONDS < deadline)) || fail "$1 did not get ready; see $data/log/$1.log"
        sleep 0.05
    done
}

start_gateway() {
    LIMITS=$LIMITS Gateway/configure.sh "$data/gateway" "127.0.0.1:$port" \
        "${public[identity]}" "${public[catalog]}" "${public[booking]}" "${public[analytics]}"
    start gateway nginx -e stderr -p "$data/gateway" -c nginx.conf
    until is_taken "$port"; do
        kill -0 "${child[gateway]}" 2>/dev/null || report_end
        sleep 0.05
    done
}

# Waits for the first of the children to end, and says which and why; the rest is stopped on the way out.
report_end() {
    local gone status=0 name why
    wait -n -p gone "${child[@]}" 2>/dev/null || status=$?
    for name in "${!child[@]}"; do
        [[ ${child[$name]} == "$gone" ]] || continue
        why="exit status $status"
        ((status <= 128)) || why="signal $(kill -l "$status")"
        echo "make run: $name ended ($why). Its last words, from $data/log/$name.log:" >&2
        tail -n 3 "$data/log/$name.log" >&2
    done
    exit 1
}

# gone_within SECONDS PID…
gone_within() {
    local deadline=$((SECONDS + $1))
    while kill -0 "${@:2}" 2>/dev/null; do
        ((SECONDS < deadline)) || return 1
        sleep 0.05
    done
}

# The gateway first, so that what is in flight finishes and nothing new arrives. Each child leads a process group: were
# nginx's master dead, its workers would still be in it.
stop() {
    trap '' INT TERM HUP
    [[ -z $limiter ]] || kill "$limiter" 2>/dev/null || true
    ((${#child[@]})) || return 0
    echo "Stopping"
    if [[ -n ${child[gateway]:-} ]] && kill -QUIT "${child[gateway]}" 2>/dev/null; then
        gone_within 5 "${child[gateway]}" || true
    fi
    local groups=("${child[@]/#/-}")
    kill -TERM -- "${groups[@]}" 2>/dev/null || true
    gone_within 20 -- "${groups[@]}" || kill -KILL -- "${groups[@]}" 2>/dev/null || true
    wait
}

announce() {
    # The server's address may hold a password.
    local mail="sent by the server that MAIL_URL names"
    [[ -n ${MAIL_URL:-} ]] || mail="written into $MAIL_FOLDER, a file each"
    cat <<EOF

Marquee is running.

    gateway    http://127.0.0.1:$port
    identity   http://${public[identity]}   internal http://${internal[identity]}
    catalog    http://${public[catalog]}   internal http://${internal[catalog]}
    booking    http://${public[booking]}   internal http://${internal[booking]}
    analytics  http://${public[analytics]}   internal http://${internal[analytics]}
    data       $data   logs $data/log
    mail       $mail

Sample users, all with the password let-me-in-please:

    customer@marquee.example   staff@marquee.example   admin@marquee.example

Try:

    curl 'http://127.0.0.1:$port/v1/movies?limit=3'

Ctrl-C stops everything.
EOF
}

trap stop EXIT
trap 'exit 0' INT TERM HUP

check_port
take_data_directory
build
find_ports
export_settings
for service in "${services[@]}"; do as "$service" prepare "$service"; done
# Identity is ready before the others ask it for its keys.
for service in "${services[@]}"; do
    as "$service" start "$service" "$binaries/$service" serve
    await_ready "$service"
done
start_gateway
limit_logs
announce
report_end
