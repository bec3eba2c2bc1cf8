"""Results and ledger of an export against persons.py: every RESULT is what the class's rows give, every computed posting what a result asked for, once,
and every granted appeal posted in the place of what stood."""
import persons


def _said(events):
    """Of each class, in the order of the results: head and rows by person."""
    ret = {}
    for e in events:
        if e.kind == 'RESULT' and e.payload:
            head, rows = ret.setdefault(int(e.room[len('class-'):]), ({}, {}))
            head.update((name, value) for name, value in e.payload.items() if name not in ('rows', 'last'))
            rows.update((row['person'], row) for row in e.payload['rows'])
    return ret


def _result_faults(events, said):
    others, faults = {}, []
    for number, (head, rows) in said.items():
        mine = persons.results(persons.Class(events, number), others)
        if mine[0] != head:
            faults.append('class %d: %s here, %s in the export' % (number, mine[0], head))
        faults += ['class %d, person %s: %s here, %s in the export' % (number, who, mine[1].get(who), rows.get(who))
                   for who in sorted(set(mine[1]) | set(rows)) if mine[1].get(who) != rows.get(who)]
    return faults


def _ledger_faults(events, said):
    accounts, entries, posted, faults = {}, {}, set(), []
    for e in events:
        if e.kind != 'CREDIT_POSTED' or not e.payload:
            continue
        p, number = e.payload, int(e.room[len('class-'):])
        account = (p['person'], p['year'], p['subject'], p['kind'])
        accounts[account] = accounts.get(account, 0) + p['milli_hours']
        if accounts[account] < 0 or p['entry'] in entries:
            faults.append('row %d: account %s below zero, or entry %d twice' % (e.sequence, account, p['entry']))
        entries[p['entry']] = p
        if 'reverses' in p:
            of = entries.get(p['reverses'])
            if not of or (of['milli_hours'], of['counted_s']) != (-p['milli_hours'], -p['counted_s']):
                faults.append('row %d: reverses another amount' % e.sequence)
            posted.discard((number, p['person']))
        elif 'appeal' not in p and p['reason'] != 'overlap':
            row = said.get(number, ({}, {}))[1].get(p['person'], {})
            if (number, p['person']) in posted or (row.get('milli_hours'), row.get('counted_s')) != (p['milli_hours'], p['counted_s']):
                faults.append('row %d: is not what the result asked for, or was posted before' % e.sequence)
            posted.add((number, p['person']))
    return faults


class _Appeals:
    """Decisions against what they are of and what they post: each appeal decided once, a granted one posted once, in the place of what stood."""

    def __init__(self):
        self.open, self.granted, self.standing, self.faults = {}, {}, {}, []

    def take(self, e):
        p, number = e.payload, e.room
        if e.kind == 'APPEAL_WRITTEN':
            if p['appeal'] in self.open or (number, p['person']) in self.open.values():
                self.faults.append('row %d: appeal %d is written twice' % (e.sequence, p['appeal']))
            self.open[p['appeal']] = (number, p['person'])
        elif e.kind == 'APPEAL_DECIDED':
            of = self.open.pop(p['appeal'], None)
            if not of or of[0] != number:
                self.faults.append('row %d: decides appeal %d, which does not wait there' % (e.sequence, p['appeal']))
            elif p['granted']:
                self.granted[p['appeal']] = of + (p['milli_hours'], p['counted_s'])
        elif e.kind == 'CREDIT_POSTED':
            self.post(e, p, (number, p['person']))

    def post(self, e, p, account):
        if 'reverses' in p:
            self.standing.pop(p['reverses'], None)
        if 'appeal' in p and 'reverses' not in p:
            if self.granted.pop(p['appeal'], None) != account + (p['milli_hours'], p['counted_s']) or account in self.standing.values():
                self.faults.append('row %d: is not what appeal %d was granted, or stands beside something' % (e.sequence, p['appeal']))
        elif 'appeal' in p and self.granted.get(p['appeal'], ())[:2] != account:
            self.faults.append('row %d: reverses for appeal %d, which was not granted' % (e.sequence, p['appeal']))
        if 'reverses' not in p:
            self.standing[p['entry']] = account

    def end(self):
        return self.faults + ['appeal %d was granted and not posted' % appeal for appeal in self.granted]


def _appeal_faults(events):
    appeals = _Appeals()
    for e in events:
        if e.kind in ('APPEAL_WRITTEN', 'APPEAL_DECIDED', 'CREDIT_POSTED') and e.payload:
            appeals.take(e)
    return appeals.end()


def faults(events):
    """Merged twins are known by pseudonym to the server alone: an export with merges is not compared."""
    if any(e.kind == 'ACT' and e.payload and e.payload.get('act') == 'person.merge' for e in events):
        return []
    said = _said(events)
    return _result_faults(events, said) + _ledger_faults(events, said) + _appeal_faults(events)
