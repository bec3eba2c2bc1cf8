#!/usr/bin/env python3
"""age.py DATABASE N DAYS: appends N chat lines of DAYS ago to the journal of a stopped server, chained as docs/database.md says."""
import os
import sqlite3
import sys
import time

import journal


class Row:
    def __init__(self, **fields):
        self.fields = fields
        self.__dict__.update(fields)


def main(database, n, days):
    db = sqlite3.connect(database)
    sequence, head = db.execute('SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1').fetchone()
    wall_us = int((time.time() - int(days) * 86400) * 1e6)
    for i in range(1, int(n) + 1):
        key, payload = os.urandom(32), '{"id":%d,"name":"old","text":"LONGAGO %d"}' % (i, i)
        row = Row(sequence=sequence + i, previous=head.hex(), number=30, wall_us=wall_us + i, boot_us=i, boot_id='0' * 36, room='demo-class', seat='s',
                  actor='', commitment=journal._hash(payload.encode(), key))
        head = bytes.fromhex(journal.row_hash(row))
        db.execute('INSERT INTO journal VALUES (?, ?, 30, ?, ?, ?, ?, ?, ?, ?, ?)',
                   (row.sequence, bytes.fromhex(row.previous), row.wall_us, row.boot_us, row.boot_id, row.room, row.seat, row.actor, bytes.fromhex(row.commitment), head))
        db.execute('INSERT INTO journal_payload VALUES (?, ?, ?)', (row.sequence, key, payload))
    # As if no run had been: the next start is the first.
    db.execute('DELETE FROM retention_count')
    db.execute('DELETE FROM retention_run')
    db.commit()


if __name__ == '__main__':
    main(*sys.argv[1:])
