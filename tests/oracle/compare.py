#!/usr/bin/env python3
"""compare.py SCHEMA EXPORT [REPORT ROOM]: lines of each kind fit the schema, the chain holds, results and ledger of classes (in a
whole export) are what their rows give, and presence computed from it is the report's."""
import collections
import datetime
import json
import sys

import jsonschema

import journal
import presence
import results

OF_A_KIND = 60
ZONE = datetime.timezone(datetime.timedelta(hours=8))


def shown(us):
    return datetime.datetime.fromtimestamp(us // 1_000_000, ZONE).isoformat(timespec='seconds')


def some_of_each_kind(events):
    """Milliseconds a row: of 6,000 answers that are alike not all are looked at."""
    seen = collections.Counter()
    for e in events:
        seen[e.kind] += 1
        if seen[e.kind] <= OF_A_KIND:
            yield e


def check_schema(path, events):
    with open(path, encoding='utf-8') as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    return ['row %d: %s' % (e.sequence, fault.message) for e in some_of_each_kind(events) for fault in validator.iter_errors(e.fields)]


def differences(report, opening):
    sites = presence.site_presence(opening)
    faults = []
    for row in report['seats']:
        spans, there = sites.pop(row['seat'], ([], False))
        mine = {'seconds_present': presence.whole_seconds(spans), 'state': 'open' if there else 'left',
                'spans': [[shown(a), shown(b)] for a, b in spans], 'reconnects': presence.reconnects(opening, row['seat'])}
        faults += ['%s: %s is %s in the report, %s here' % (row['seat'], name, row[name], value) for name, value in mine.items() if row[name] != value]
    return faults + ['%s is not in the report' % seat for seat in sites]


def compare_report(path, room, events):
    with open(path, encoding='utf-8') as f:
        report = json.load(f)
    # What came after the report was made is not in it.
    timed = presence.place([e for e in events if e.room == room and e.sequence <= report['head']['sequence']])
    return differences(report, presence.openings(timed)[-1])


def main(schema, export, report=None, room=None):
    events = journal.read(export)
    faults = check_schema(schema, events)
    whole = bool(events) and events[0].sequence == 1
    try:
        head, erased = journal.verify(events, whole)
        print('%d rows, %d erased, head %s, kinds %s' % (len(events), erased, head, ' '.join(sorted({e.kind for e in events}))))
    except journal.Broken as fault:
        faults.append(str(fault))
    # Starts of the server are in no room's own export: without them its gaps are not known.
    faults += results.faults(events) if whole else []
    if report:
        faults += compare_report(report, room, events)
    print('\n'.join(faults))
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
