#!/usr/bin/env python3
"""agree.py COMPUTE [FIRST LAST]: sessions of generate.py from one seed to another (default: the short run) are computed by the server's code (compute.c) and by
persons.py; every figure of every person must be the same. Prints TAP."""
import json
import subprocess
import sys

import generate
import persons

SHORT = (1, 500)
AT_ONCE = 50
SHOWN = 20


def lines(session):
    for row in session.rows:
        yield json.dumps(vars(row))
    for twin in session.twins:
        yield json.dumps({'twin': twin})
    yield json.dumps({'classes': session.order})


def read_back(out):
    """(head, rows by person) of the next class; None: it was not closed."""
    head, rows = None, {}
    for line in out:
        said = json.loads(line)
        if 'open' in said:
            return None
        if 'class' in said:
            return head, rows
        head = {name: value for name, value in said.items() if name not in ('rows', 'last')}
        rows.update((row['person'], row) for row in said['rows'])
    raise EOFError('compute ended')


def differences(session, out):
    twins, others, faults = dict(session.twins), {}, []
    for number in session.order:
        theirs, c = read_back(out), persons.Class(session.rows, number)
        if not c.is_closed or theirs is None:
            faults += [] if c.is_closed == (theirs is not None) else ['class %d: closed for one only' % number]
            continue
        mine = persons.results(c, others, lambda p: twins.get(p, p))
        if mine[0] != theirs[0]:
            faults.append('class %d: %s here, %s there' % (number, mine[0], theirs[0]))
        for who in sorted(set(mine[1]) | set(theirs[1])):
            if mine[1].get(who) != theirs[1].get(who):
                faults.append('class %d, person %s: %s here, %s there' % (number, who, mine[1].get(who), theirs[1].get(who)))
    return faults


def compute(program, sessions):
    text = '\n'.join(line for s in sessions for line in lines(s)) + '\n'
    done = subprocess.run([program], input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError('compute ended with %d: %s' % (done.returncode, done.stderr))
    return iter(done.stdout.splitlines())


def main(program, first, last):
    faults, figures = [], {'sessions': 0, 'classes': 0, 'events': 0}
    for begin in range(first, last + 1, AT_ONCE):
        seeds = range(begin, min(begin + AT_ONCE, last + 1))
        sessions = [generate.Session(seed) for seed in seeds]
        out = compute(program, sessions)
        for seed, session in zip(seeds, sessions):
            faults += ['seed %d, %s' % (seed, fault) for fault in differences(session, out)]
            figures['sessions'] += 1
            figures['classes'] += len(session.order)
            figures['events'] += len(session.rows)
    for fault in faults[:SHOWN]:
        print('# ' + fault)
    print('1..1')
    print('%sok 1 - the oracle and the server agree: %s' % ('not ' if faults else '', ', '.join('%d %s' % (n, what) for what, n in figures.items())))
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], *([int(a) for a in sys.argv[2:4]] if len(sys.argv) > 2 else SHORT)))
