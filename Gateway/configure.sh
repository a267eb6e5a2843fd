#!/usr/bin/env bash
# configure.sh DIRECTORY ADDRESS IDENTITY CATALOG BOOKING ANALYTICS
#
# Puts the gateway's configuration into DIRECTORY, listening on ADDRESS, in front of the four services' public
# addresses (each host:port). LIMITS=off limits nobody. To run it: nginx -e stderr -p DIRECTORY -c nginx.conf
set -euo pipefail

directory=$1 address=$2
shift 2
source=$(dirname "$(realpath "$0")")

limits=on
[[ ${LIMITS:-} == off ]] && limits=off

mkdir -p "$directory"
cp "$source/nginx.conf" "$directory/nginx.conf"
cp "$source/limits-$limits.conf" "$directory/limits.conf"
rm -f "$directory/tls.conf"
[[ ! -e $source/tls.conf ]] || cp "$source/tls.conf" "$directory/tls.conf"
echo "listen $address backlog=4096;" >"$directory/listen.conf"

# The idle time is shorter than a service's own, so that the gateway is the one that closes: a request never meets a
# connection that is just going away. In a rush the service refuses, and not the gateway, which cannot tell who has begun
# to book from who has not; what is refused here is what would not leave the service's 4,096 connections room for those
# that are kept idle.
for service in identity catalog booking analytics; do
    cat <<EOF
map "" \$$service {
    default $service;
}
upstream $service {
    zone $service 64k;
    server $1 max_conns=2500;
    keepalive 512;
    keepalive_requests 100000;
    keepalive_timeout 30s;
}
EOF
    shift
done >"$directory/upstreams.conf"
