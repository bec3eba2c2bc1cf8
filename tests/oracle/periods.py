"""
Attendance and credit over a period, from the lines of an export and the edges of the tree, as docs/reports.md says: what `huitang report --org` must come to, down
to its hash. Without a glance at the server's code.
"""
import hashlib
import json
import sqlite3
import sys
from collections import defaultdict

import journal

FIGURES = ('held', 'invited', 'accepted', 'attended', 'expected', 'arrived', 'on_leave', 'absent', 'guests', 'present_s', 'unproved_s', 'met', 'sent', 'milli_hours')
RULE_VERSION = 1


class Tree:
    """`edges`: (org, parent or 0, from_us, to_us or 0) as they are known."""

    def __init__(self, edges):
        self.of = defaultdict(list)
        for edge in edges:
            self.of[edge[0]].append(edge)

    def parent(self, org, at):
        edges = self.of.get(org, [])
        holding = [e for e in edges if e[2] <= at and (not e[3] or at < e[3])]
        ended = [e for e in edges if e[2] <= at and e[3] and e[3] <= at]
        to_come = [e for e in edges if e[2] > at]
        if holding:
            return holding[0][1]
        if ended:
            return max(ended, key=lambda e: e[3])[1]
        return min(to_come, key=lambda e: e[2])[1] if to_come else 0

    def way_up(self, org, at):
        ret = []
        while org and org not in ret:
            ret.append(org)
            org = self.parent(org, at)
        return ret

    def row(self, org, top, at, level, alone):
        """The organisation in whose row something of `org` stands; None: in none."""
        way = self.way_up(org, at)
        if not org or top not in way or (alone and org != top):
            return None
        return way[max(0, way.index(top) - 1)] if level == 'children' else org


def _class_of(event):
    return int(event.room[len('class-'):])


class Classes:
    """What holds of each class by the row `known`."""

    def __init__(self, events, known):
        self.holder, self.start, self.sites, self.results, self.heads, self.entries = {}, {}, defaultdict(dict), {}, {}, []
        for e in events:
            if e.sequence > known or not e.payload or not e.room.startswith('class-'):
                continue
            p, c = e.payload, _class_of(e)
            if e.kind == 'CLASS_PLANNED':
                self.holder[c], self.start[c] = p['org'], p['start_ms'] * 1000
            elif e.kind == 'SITES_INVITED':
                for site in p['sites']:
                    self.sites[c].setdefault(site, '')
            elif e.kind == 'SITE_ANSWERED' and p['site'] in self.sites[c]:
                self.sites[c][p['site']] = p['answer']
            elif e.kind == 'RESULT':
                for row in p['rows']:           # a class in whose result nobody is has none
                    self.heads[c] = p
                    self.results[(c, row['person'])] = (p, row)
            elif e.kind == 'CREDIT_POSTED':
                self.entries.append((c, p))


class Sums:
    def __init__(self, tree, query):
        self.tree, self.query = tree, query
        self.rows, self.months, self.total = defaultdict(lambda: [0] * len(FIGURES)), defaultdict(lambda: [0] * len(FIGURES)), [0] * len(FIGURES)

    def add(self, org, person, at, day, **figures):
        row = self.tree.row(org, self.query['org'], at, self.query['level'], self.query['alone'])
        if row is None:
            return False
        for into in (self.rows[(row, person if self.query['level'] == 'persons' else '')], self.months[int(day[:4] + day[5:7])], self.total):
            for name, n in figures.items():
                into[FIGURES.index(name)] += n
        return True


def _add_class(sums, classes, c, head):
    at, day = head['began_us'], head['day']
    sums.add(classes.holder.get(c, 0), '', at, day, held=1)
    for site, answer in classes.sites[c].items():
        sums.add(site, '', at, day, invited=1, accepted=int(answer == 'accepted'))
    for site in {row['site'] for (number, _), (_, row) in classes.results.items() if number == c} - {0}:
        sums.add(site, '', at, day, attended=1)


def _add_person(sums, classes, c, head, row, same, rules):
    at, day, reason = head['began_us'], head['day'], row['reason']
    if not row['home']:
        sums.add(row['site'] or classes.holder.get(c, 0), '', at, day, guests=1)
        return
    away, absent = reason == 'on_leave', reason == 'not_signed_in'
    if sums.add(row['home'], same(row['person']), at, day, expected=int(not away), arrived=int(not away and not absent), on_leave=int(away), absent=int(absent),
                present_s=row['present_s'], unproved_s=row['unproved_s'], met=row['met'], sent=row['sent']):
        rules.add(head['rule_version'])


def _day(number):
    return '%04d-%02d-%02d' % (number // 10000, number // 100 % 100, number % 100)


def report(events, edges, query, known, known_hash, same=lambda p: p):
    """The canonical form and its hash. `query`: org, from, to (20261126), level, alone."""
    classes, sums, rules = Classes(events, known), Sums(Tree(edges), query), set()
    begin, end = _day(query['from']), _day(query['to'])
    inside = {c: head for c, head in classes.heads.items() if begin <= head['day'] <= end}
    for c, head in inside.items():
        _add_class(sums, classes, c, head)
    for (c, _), (head, row) in classes.results.items():
        if c in inside:
            _add_person(sums, classes, c, head, row, same, rules)
    for c, p in classes.entries:
        if begin <= p['day'] <= end:
            at = inside[c]['began_us'] if c in inside else classes.start.get(c, 0)
            sums.add(p['home'] or classes.holder.get(c, 0), same(p['person']), at, p['day'], milli_hours=p['milli_hours'])
    form = {'report': RULE_VERSION, 'org': query['org'], 'from': query['from'], 'to': query['to'], 'level': query['level'], 'alone': query['alone'],
            'known': {'sequence': known, 'hash': known_hash}, 'rules': sorted(rules), 'total': sums.total, 'months': [[m, n] for m, n in sorted(sums.months.items())],
            'rows': [[org, person, n] for (org, person), n in sorted(sums.rows.items())]}
    text = json.dumps(form, sort_keys=True, separators=(',', ':'))
    return form, hashlib.blake2b(text.encode(), digest_size=32).hexdigest()


# ---- of a data folder: periods.py EXPORT DATABASE REPORT... ----

def edges_of(database, known):
    """From the database: the tree stands in no export. What gave way to a row that was known is gone."""
    with sqlite3.connect('file:%s?mode=ro' % database, uri=True) as db:
        rows = db.execute('SELECT id, org, coalesce(parent, 0), valid_from, coalesce(valid_to, 0), coalesce(act, 0), coalesce(superseded_by, 0) FROM org_edge'
                          ' ORDER BY org, valid_from, id').fetchall()
    act = {row[0]: row[5] for row in rows}
    return [row[1:5] for row in rows if row[5] <= known and (not row[6] or act[row[6]] > known)]


def faults(events, database, said):
    query = {'org': said['org'], 'from': int(said['from'].replace('-', '')), 'to': int(said['to'].replace('-', '')), 'level': said['level'], 'alone': said['alone']}
    known = said['known']['sequence']
    form, value = report(events, edges_of(database, known), query, known, next(e.hash for e in events if e.sequence == known))
    if value == said['hash']:
        return []
    return ['%s: hash %s here, %s in the report; total %s here, %s there' % (query, value, said['hash'], form['total'], [said['total'][name] for name in FIGURES])]


def main(export, database, *reports):
    events, found = journal.read(export), []
    for path in reports:
        with open(path, encoding='utf-8') as f:
            found += faults(events, database, json.load(f))
    print('\n'.join(found) or '%d reports agree' % len(reports))
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
