#!/usr/bin/env python3
"""
reports.py REPORTED [FIRST LAST]: worlds from one seed to another (default: the short run), each a random tree with moves and the classes of several sessions of
generate.py held in it, their results as persons.py has them, postings reversed and posted again. What the server's code (reported.c) reports of them, of every
organisation, at every level, for whole and cut periods and for earlier states of the journal, must be what periods.py says. Prints TAP.
"""
import json
import random
import subprocess
import sys
from types import SimpleNamespace

import generate
import periods
import persons

SHORT = (1, 12)
SHOWN = 20
S = 1_000_000
YEAR_US = 365 * 86400 * S
NOW_US = 1_790_000_000 * S
ANSWERS = ('seen', 'accepted', 'declined')


class World:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.orgs = list(range(1, self.r.randint(4, 14)))
        self.events = []
        self.entries = 0
        self.edges = []                         # (org, parent, from, to, act, superseded by which row of these; None)
        self._teach()
        self.parent = {}
        for org in self.orgs:
            self._root(org)
        for _ in range(self.r.randint(0, 8)):
            self._move()

    def add(self, kind, number, payload, room):
        self.events.append(SimpleNamespace(sequence=0, kind=kind, number=number, room=room, payload=payload))

    def _root(self, org):
        parent = self.r.choice([o for o in self.orgs if o < org]) if org > 1 else 0
        self.parent[org] = parent
        self.edges.append([org, parent, NOW_US - YEAR_US if self.r.random() < 0.9 else NOW_US + 30 * 86400 * S, 0, 0, None])

    def _below(self, org, above):
        while org and org != above:
            org = self.parent[org]
        return org == above

    def _move(self):
        """An edge ends and another begins, as an act of some row does it: the old row gives way to a copy with an end."""
        org, to = self.r.choice(self.orgs), self.r.choice(self.orgs)
        open_row = next(i for i, e in enumerate(self.edges) if e[0] == org and e[3] == 0 and e[5] is None)
        if org == 1 or self._below(to, org):
            return
        at, act = self.r.randint(NOW_US - YEAR_US // 2, NOW_US + YEAR_US // 2), self.r.randint(2, max(2, len(self.events)))
        act = max(act, self.edges[open_row][4])
        if at <= self.edges[open_row][2]:
            return
        self.edges.append(self.edges[open_row][:3] + [at, act, None])
        self.edges[open_row][5] = len(self.edges) - 1
        self.edges.append([org, to, at, 0, act, None])
        self.parent[org] = to

    def _teach(self):
        number = 0
        for _ in range(self.r.randint(1, 5)):
            session = generate.Session(self.r.randrange(10 ** 6))
            where = {i: self.r.choice(self.orgs) for i in (1, 2, 3, 11, 12)}
            others = {}
            for c in session.order:
                found = persons.Class(session.rows, c)
                if not found.is_closed:
                    continue
                number += 1
                self._hold(number, where, persons.results(found, others))

    def _hold(self, number, where, result):
        room, (head, rows) = 'class-%d' % number, result
        sites = self.r.sample(self.orgs, self.r.randint(0, min(4, len(self.orgs))))
        self.add('CLASS_PLANNED', 50, {'class': number, 'org': self.r.choice(self.orgs), 'title': 't', 'kind': 'lecture', 'campaign': '', 'start_ms': NOW_US // 1000,
                                       'end_ms': NOW_US // 1000 + 1}, room)
        self.add('SITES_INVITED', 52, {'sites': sites}, room)
        for site in sites:
            for answer in self.r.sample(ANSWERS, self.r.randint(0, 2)):
                self.add('SITE_ANSWERED', 53, {'site': site, 'answer': answer}, room)
        rows = [dict(row, home=where.get(row['home'], 0), site=where.get(row['site'], 0)) for _, row in sorted(rows.items())]
        self._result(room, head, rows)
        for row in rows:
            self._post(room, head, row)
        if self.r.random() < 0.1:               # run again, with another end
            for row in rows:
                row['present_s'] += 7
            self._result(room, dict(head, rule_version=9), rows)

    def _result(self, room, head, rows):
        cut = self.r.randint(0, len(rows))
        self.add('RESULT', 90, dict(head, rows=rows[:cut], last=False), room)
        self.add('RESULT', 90, dict(head, rows=rows[cut:], last=True), room)

    def _entry(self, room, head, row, milli, seconds, **more):
        self.entries += 1
        p = {'entry': self.entries, 'person': row['person'], 'home': row['home'], 'year': int(head['day'][:4]), 'subject': 's', 'kind': 'lecture', 'milli_hours': milli,
             'counted_s': seconds, 'day': head['day'], 'reason': row['reason'], **more}
        self.add('CREDIT_POSTED', 91, p, room)
        return self.entries

    def _post(self, room, head, row):
        milli, seconds = row['milli_hours'], row['counted_s']
        if not milli and not seconds:
            return
        entry = self._entry(room, head, row, milli, seconds)
        if self.r.random() < 0.3:
            self._entry(room, head, row, -milli, -seconds, reverses=entry, appeal=1)
            self._entry(room, head, row, milli + 500, seconds + 60, appeal=1)

    def queries(self):
        days = sorted({int(e.payload['day'].replace('-', '')) for e in self.events if e.kind == 'RESULT'}) or [20260921]
        for org in self.orgs:
            for level in ('children', 'orgs', 'persons'):
                begin, end = sorted((self.r.choice(days), self.r.choice(days))) if self.r.random() < 0.3 else (days[0], days[-1])
                known = 0 if self.r.random() < 0.6 else self.r.randint(1, len(self.events) + 1)
                yield {'org': org, 'from': begin, 'to': end, 'level': level, 'alone': self.r.random() < 0.15, 'known': known}


def known_edges(world, known):
    """Of facts the acts of which were known; what gave way to one that was known is gone."""
    return [tuple(e[:4]) for e in world.edges if e[4] <= known and (e[5] is None or world.edges[e[5]][4] > known)]


def text_of(world, queries):
    lines = [{'event': {'kind': e.number, 'room': e.room, 'payload': json.dumps(e.payload, separators=(',', ':'))}} for e in world.events]
    lines += [{'edge': [i + 1, *e[:5], (e[5] or 0) + 1 if e[5] is not None else 0]} for i, e in enumerate(world.edges)]
    return '\n'.join(json.dumps(line) for line in [*lines, *({'query': q} for q in queries), {'end': True}]) + '\n'


def differences(world, queries, out):
    faults = []
    for i, e in enumerate(world.events):
        e.sequence = i + 2                      # behind SERVER_STARTED
    for q in queries:
        theirs, theirs_hash = json.loads(next(out)), next(out)
        known = theirs['known']
        if q['known'] and known['sequence'] != q['known']:
            faults.append('another row: %s' % known)
        mine, mine_hash = periods.report(world.events, known_edges(world, known['sequence']), q, known['sequence'], known['hash'])
        if mine != theirs or mine_hash != theirs_hash:
            faults.append('%s: %s here, %s there' % (q, mine, theirs))
        for part in ('rows', 'months'):
            if [sum(column) for column in zip(*(line[-1] for line in theirs[part]))] != (theirs['total'] if theirs[part] else []):
                faults.append('%s: %s do not add up to the total' % (q, part))
    return faults


def main(program, first, last):
    faults, n = [], 0
    for seed in range(first, last + 1):
        world = World(seed)
        queries = list(world.queries())
        done = subprocess.run([program], input=text_of(world, queries), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            faults.append('seed %d: reported ended with %d: %s' % (seed, done.returncode, done.stderr))
            continue
        faults += ['seed %d, %s' % (seed, fault) for fault in differences(world, queries, iter(done.stdout.splitlines()))]
        n += len(queries)
    for fault in faults[:SHOWN]:
        print('# ' + fault)
    print('1..1')
    print('%sok 1 - the oracle and the server report the same: %d reports of %d worlds' % ('not ' if faults else '', n, last - first + 1))
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], *([int(a) for a in sys.argv[2:4]] if len(sys.argv) > 2 else SHORT)))
