#!/usr/bin/env python3
"""
taught.py DATABASE N: the demo city with N classes of the last months behind it, for pages that show what came of classes. Appends to the journal of a stopped
server rows that are chained as docs/database.md says, and fills the indexes. Nobody signed in to these classes: `huitang verify` says of their results that no event
gives them.
"""
import datetime
import json
import os
import random
import sqlite3
import sys
import time

import journal

FIRST = 1000                            # number of the first class
ROWS_AT_ONCE = 500
CLASS_S = 5400
MILLI_HOURS = 2000


class Row:
    def __init__(self, **fields):
        self.fields = fields
        self.__dict__.update(fields)


class Journal:
    def __init__(self, db):
        self.db = db
        self.sequence, self.head = db.execute('SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1').fetchone()

    def add(self, kind, room, payload):
        key, text = os.urandom(32), json.dumps(payload, ensure_ascii=False, separators=(',', ':'))
        self.sequence += 1
        row = Row(sequence=self.sequence, previous=self.head.hex(), number=kind, wall_us=int(time.time() * 1e6), boot_us=self.sequence, boot_id='0' * 36, room=room, seat='',
                  actor='', commitment=journal._hash(text.encode(), key))
        self.head = bytes.fromhex(journal.row_hash(row))
        self.db.execute('INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
                        (row.sequence, bytes.fromhex(row.previous), kind, row.wall_us, row.boot_us, row.boot_id, room, '', '', bytes.fromhex(row.commitment), self.head))
        self.db.execute('INSERT INTO journal_payload VALUES (?, ?, ?)', (row.sequence, key, text))
        return row.sequence


def result_of(r, person, home):
    share = 0.8 + home % 19 / 100            # each branch has its own
    there = r.random() < share
    full = there and r.random() < 0.95
    return {'person': person, 'home': home, 'site': home if there else 0, 'present_s': CLASS_S if full else 3000 if there else 0, 'unproved_s': 0, 'gap_s': 0,
            'met': 3 if full else 0, 'sent': 3 if there else 0, 'counted_s': CLASS_S if full else 0, 'milli_hours': MILLI_HOURS if full else 0,
            'reason': 'credited' if full else 'presence_short' if there else 'on_leave' if r.random() < 0.3 else 'not_signed_in'}


class Teacher:
    def __init__(self, db, r):
        self.db, self.r, self.journal, self.entry = db, r, Journal(db), 0
        self.people = db.execute('SELECT p.pseudonym, m.org FROM person p JOIN membership m ON m.person = p.id WHERE m.main AND m.superseded_by IS NULL').fetchall()
        self.sites = sorted({org for _, org in self.people})

    def teach(self, number, start):
        room, start_us = 'class-%d' % number, int(start.timestamp()) * 1_000_000
        end_us = start_us + CLASS_S * 1_000_000
        planned = self.journal.add(50, room, {'class': number, 'org': 1, 'title': '专题党课', 'kind': 'lecture', 'campaign': '', 'way': 'video', 'subject': '', 'start_ms': start_us // 1000,
                                              'end_ms': end_us // 1000, 'zone': 'Asia/Shanghai', 'target': 1, 'subtree': True, 'agenda': [], 'hosts': []})
        self.db.execute("INSERT INTO class (room, org, title, kind, campaign, start_us, end_us, state, planned_sequence) VALUES (?, 1, '专题党课', 'lecture', '', ?, ?, 'sealed', ?)",
                        (room, start_us, end_us, planned))
        self.journal.add(52, room, {'sites': self.sites})
        self.db.executemany("INSERT INTO class_site (room, site, answer) VALUES (?, ?, 'accepted')", [(room, site) for site in self.sites])
        head = {'rule_version': 0, 'began_us': start_us, 'day': start.strftime('%Y-%m-%d'), 'window_s': CLASS_S, 'day_cap': 8000, 'year_cap': 0}
        rows = [result_of(self.r, person, home) for person, home in self.people]
        for at in range(0, len(rows), ROWS_AT_ONCE):
            self.write_results(room, number, head, rows[at:at + ROWS_AT_ONCE], at + ROWS_AT_ONCE >= len(rows))
        for row in rows:
            self.post(room, number, head, row)

    def write_results(self, room, number, head, rows, last):
        sequence = self.journal.add(90, room, dict(head, rows=rows, last=last))
        for row in rows:
            values = {**head, **row, 'class': number, 'sequence': sequence, 'hour_s': 2700, 'claim': '[]'}
            self.db.execute('INSERT INTO class_result (%s) VALUES (%s)' % (', '.join(values), ', '.join('?' * len(values))), list(values.values()))

    def post(self, room, number, head, row):
        if not row['milli_hours']:
            return
        self.entry += 1
        values = {'entry': self.entry, 'person': row['person'], 'home': row['home'], 'year': int(head['day'][:4]), 'subject': '', 'kind': 'lecture', 'milli_hours': row['milli_hours'],
                  'counted_s': row['counted_s'], 'day': head['day'], 'reason': row['reason']}
        sequence = self.journal.add(91, room, values)
        values = {**values, 'class': number, 'sequence': sequence}
        self.db.execute('INSERT INTO credit_entry (%s) VALUES (%s)' % (', '.join(values), ', '.join('?' * len(values))), list(values.values()))


def main(database, n):
    db = sqlite3.connect(database)
    teacher = Teacher(db, random.Random(1))
    zone = datetime.timezone(datetime.timedelta(hours=8))
    now = datetime.datetime.now(zone).replace(hour=9, minute=0, second=0, microsecond=0)
    for i in range(int(n)):
        teacher.teach(FIRST + i, now - datetime.timedelta(days=30 * i))
    db.commit()


if __name__ == '__main__':
    main(*sys.argv[1:])
