"""
Presence of persons and what a class comes to, computed again from an export by the definitions (docs/class.md, "Presence of persons" and "Credit"), not by
the server's code. Seats and the three operations on spans are presence.py's.
"""
import datetime
import zoneinfo
from fractions import Fraction

import presence

GRADES = ['typed', 'delegate', 'qr', 'own']
USUAL_RULE = {'hour_s': 2700, 'presence_percent': 90, 'checks_needed': 2, 'checks_of': 3, 'gaps': 'excused', 'unproved': 'kept', 'day_hours_milli': 8000,
              'year_hours_milli': 0, 'year_target_milli': 0}


def payload(e):
    return e.payload if isinstance(e.payload, dict) else {}


def length(spans):
    return sum(end - begin for begin, end in spans)


def whole_id(value, most=32):
    return isinstance(value, str) and 0 < len(value) <= most


def number(value):
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


class Class:
    """The rows of one class up to its close: (time, row) pairs, and what they say."""

    def __init__(self, events, class_number):
        self.number = class_number
        self.room = 'class-%d' % class_number
        self.own = [e for e in events if e.room == self.room]
        self.rows = self._rows(events)
        ours = [(t, e) for t, e in self.rows if e.room == self.room]
        self.opened = next((t for t, e in ours if e.kind == 'CLASS_OPENED'), None)
        self.closed = ours[-1][0] if self.is_closed else None
        # The close proves a seat as the end of the room does.
        self.ours = [(t, Ended(e) if self.is_closed and e is ours[-1][1] else e) for t, e in ours]
        self.own_window = None
        self.of, self.joins = {}, {}            # indexes into ours: of what names a person, of the joins of a seat
        for i, (_, e) in enumerate(self.ours):
            if e.kind == 'SEAT_JOINED':
                self.joins.setdefault(e.seat, []).append(i)
            elif whole_id(payload(e).get('person')):
                self.of.setdefault(payload(e)['person'], []).append(i)

    def _rows(self, events):
        self.is_closed = False
        begin = next((i for i, e in enumerate(events) if e.room == self.room and e.kind == 'ROOM_OPENED'), None)
        if begin is None:
            return []
        picked = set()
        for i in range(begin, len(events)):
            if events[i].room == self.room:
                picked.add(i)
            elif events[i].room == '' and events[i].kind == 'SERVER_STARTED':
                picked |= {i - 1, i}
        timed = presence.place([events[i] for i in sorted(picked)])
        is_open = False
        for i, (_, e) in enumerate(timed):
            if e.room == self.room and e.kind == 'CLASS_OPENED':
                is_open = True
            if e.room == self.room and is_open and e.kind in ('CLASS_CLOSED', 'ROOM_ENDED'):
                self.is_closed = True
                return timed[:i + 1]
        return timed

    def window(self):
        if self.own_window is None:
            self.own_window = self._window()
        return self.own_window

    def _window(self):
        if self.opened is None:
            return []
        pauses, since = [], None
        for t, e in self.ours:
            if e.kind == 'CLASS_PAUSED' and t >= self.opened and since is None and self.is_open_at(e):
                since = t
            elif e.kind == 'CLASS_RESUMED' and since is not None:
                pauses.append((since, t))
                since = None
        end = self.closed if self.is_closed else self.rows[-1][0]
        if since is not None:
            pauses.append((since, end))
        return presence.subtract([(self.opened, end)], presence.union(pauses))

    def is_open_at(self, row):
        """Whether the class was opened before that row: by order, not by time."""
        for _, e in self.ours:
            if e is row:
                return False
            if e.kind == 'CLASS_OPENED':
                return True
        return False

    def is_taught_at(self, row):
        """Whether the row lies in W: by order."""
        is_open = paused = False
        for _, e in self.ours:
            if e is row:
                return is_open and not paused
            is_open = is_open or e.kind == 'CLASS_OPENED'
            if e.kind == 'CLASS_PAUSED' and is_open:
                paused = True
            elif e.kind == 'CLASS_RESUMED':
                paused = False
        return False

    def gaps(self):
        return presence.union((before[0], t) for before, (t, e) in zip(self.rows, self.rows[1:]) if e.room == '' and e.kind == 'SERVER_STARTED')

    # ---- seats ----

    def seat_says(self, name, good):
        ret = {}
        for _, e in self.ours:
            if e.kind == 'SEAT_JOINED' and whole_id(e.seat) and good(payload(e).get(name)):
                ret.setdefault(e.seat, payload(e)[name])
        return ret

    def seat_spans(self):
        openings = presence.openings(self.ours)
        return {seat: spans for seat, (spans, _) in presence.site_presence(openings[-1]).items()} if openings else {}

    def inside_before(self, row):
        before = []
        for t, e in self.ours:
            if e is row:
                break
            before.append((t, e))
        openings = presence.openings(before)
        return presence._stays(openings[-1])[1] if openings else set()


class Ended:
    """A row that stands for the end of the room."""

    def __init__(self, e):
        self.kind, self.room, self.seat, self.payload = 'ROOM_ENDED', e.room, e.seat, e.payload


def stays_at_sites(c, person):
    """(site, from, to) of each sign-in span."""
    ret, site, since = [], None, None
    for t, e in (c.ours[i] for i in c.of.get(person, [])):
        p = payload(e)
        if e.kind == 'PERSON_SIGNED_IN' and number(p.get('site')) and p['site'] != site:
            if site is not None:
                ret.append((site, since, t))
            site, since = p['site'], t
        elif e.kind == 'PERSON_SIGNED_OUT' and p.get('site') == site and site is not None:
            ret.append((site, since, t))
            site = None
    if site is not None:
        ret.append((site, since, c.rows[-1][0]))
    return ret


def site_before(c, person, at):
    site = None
    for i in c.of.get(person, []):
        if i >= at:
            break
        _, e = c.ours[i]
        p = payload(e)
        if e.kind == 'PERSON_SIGNED_IN' and number(p.get('site')):
            site = p['site']
        elif e.kind == 'PERSON_SIGNED_OUT' and p.get('site') == site:
            site = None
    return site


class Ask:
    def __init__(self, c, i, e):
        self.row, self.at, self.id = e, i, payload(e)['ask']
        self.check = payload(e).get('kind') == 'check' and c.is_taught_at(e)
        sites = payload(e).get('sites')
        self.sites = sites if isinstance(sites, list) else None
        self.closed = next((k for k in range(i, len(c.ours)) if c.ours[k][1].kind == 'ASK_CLOSED' and payload(c.ours[k][1]).get('ask') == self.id), None)
        end = c.rows.index(c.ours[self.closed]) if self.closed is not None else None
        begin = c.rows.index(c.ours[i])
        # The server stopped while it was open, or it never closed.
        self.spoiled = end is None or any(x.room == '' and x.kind == 'SERVER_STARTED' for _, x in c.rows[begin:end])

    def goes_to(self, site):
        return self.sites is None or (site is not None and site in self.sites)


def asks(c):
    ret = []
    for i, (_, e) in enumerate(c.ours):
        if e.kind == 'ASK_OPENED' and number(payload(e).get('ask')) and all(a.id != payload(e)['ask'] for a in ret):
            ret.append(Ask(c, i, e))
    return ret


class Person:
    def __init__(self, c, pseudonyms, seat_person, seat_site, seat_spans, site_spans, all_asks, inside):
        window = c.taught
        spans, at_site = [], {}
        for p in pseudonyms:
            for site, begin, end in stays_at_sites(c, p):
                there = presence.intersect(presence.intersect([(begin, end)], site_spans.get(site, [])), window)
                at_site[site] = presence.union(at_site.get(site, []) + there)
                spans += there
            for seat, who in seat_person.items():
                if who == p and seat in seat_spans:
                    spans += presence.intersect(seat_spans.get(seat, []), window)
        self.spans = presence.union(spans)
        longest = max((length(s) for s in at_site.values()), default=0)
        self.site = min((site for site, s in at_site.items() if length(s) == longest), default=0) if longest else 0
        proofs = self._proofs(c, pseudonyms, seat_person, all_asks)
        sent, met, doubts = 0, 0, []
        for a in all_asks:
            if not a.check or not any(self._sent(c, p, a, seat_person, seat_site, inside) for p in pseudonyms):
                continue
            is_met = any(i > a.at and (a.closed is None or i < a.closed) and c.ours[i][1].kind == 'ASK_ANSWERED' and payload(c.ours[i][1]).get('ask') == a.id
                         for p in self._sent_to(c, pseudonyms, a, seat_person, seat_site, inside) for i in c.of.get(p, []))
            if not is_met and a.spoiled:
                continue
            sent += 1
            met += is_met
            if not is_met:
                before = [c.ours[i][0] for i in proofs if i < a.at]
                after = [c.ours[i][0] for i in proofs if i > a.at]
                doubts.append((before[-1] if before else c.opened, after[0] if after else c.rows[-1][0]))
        self.sent, self.met = sent, met
        self.unproved = presence.intersect(presence.union(doubts), self.spans)
        gaps = c.without_server
        gap = length(presence.intersect(gaps, window)) - length(presence.intersect(gaps, self.spans))
        self.present_s = presence.whole_seconds(self.spans)
        self.unproved_s = presence.whole_seconds(self.unproved)
        self.gap_s = -(-gap // 1_000_000)

    @staticmethod
    def _sent(c, p, ask, seat_person, seat_site, inside):
        site = site_before(c, p, ask.at)
        if site is not None and ask.goes_to(site):
            return True
        return any(seat_person.get(seat) == p and named_by(c, seat, ask.at) and ask.goes_to(site_by(c, seat, ask.at, seat_site)) for seat in inside[ask.id])

    def _sent_to(self, c, pseudonyms, ask, seat_person, seat_site, inside):
        return [p for p in pseudonyms if self._sent(c, p, ask, seat_person, seat_site, inside)]

    @staticmethod
    def _proofs(c, pseudonyms, seat_person, all_asks):
        """Indexes into c.ours. Of who was never signed in or seated before, an answer proves nothing."""
        ret, known = [], set()
        seats = [seat for seat, who in seat_person.items() if who in pseudonyms]
        for i in sorted([i for p in pseudonyms for i in c.of.get(p, [])] + [i for seat in seats for i in c.joins[seat]]):
            e = c.ours[i][1]
            p = payload(e)
            who = p.get('person')
            if e.kind == 'PERSON_SIGNED_IN' and who in pseudonyms and number(p.get('site')):
                known.add(who)
                ret.append(i)
            elif e.kind == 'SEAT_JOINED' and seat_person.get(e.seat) in pseudonyms and named_by(c, e.seat, i):
                known.add(seat_person[e.seat])
                ret.append(i)
            elif e.kind == 'ASK_ANSWERED' and who in known and any(a.id == p.get('ask') and a.at < i and (a.closed is None or i < a.closed) for a in all_asks):
                ret.append(i)
        return ret


def named_by(c, seat, last):
    return any(i <= last and whole_id(payload(c.ours[i][1]).get('person')) for i in c.joins[seat])


def site_by(c, seat, last, seat_site):
    """The seat's site, if a join up to there has named it."""
    named = any(i <= last and number(payload(c.ours[i][1]).get('site')) for i in c.joins[seat])
    return seat_site.get(seat) if named else None


def present(c, same=lambda p: p):
    """Who was signed in or had an own seat: Person by pseudonym."""
    seat_person, seat_site = c.seat_says('person', whole_id), c.seat_says('site', number)
    seat_spans = c.seat_spans()
    site_spans = {}
    for seat, site in seat_site.items():
        site_spans[site] = presence.union(site_spans.get(site, []) + seat_spans.get(seat, []))
    ids = {payload(e)['person'] for _, e in c.ours if e.kind == 'PERSON_SIGNED_IN' and whole_id(payload(e).get('person')) and number(payload(e).get('site'))}
    ids |= set(seat_person.values())
    all_asks = asks(c)
    c.taught, c.without_server = c.window(), c.gaps()
    inside = {a.id: c.inside_before(a.row) for a in all_asks if a.check}
    groups = {}
    for p in ids:
        groups.setdefault(same(p), set()).add(p)
    return {to: Person(c, group, seat_person, seat_site, seat_spans, site_spans, all_asks, inside) for to, group in groups.items()}


# ---- credit ----

def rule_is_good(r):
    def between(name, least, most):
        return isinstance(r[name], int) and not isinstance(r[name], bool) and least <= r[name] <= most
    return (between('hour_s', 600, 28800) and between('presence_percent', 1, 100) and between('checks_needed', 0, 100) and between('checks_of', 1, 100) and
            between('day_hours_milli', 1, 144000) and between('year_hours_milli', 0, 10000000) and between('year_target_milli', 0, 10000000) and r['gaps'] in ('excused', 'counted') and
            r['unproved'] in ('kept', 'dropped') and r['checks_needed'] <= r['checks_of'] and r['day_hours_milli'] * r['hour_s'] <= 86400000 and
            (r['year_hours_milli'] == 0 or r['year_hours_milli'] >= max(r['day_hours_milli'], r['year_target_milli'])))


class Terms:
    """What the class's rows say beside presence: rules, roster, leave, the day."""

    def __init__(self, c):
        before_close = []
        is_open = False
        self.rules, self.version, self.plan = [], 0, {}
        for e in c.own:
            before_close.append(e)
            p = payload(e)
            is_open = is_open or e.kind == 'CLASS_OPENED'
            if is_open and e.kind in ('CLASS_CLOSED', 'ROOM_ENDED'):
                break
            if is_open:
                continue
            if e.kind == 'CLASS_PLANNED':
                self.plan = p
            if e.kind == 'RULE_CHOSEN' and isinstance(p.get('rule'), dict) and not set(p['rule']) - set(USUAL_RULE) and rule_is_good({**USUAL_RULE, **p['rule']}):
                self.rules.append({**USUAL_RULE, **p['rule']})
                self.version = p.get('version', 0)
        self.rules = self.rules or [USUAL_RULE]
        self._roster(before_close)
        self.leave = {}
        for e in before_close:
            if e.kind == 'LEAVE_DECIDED' and whole_id(payload(e).get('person')):
                self.leave[payload(e)['person']] = payload(e).get('granted') is True
        self.caps = [min((r[name] for r in self.rules if r[name]), default=0) for name in ('day_hours_milli', 'year_hours_milli')]
        self.day = self._day(c)

    def _roster(self, rows):
        """Home of who is on a complete version: of the first that has them."""
        self.home, version, pending = {}, 0, {}
        for e in rows:
            p = payload(e)
            if e.kind != 'ROSTER_FROZEN' or p.get('version') != version + 1:
                continue
            for who in p.get('persons', []):
                pending.setdefault(who, p.get('site', 0))
            if p.get('last') is True:
                version += 1
                for who, home in pending.items():
                    self.home.setdefault(who, home)
                pending = {}

    def _day(self, c):
        start, zone = self.plan.get('start_ms', 0), self.plan.get('zone', '')
        try:
            zone = zoneinfo.ZoneInfo(zone) if start and zone else None
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            zone = None
        if zone is None:
            start, zone = c.opened // 1000, zoneinfo.ZoneInfo('Asia/Shanghai')
        return datetime.datetime.fromtimestamp(start // 1000, zone).strftime('%Y-%m-%d')

    def verdict(self, c, p):
        """Reason, hour and claim of somebody who is on a roster and was there."""
        window_s = presence.whole_seconds(c.window())
        for r in self.rules:
            counted = p.present_s - (p.unproved_s if r['unproved'] == 'dropped' else 0)
            of = window_s - (p.gap_s if r['gaps'] == 'excused' else 0)
            if counted <= 0 or Fraction(counted, 1) < Fraction(r['presence_percent'] * of, 100):
                return 'presence_short', 0, []
            needed = -(-p.sent * r['checks_needed'] // r['checks_of'])
            if p.met < needed:
                return 'checks_missed', 0, []
        worth = [Fraction(p.present_s - (p.unproved_s if r['unproved'] == 'dropped' else 0), r['hour_s']) for r in self.rules]
        least = self.rules[worth.index(min(worth))]
        return 'credited', least['hour_s'], presence.subtract(p.spans, p.unproved) if least['unproved'] == 'dropped' else p.spans


class Session:
    def __init__(self, c, terms, hour_s, claim):
        self.number, self.began, self.day, self.caps, self.hour_s, self.claim = c.number, c.opened, terms.day, terms.caps, hour_s, claim


def total(sessions):
    """Seconds and milli-hours of a person's classes: once, earliest first, floored a day, capped."""
    taken, own = [], {}
    for s in sorted(sessions, key=lambda s: (s.began, s.number)):
        own[s.number] = length(presence.subtract(s.claim, taken))
        taken = presence.union(taken + s.claim)
    seconds = milli = 0
    for year in {s.day[:4] for s in sessions}:
        in_year = 0
        for day in sorted({s.day for s in sessions if s.day[:4] == year}):
            by_hour, in_day, floored = {}, 0, 0
            for s in sorted((s for s in sessions if s.day == day), key=lambda s: (s.began, s.number)):
                by_hour[s.hour_s] = by_hour.get(s.hour_s, 0) + own[s.number]
                now = sum(us // (hour * 1000) for hour, us in by_hour.items())
                wanted = in_day + now - floored
                floored = now
                after = wanted if not s.caps[0] else max(in_day, min(wanted, s.caps[0]))
                wanted = in_year + after - in_day
                in_year = wanted if not s.caps[1] else max(in_year, min(wanted, s.caps[1]))
                in_day = after
            seconds += sum(own[s.number] for s in sessions if s.day == day) // 1_000_000
        milli += in_year
    return seconds, milli


def results(c, others, same=lambda p: p):
    """RESULT's rows by person; `others` has the sessions of each person before, and gets this class's."""
    terms = Terms(c)
    there = present(c, same)
    homes, leave = {}, set()
    for who, home in terms.home.items():
        to = same(who)
        if to not in homes or who == to:
            homes[to] = home
    for who, granted in terms.leave.items():
        if granted:
            leave.add(same(who))
    rows = {}
    gap = -(-length(presence.intersect(c.gaps(), c.window())) // 1_000_000)
    for who in set(homes) | set(there):
        p = there.get(who)
        row = {'person': who, 'home': homes.get(who, 0), 'site': p.site if p else 0, 'present_s': p.present_s if p else 0, 'unproved_s': p.unproved_s if p else 0,
               'gap_s': p.gap_s if p else gap, 'met': p.met if p else 0, 'sent': p.sent if p else 0, 'counted_s': 0, 'milli_hours': 0}
        claim = []
        if who not in homes:
            row['reason'] = 'not_on_roster'
        elif not p:
            row['reason'] = 'on_leave' if who in leave else 'not_signed_in'
        else:
            row['reason'], hour_s, claim = terms.verdict(c, p)
        if claim:
            mine = others.setdefault(who, [])
            before = total(mine)
            mine.append(Session(c, terms, hour_s, claim))
            after = total(mine)
            row['counted_s'], row['milli_hours'] = max(after[0] - before[0], 0), max(after[1] - before[1], 0)
            if after[0] - before[0] < length(claim) // 1_000_000:
                row['reason'] = 'overlap'
            elif after[1] - before[1] < length(claim) // (hour_s * 1000):
                row['reason'] = 'capped'
            row['hour_s'] = hour_s
            row['claim'] = [[begin - c.opened, end - c.opened] for begin, end in claim]
        rows[who] = row
    head = {'rule_version': terms.version, 'began_us': c.opened, 'day': terms.day, 'window_s': presence.whole_seconds(c.window()), 'day_cap': terms.caps[0],
            'year_cap': terms.caps[1]}
    return head, rows
