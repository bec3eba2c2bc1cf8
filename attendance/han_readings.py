#!/usr/bin/env python3
"""Writes the Mandarin reading of each Han character that ICU knows, without tones, as C tables: han_readings.py OUTPUT.

ICU's transliterator takes a few tenths of a second to open, and says the same each time: so it is asked once, at build time
(uconv, of package icu-devtools).
"""
import pathlib
import subprocess
import sys
import unicodedata

DENSE = range(0x3400, 0xA000)           # an array with a hole of hexagrams
SPARSE = [0x3007, *range(0x20000, 0x323B0)]


def toneless(reading):
    """Small letters a to z, with v for u with two dots, as it is typed; "" when that is not what it is."""
    out = ""
    for c in unicodedata.normalize("NFD", reading):
        if c == "\u0308":
            out = out[:-1] + "v"
        elif not unicodedata.combining(c):
            out += c
    return out if out.isascii() and out.isalpha() and out.islower() and len(out) <= 6 else ""


def readings(points):
    text = "\n".join(map(chr, points))
    done = subprocess.run(["uconv", "-f", "utf-8", "-t", "utf-8", "-x", "Han-Latin"], input=text.encode(), capture_output=True, check=True)
    lines = done.stdout.decode().split("\n")
    if len(lines) != len(points):
        sys.exit("uconv gave %d lines for %d characters" % (len(lines), len(points)))
    return {p: r for p, r in zip(points, map(toneless, lines)) if r}


def rows(values):
    values = list(values)
    return ",\n\t".join(", ".join(values[i:i + 16]) for i in range(0, len(values), 16))


def main():
    found = readings([*DENSE, *SPARSE])
    syllables = sorted(set(found.values()))
    number = {s: i + 1 for i, s in enumerate(syllables)}
    sparse = sorted(p for p in found if p not in DENSE)
    pathlib.Path(sys.argv[1]).write_text(
        '#include "attendance/han_reading.h"\n\n'
        "const char han_syllables[][HAN_READING_BYTES] = {\n\t%s\n};\nconst unsigned han_syllables_n = %d;\n\n"
        "const uint16_t han_dense[HAN_DENSE_LAST - HAN_DENSE_FIRST + 1] = {\n\t%s\n};\n\n"
        "const struct han_sparse han_sparse[] = {\n\t%s\n};\nconst unsigned han_sparse_n = %d;\n"
        % (rows('"%s"' % s for s in ["", *syllables]), len(syllables) + 1,
           rows(str(number.get(found.get(p, ""), 0)) for p in DENSE),
           rows("{ 0x%x, %d }" % (p, number[found[p]]) for p in sparse), len(sparse)), encoding="ascii")


main()
