#!/usr/bin/env python3
"""Writes what schema.json says as C tables (--c-header, --c-source), as TypeScript types (--ts) and as tables of a document (--markdown)."""
import argparse
import json
import pathlib
import re
import sys

MADE = "Written by signaling/protocol/generate.py from schema.json: edit the schema instead."
KINDS = ("string", "int", "bool", "enum", "object", "list")


class Field:
    """One field of a shape: its name, kind, bounds and what it refers to."""

    def __init__(self, name, spec, where):
        self.where = f"{where}.{name}"
        self.optional = name.endswith("?")
        self.name = name.removesuffix("?")
        spec = {spec: None} if isinstance(spec, str) else dict(spec)
        found = [k for k in KINDS if k in spec]
        if len(found) != 1:
            sys.exit(f"{self.where}: one of {', '.join(KINDS)}, not {spec}")
        self.kind = found[0]
        self.min, self.max = int(spec.get("min", 0)), 0
        self.ref = self.item = None
        value = spec[self.kind]
        if self.kind == "string":
            self.max = int(value)
        elif self.kind == "int":
            self.min, self.max = value
        elif self.kind in ("enum", "object"):
            self.ref = value
        elif self.kind == "list":
            self.max = int(spec["max"])
            self.item = Field("item", value, self.where)


class Schema:
    """The whole file, with every reference checked."""

    def __init__(self, raw):
        self.version, self.enums, self.errors = raw["version"], raw["enums"], raw["errors"]
        self.types = {}
        for name, fields in raw["types"].items():
            self.types[name] = self.fields(fields, name)  # refers only to types above it: no cycles
        self.requests = {n: (r["about"], self.fields(r["fields"], n), self.fields(r["reply"], n + ".reply"))
                         for n, r in sorted(raw["requests"].items())}
        self.events = {n: (e["about"], self.fields(e["fields"], n)) for n, e in sorted(raw["events"].items())}

    def fields(self, raw, where):
        fields = [Field(n, s, where) for n, s in raw.items()]
        for f in fields:
            self.check(f)
        return fields

    def check(self, f):
        if f.kind == "enum" and f.ref not in self.enums:
            sys.exit(f"{f.where}: no enum {f.ref}")
        if f.kind == "object" and f.ref not in self.types:
            sys.exit(f"{f.where}: no type {f.ref} above it")
        if f.item:
            self.check(f.item)


def ident(name):
    return re.sub(r"\W", "_", name)


def pascal(name):
    return "".join(p.capitalize() for p in re.split(r"\W|_", name))


def upper(name):
    return ident(name).upper()


# C


def c_enums(s):
    for name, values in s.enums.items():
        yield f"enum wire_{name} {{ " + ", ".join(f"WIRE_{upper(name)}_{upper(v)}" for v in values) + f", WIRE_{upper(name)}S }};"
        yield f"extern const struct wire_enum wire_enum_{name};"
    yield "enum wire_error {\n\tWIRE_OK,"
    for name, about in s.errors.items():
        yield f"\tWIRE_{upper(name)}, /* {about} */"
    yield "\tWIRE_ERRORS\n};"


def c_header(s):
    out = [f"/* {MADE} */", "#ifndef HUITANG_PROTOCOL_GEN_H", "#define HUITANG_PROTOCOL_GEN_H", "",
           '#include "signaling/protocol/tables.h"', "", f"#define WIRE_VERSION {s.version}",
           f"#define WIRE_N_REQUESTS {len(s.requests)}", f"#define WIRE_N_EVENTS {len(s.events)}", ""]
    out += c_enums(s)
    out += ["", "extern const char *const wire_error_names[WIRE_ERRORS];",
            "extern const struct wire_request wire_requests[WIRE_N_REQUESTS]; /* sorted by name */",
            "extern const struct wire_event wire_events[WIRE_N_EVENTS];       /* sorted by name */"]
    out += [f"extern const struct wire_shape wire_type_{n};" for n in s.types]
    return "\n".join(out + ["", "#endif", ""])


def c_field(f, item=None):
    parts = [f'"{f.name}"', f"WIRE_{f.kind.upper()}", "true" if f.optional else "false", f"{f.min}LL", f"{f.max}LL"]
    ref = {"enum": f".enumeration = &wire_enum_{f.ref}", "object": f".object = &wire_type_{f.ref}",
           "list": f".item = &{item}"}.get(f.kind)
    return "{ " + ", ".join(parts + ([ref] if ref else [])) + " }"


def c_shape(name, shown, fields, static):
    out = []
    for f in fields:
        if f.item:
            out.append(f"static const struct wire_field {name}_{f.name}_item = {c_field(f.item)};")
    if fields:
        out.append(f"static const struct wire_field {name}_fields[] = {{")
        out += [f"\t{c_field(f, f'{name}_{f.name}_item')}," for f in fields] + ["};"]
    body = f'"{shown}", {f"{name}_fields" if fields else "NULL"}, {len(fields)}'
    out.append(f"{'static ' if static else ''}const struct wire_shape {name} = {{ {body} }};")
    return out


def c_source(s):
    out = [f"/* {MADE} */", '#include "protocol.gen.h"', "", "#include <stddef.h>", ""]
    for name, values in s.enums.items():
        out.append(f"static const char *const enum_{name}_names[] = {{ " + ", ".join(f'"{v}"' for v in values) + " };")
        out.append(f"const struct wire_enum wire_enum_{name} = {{ enum_{name}_names, {len(values)} }};")
    out += ["", "const char *const wire_error_names[WIRE_ERRORS] = {", '\t"ok",'] + [f'\t"{n}",' for n in s.errors] + ["};", ""]
    for name, fields in s.types.items():
        out += c_shape(f"wire_type_{name}", name, fields, False)
    for name, (_, fields, reply) in s.requests.items():
        out += c_shape(f"request_{ident(name)}", name, fields, True) + c_shape(f"reply_{ident(name)}", name, reply, True)
    for name, (_, fields) in s.events.items():
        out += c_shape(f"event_{ident(name)}", name, fields, True)
    out += ["", "const struct wire_request wire_requests[] = {"]
    out += [f'\t{{ "{n}", &request_{ident(n)}, &reply_{ident(n)} }},' for n in s.requests] + ["};"]
    out += ["", "const struct wire_event wire_events[] = {"] + [f'\t{{ "{n}", &event_{ident(n)} }},' for n in s.events] + ["};"]
    return "\n".join(out + [""])


# TypeScript


def ts_type(f):
    if f.kind == "list":
        return f"readonly {ts_type(f.item)}[]"
    return {"string": "string", "int": "number", "bool": "boolean"}.get(f.kind) or pascal(f.ref)


def ts_interface(name, about, fields, first=()):
    out = [f"/** {about} */"] if about else []
    lines = list(first) + [f"  readonly {f.name}{'?' if f.optional else ''}: {ts_type(f)};" for f in fields]
    if not lines:
        return out + [f"export type {name} = Readonly<Record<never, never>>;", ""]
    return out + [f"export interface {name} {{"] + lines + ["}", ""]


def ts_bound(f):
    parts = []
    if f.min:
        parts.append(f"min: {f.min}")
    parts.append(f"max: {f.max}")
    return f"{f.name}: {{ {', '.join(parts)} }}"


def ts_bounds(s):
    yield "/** Bounds of request fields: bytes in UTF-8 of strings, values of integers, lengths of lists. */"
    yield "export const BOUNDS = {"
    for name, (_, fields, _) in s.requests.items():
        bounded = [ts_bound(f) for f in fields if f.kind in ("string", "int", "list")]
        if bounded:
            yield f'  "{name}": {{ {", ".join(bounded)} }},'
    yield "} as const;"
    yield ""


def ts_union(name, values):
    return [f"export type {name} ="] + [f"  | {v}" for v in values[:-1]] + [f"  | {values[-1]};", ""]


def ts_values(name, type_name, values, about):
    return [f"/** {about} */"] * bool(about) + [f"export const {name} = [{', '.join(json.dumps(v) for v in values)}] as const;",
                                              f"export type {type_name} = (typeof {name})[number];", ""]


def ts(s):
    out = [f"// {MADE}", "", f"export const PROTOCOL_VERSION = {s.version};", ""]
    for name, values in s.enums.items():
        out += ts_values(f"{upper(name)}_VALUES", pascal(name), values, "")
    out += ts_values("ERROR_CODES", "ErrorCode", list(s.errors), "What a refused request carries; schema.json says when.")
    for name, fields in s.types.items():
        out += ts_interface(pascal(name), "", fields)
    for name, (about, fields, reply) in s.requests.items():
        out += ts_interface(f"{pascal(name)}Fields", about, fields) + ts_interface(f"{pascal(name)}Reply", "", reply)
    out += ["/** Every request with its fields and its reply. */", "export interface Requests {"]
    out += [f'  readonly "{n}": {{ readonly fields: {pascal(n)}Fields; readonly reply: {pascal(n)}Reply }};' for n in s.requests] + ["}", ""]
    out += ["export type RequestType = keyof Requests;",
            'export type FieldsOf<T extends RequestType> = Requests[T]["fields"];',
            'export type ReplyOf<T extends RequestType> = Requests[T]["reply"];', "",
            "/** `id` counts up from 1 on the side that asks; a request sent again after a resume keeps its own. */",
            "export type RequestOf<T extends RequestType> = { readonly id: number; readonly type: T } & FieldsOf<T>;",
            "export type Request = { readonly [T in RequestType]: RequestOf<T> }[RequestType];", "",
            "export interface ProtocolError {", "  readonly code: ErrorCode;", "  readonly field?: string;",
            "  readonly retry_ms?: number;", "}", "",
            "export type SuccessReply<T extends RequestType> = { readonly reply: number; readonly error?: undefined } & ReplyOf<T>;", "",
            "/** `reply` is 0 when the request could not be read far enough to know its id. */", "export interface ErrorReply {",
            "  readonly reply: number;", "  readonly error: ProtocolError;", "}", ""]
    for name, (about, fields) in s.events.items():
        first = [f'  readonly event: "{name}";', "  readonly seq: number;"]
        out += ts_interface(f"{pascal(name)}Event", about, fields, first)
    out += ts_union("ServerEvent", [f"{pascal(n)}Event" for n in s.events])
    out += ["export type EventType = ServerEvent[\"event\"];",
            "export type EventOf<T extends EventType> = Extract<ServerEvent, { readonly event: T }>;", ""]
    return "\n".join(out + list(ts_bounds(s)))


# Markdown


def md_type(f):
    if f.kind == "list":
        return f"list of {md_type(f.item)}, at most {f.max}"
    if f.kind == "string":
        return f"string, {f.min} to {f.max} bytes"
    if f.kind == "int":
        return f"integer, {f.min} to {f.max}"
    return f"{f.kind} {f.ref}" if f.ref else "true or false"


def md_fields(fields):
    return "; ".join(f"`{f.name}`{' (optional)' if f.optional else ''}: {md_type(f)}" for f in fields) or "none"


def markdown(s):
    out = ["### Requests", "", "| request | what it does | fields | reply |", "| --- | --- | --- | --- |"]
    out += [f"| `{n}` | {a} | {md_fields(f)} | {md_fields(r)} |" for n, (a, f, r) in s.requests.items()]
    out += ["", "### Events", "", "| event | meaning | fields |", "| --- | --- | --- |"]
    out += [f"| `{n}` | {a} | {md_fields(f)} |" for n, (a, f) in s.events.items()]
    out += ["", "### Errors", "", "| code | meaning |", "| --- | --- |"] + [f"| `{n}` | {a} |" for n, a in s.errors.items()]
    out += ["", "### Objects and enumerations", "", "| name | fields or values |", "| --- | --- |"]
    out += [f"| `{n}` | {md_fields(f)} |" for n, f in s.types.items()]
    out += [f"| `{n}` | {', '.join(f'`{v}`' for v in values)} |" for n, values in s.enums.items()]
    return "\n".join(out + [""])


BEGIN, END = "<!-- written by signaling/protocol/generate.py: begin -->", "<!-- end -->"


def renew(text, s):
    """The text with the tables between the two marks renewed."""
    head, _, rest = text.partition(BEGIN)
    _, mark, tail = rest.partition(END)
    if not mark:
        sys.exit(f"no {BEGIN} … {END}")
    return f"{head}{BEGIN}\n\n{markdown(s)}\n{END}{tail}"


WRITERS = {"c_header": c_header, "c_source": c_source, "ts": ts}


def main():
    here = pathlib.Path(__file__).parent
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--schema", default=here / "schema.json", type=pathlib.Path)
    for name in WRITERS:
        args.add_argument("--" + name.replace("_", "-"), metavar="FILE", type=pathlib.Path)
    args.add_argument("--markdown", metavar="FILE", type=pathlib.Path, help="renew the tables in this document")
    args.add_argument("--check-markdown", metavar="FILE", type=pathlib.Path, help="print TAP: are they up to date?")
    given = vars(args.parse_args())
    raw = json.loads(given.pop("schema").read_text(encoding="utf-8"))
    schema = Schema(raw)
    document, checked = given.pop("markdown"), given.pop("check_markdown")
    if document:
        document.write_text(renew(document.read_text(encoding="utf-8"), schema), encoding="utf-8")
    if checked:
        text = checked.read_text(encoding="utf-8")
        print("1..1", "ok" if renew(text, schema) == text else "not ok", sep="\n", end=" 1 - the document's tables are the schema's\n")
    for name, path in given.items():
        if path:
            path.write_text(WRITERS[name](schema), encoding="utf-8")


if __name__ == "__main__":
    main()
