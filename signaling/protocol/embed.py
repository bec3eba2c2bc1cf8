#!/usr/bin/env python3
"""Writes a file as a C array: embed.py INPUT NAME OUTPUT."""
import pathlib
import sys

source, name, output = sys.argv[1:]
data = pathlib.Path(source).read_bytes()
rows = [", ".join(str(b) for b in data[i:i + 20]) for i in range(0, len(data), 20)]
body = ",\n\t".join(rows)
pathlib.Path(output).write_text(
    f"#include <stddef.h>\n\nextern const unsigned char {name}[];\nextern const size_t {name}_len;\n\n"
    f"const unsigned char {name}[] = {{\n\t{body}\n}};\nconst size_t {name}_len = sizeof({name});\n", encoding="utf-8")
