#!/usr/bin/python3
"""Checks tickets as a door device does that is offline: with PyJWT and the published keys, without Marquee's code.

    check-tickets.py JWKS_URL < codes, one a line

Prints how many are good, how many still are after one byte of what they say was changed, and how many are good for a
verifier of access tokens. Only the first should be more than 0.
"""
import json
import sys
import urllib.request

import jwt

with urllib.request.urlopen(sys.argv[1]) as answer:
    document = json.load(answer)
KEYS = {
    key["kid"]: jwt.PyJWK(key).key for key in document["keys"] if key.get("purpose") == "tickets"
}


def is_good(code, audience="door", issuer="marquee/booking", kind="ticket+jwt"):
    try:
        header = jwt.get_unverified_header(code)
        jwt.decode(
            code,
            KEYS[header["kid"]],
            algorithms=["EdDSA"],
            audience=audience,
            issuer=issuer,
            options={"require": ["sub", "nbf", "exp"]},
        )
        return header["typ"] == kind
    except (jwt.InvalidTokenError, KeyError, ValueError):
        return False


def changed(code):
    head, claims, signature = code.split(".")
    place = len(claims) // 2
    other = "A" if claims[place] != "A" else "B"
    return ".".join([head, claims[:place] + other + claims[place + 1 :], signature])


codes = sys.stdin.read().split()
print(
    len(set(filter(is_good, codes))),
    sum(is_good(changed(code)) for code in codes),
    sum(is_good(code, "marquee", "marquee/identity", "at+jwt") for code in codes),
)
