"""Lines of `huitang export --format jsonl` (docs/export.md): read, and verified as a stranger would who has the documentation alone."""
import hashlib
import json


class Broken(Exception):
    pass


class Event:
    """A line. `fields` is the parsed object, `payload_bytes` what the commitment is about (None: erased)."""

    def __init__(self, line):
        line = line.rstrip(b'\n')
        self.fields = json.loads(line)
        self.payload_bytes = None if self.fields['erased'] else line.split(b',"payload":', 1)[1][:-1]

    def __getattr__(self, name):
        return self.fields[name]


def read(path):
    with open(path, 'rb') as lines:
        return [Event(line) for line in lines]


def _u64(n):
    return n.to_bytes(8, 'big')


def _text(s):
    data = s.encode()
    return _u64(len(data)) + data


def _hash(data, key=b''):
    return hashlib.blake2b(data, key=key, digest_size=32).hexdigest()


def row_hash(e):
    return _hash(_text('huitang journal row 1') + _u64(e.sequence) + bytes.fromhex(e.previous) + _u64(e.number) + _u64(e.wall_us) +
                 _u64(e.boot_us) + b''.join(_text(e.fields[name]) for name in ('boot_id', 'room', 'seat', 'actor')) + bytes.fromhex(e.commitment))


def verify(events, whole):
    """Every row by itself; with `whole` (no --room) also that none is missing. Gives the head and how many are erased."""
    head, last, erased = '00' * 32, 0, 0
    for e in events:
        if whole and (e.sequence != last + 1 or e.previous != head):
            raise Broken('row %d does not continue row %d' % (e.sequence, last))
        if e.hash != row_hash(e):
            raise Broken('row %d was changed' % e.sequence)
        if e.erased:
            erased += 1
        elif _hash(e.payload_bytes, bytes.fromhex(e.key)) != e.commitment:
            raise Broken('row %d has another payload' % e.sequence)
        head, last = e.hash, e.sequence
    return head, erased
