"""
Presence computed again from an export, by the definition (docs/export.md, "Presence"), not by the server's code:

    W      = [opened, closed) minus pauses
    A(s)   = union of the spans between proofs of life of site s (a hole over 30 s splits), within W
    person = union of (sign-in span at s within A(s)) and own-seat spans

Spans are sorted lists of (from, to) in microseconds, apart from each other. What computes persons goes behind site_presence() and uses
the same three operations.
"""
HOLE_US = 30_000_000


def union(spans):
    ret = []
    for begin, end in sorted(s for s in spans if s[1] > s[0]):
        if ret and begin <= ret[-1][1]:
            ret[-1] = (ret[-1][0], max(end, ret[-1][1]))
        else:
            ret.append((begin, end))
    return ret


def intersect(a, b):
    return union((max(x[0], y[0]), min(x[1], y[1])) for x in a for y in b)


def subtract(a, b):
    for begin, end in b:
        a = [piece for x in a for piece in ((x[0], min(x[1], begin)), (max(x[0], end), x[1])) if piece[1] > piece[0]]
    return union(a)


def whole_seconds(spans):
    return sum(end - begin for begin, end in spans) // 1_000_000


def place(events):
    """Pairs of (time, event): CLOCK_BOOTTIME within a boot; a boot begins at its first event's wall time, and after the boot before."""
    ret, boot, offset, now = [], None, 0, None
    for e in events:
        if e.boot_id != boot:
            boot = e.boot_id
            offset = (e.wall_us if now is None else max(e.wall_us, now)) - e.boot_us
        now = e.boot_us + offset if now is None else max(now, e.boot_us + offset)
        ret.append((now, e))
    return ret


def openings(timed):
    """The events of one room, cut into its openings. An opening of what is open goes on with it; after the end nothing counts."""
    ret, is_open = [], False
    for t, e in timed:
        if e.kind == 'ROOM_OPENED' and not is_open:
            ret.append([])
            is_open = True
        if is_open:
            ret[-1].append((t, e))
        if e.kind == 'ROOM_ENDED':
            is_open = False
    return ret


def window(opening):
    """W; None for the end of a room that is open. Pauses are taken off here when there are any."""
    ended = [t for t, e in opening if e.kind == 'ROOM_ENDED']
    return opening[0][0], ended[0] if ended else None


def _stays(opening):
    """Of each seat its stays, each a list of the times of proofs of life: a stay begins at a join and ends at a leave."""
    stays, inside, away = {}, set(), set()
    for t, e in opening:
        if e.kind in ('SEAT_JOINED', 'SEAT_RETURNED') and (e.kind == 'SEAT_JOINED' or e.seat in stays):
            away.discard(e.seat)
            if e.seat not in inside:
                inside.add(e.seat)
                stays.setdefault(e.seat, []).append([])
            stays[e.seat][-1].append(t)
        elif e.kind == 'SEAT_AWAY':
            away.add(e.seat)
        elif e.kind == 'SEATS_ALIVE':
            for seat in (e.payload or {}).get('seats', []):
                if seat in inside:
                    stays[seat][-1].append(t)
        elif e.kind in ('SEAT_LEFT', 'SEAT_REMOVED') and e.seat in inside:
            reason = (e.payload or {}).get('reason')
            if reason == 'taken_over':
                continue
            if e.seat not in away and reason != 'lost':
                stays[e.seat][-1].append(t)
            inside.discard(e.seat)
            away.discard(e.seat)
        elif e.kind == 'ROOM_ENDED':
            for seat in inside - away:
                stays[seat][-1].append(t)
            inside = set()
    return stays, inside


def site_presence(opening):
    """Of each seat: its spans A(s), and whether it is still there."""
    stays, inside = _stays(opening)
    begin, end = window(opening)
    ret = {}
    for seat, lists in stays.items():
        spans = [(a, b) for proofs in lists for a, b in zip(proofs, proofs[1:]) if b - a <= HOLE_US]
        ret[seat] = (intersect(union(spans), [(begin, end if end is not None else float('inf'))]), seat in inside)
    return ret


def reconnects(opening, seat):
    comings = [e for _, e in opening if e.seat == seat and e.kind in ('SEAT_JOINED', 'SEAT_RETURNED')]
    return len(comings) - 1
