"""
Sessions as servers, sites and people make them when much goes wrong: seeded, so that a number names one. A session is a journal with one to three classes of one
day: seats that reconnect, take over, get lost and answer late; two devices a site; persons who move, sign in twice and out of where they are not; own seats;
pauses; checks met, missed, answered late and by others; the server killed, stopped, and the machine started anew; the wall clock stepped; payloads erased.
"""
import random
from types import SimpleNamespace

KINDS = {'SERVER_STARTED': 1, 'SERVER_STOPPED': 2, 'ROOM_OPENED': 10, 'ROOM_ENDED': 11, 'SEAT_JOINED': 20, 'SEAT_AWAY': 21, 'SEAT_RETURNED': 22, 'SEAT_LEFT': 23,
         'SEATS_ALIVE': 24, 'SEAT_REMOVED': 27, 'CHAT': 30, 'CLASS_PLANNED': 50, 'LEAVE_DECIDED': 55, 'ROSTER_FROZEN': 56, 'RULE_CHOSEN': 57, 'CLASS_OPENED': 60,
         'CLASS_PAUSED': 61, 'CLASS_RESUMED': 62, 'CLASS_CLOSED': 63, 'PERSON_SIGNED_IN': 64, 'PERSON_SIGNED_OUT': 65, 'ASK_OPENED': 70, 'ASK_ANSWERED': 71,
         'ASK_CLOSED': 73}
S = 1_000_000
ERASED = ('SEAT_JOINED', 'SEATS_ALIVE', 'PERSON_SIGNED_IN', 'ASK_OPENED', 'SEAT_LEFT')
GRADES = ('own', 'qr', 'delegate', 'typed')
RULES = ({}, {'hour_s': 600, 'day_hours_milli': 2000}, {'hour_s': 3600}, {'presence_percent': 50}, {'gaps': 'counted'}, {'unproved': 'dropped'},
         {'checks_needed': 0}, {'checks_needed': 3}, {'day_hours_milli': 150}, {'year_hours_milli': 8000, 'unproved': 'dropped', 'presence_percent': 20},
         {'hour_s': 7200, 'presence_percent': 30, 'checks_needed': 1, 'day_hours_milli': 300, 'year_hours_milli': 400}, {'hour_s': 0}, {'checks_of': 1}, {'what': 1},
         {'year_target_milli': 9000, 'hour_s': 3600}, {'year_target_milli': 9000, 'year_hours_milli': 8000})
ZONES = ('Asia/Shanghai', 'Asia/Urumqi', 'UTC', 'America/New_York', 'No/Where', '')


class Session:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.events = []                        # (second, order, kind, room, seat, payload)
        self.persons = ['%016x' % i for i in range(1, self.r.randint(3, 8))]
        n = self.r.choice((1, 1, 2, 3))
        self.classes = [(i + 1, self.r.uniform(0, 900) if i else 0) for i in range(n)]
        self.end = 0
        for number, begin in self.classes:
            ClassRun(self, number, begin)
        self._others()
        self._stops()
        self.rows = self._write()
        self.order = [number for number, _ in self.classes]
        self.r.shuffle(self.order)
        self.twins = [[self.persons[0], self.persons[1]]] if self.r.random() < 0.15 else []

    def add(self, at, kind, room='', seat='', /, **payload):
        self.events.append((at, len(self.events), kind, room, seat, payload))
        self.end = max(self.end, at)

    def maybe(self, chance):
        return self.r.random() < chance

    def _others(self):
        """Rows of another room, so that the last row before a start is not always the class's."""
        for _ in range(self.r.randint(0, 12)):
            self.add(self.r.uniform(0, self.end), 'CHAT', 'demo-meeting', 'x', id=1, name='n', text='t')

    def _stops(self):
        self.stops = []                         # (from, to, the machine as well)
        for _ in range(self.r.choice((0, 0, 1, 1, 2))):
            at = self.r.uniform(0, self.end)
            self.stops.append((at, at + self.r.choice((2, 12, 29, 31, 60, 200)), self.maybe(0.4)))
        self.events.sort(key=lambda e: (e[0], e[1]))
        for begin, end, _ in self.stops:
            self.events = [e for e in self.events if not begin <= e[0] < end]
        for begin, end, _ in self.stops:
            if self.maybe(0.3):
                self.add(begin - 0.001, 'SERVER_STOPPED')
            self.add(end, 'SERVER_STARTED')
        self.events.sort(key=lambda e: (e[0], e[1]))

    def _write(self):
        """Times as the machine writes them: a boot's clock never steps, the wall's does."""
        rows, boots, step = [], 0, 0
        wall0, boot0 = self.r.choice((1_790_000_000, 1_798_732_000, 1_793_000_000)) * S + self.r.randrange(S), self.r.randrange(10 ** 9)
        reboots = sorted(end for _, end, machine in self.stops if machine)
        for at, _, kind, room, seat, payload in self.events:
            us = int(at * S)
            while reboots and at >= reboots[0]:
                boots += 1
                boot0 = self.r.randrange(30 * S) - int(reboots.pop(0) * S)
            if self.maybe(0.01):
                step = self.r.choice((-7200, -30, 0, 5, 40, 3600)) * S
            if payload and kind in ERASED and self.maybe(0.002):
                payload = None
            rows.append(SimpleNamespace(sequence=len(rows) + 1, kind=kind, number=KINDS[kind], wall_us=wall0 + us + step, boot_us=boot0 + us, boot_id='boot-%d' % boots,
                                        room=room, seat=seat, actor='', payload=payload))
        return rows


class ClassRun:
    """One class: everything that its people and machines do in it."""

    def __init__(self, session, number, begin):
        self.s, self.r, self.number, self.begin = session, session.r, number, begin
        self.room = 'class-%d' % number
        self.sites = [1, 2, 3][:self.r.randint(1, 3)]
        self.opened = begin + self.r.uniform(5, 60)
        self.closed = self.opened + self.r.choice((120, 300, 600, 900)) + self.r.uniform(0, 30)
        self.plan()
        self.add(begin, 'ROOM_OPENED', title='t', org='', epoch='e')
        if self.maybe(0.1):
            self.add(begin + 2, 'ROOM_ENDED')
            self.add(begin + 3, 'ROOM_OPENED', title='t', org='', epoch='e2')
        self.beat = self.r.choice((5, 5, 10))
        self.alive = {}
        for site in self.sites:
            for device in range(self.r.choice((1, 1, 2))):
                self.seat('%d-%d-%d' % (number, site, device), {'site': site})
        self.own_seats()
        for at in sorted(self.alive):
            self.add(at, 'SEATS_ALIVE', seats=sorted(self.alive[at]))
        self.window()
        for person in session.persons:
            self.person(person)
        self.checks()

    def add(self, at, kind, seat='', /, **payload):
        self.s.add(at, kind, self.room, seat, **payload)

    def maybe(self, chance):
        return self.r.random() < chance

    def plan(self):
        start = self.r.choice((1_790_000_000, 1_798_732_000, 1_798_733_000, 1_798_646_399)) * 1000
        if self.maybe(0.95):
            self.add(self.begin - 0.5, 'CLASS_PLANNED', **{'class': self.number, 'kind': 'lecture', 'subject': 's', 'start_ms': start, 'zone': self.r.choice(ZONES[:2] if self.maybe(0.7) else ZONES)})
        for i in range(self.r.choice((0, 1, 1, 2, 3))):
            self.add(self.begin - 0.4, 'RULE_CHOSEN', rule=self.r.choice(RULES), org=i + 1, version=i + 1)
        for version in (1, 2)[:self.r.choice((0, 1, 1, 1, 2))]:
            at = self.begin - 0.3 if version == 1 else self.r.uniform(self.begin, self.closed + 20)
            some = [p for p in self.s.persons if self.maybe(0.9)]
            cut = self.r.randint(0, len(some))
            self.add(at, 'ROSTER_FROZEN', version=version, site=11, persons=some[:cut], last=False)
            self.add(at, 'ROSTER_FROZEN', version=version, site=12, persons=some[cut:], last=self.maybe(0.95))
        for person in self.s.persons:
            if self.maybe(0.15):
                self.add(self.r.uniform(self.begin, self.closed + 20), 'LEAVE_DECIDED', person=person, granted=self.maybe(0.7))

    def window(self):
        self.add(self.opened, 'CLASS_OPENED')
        at = self.opened
        while self.maybe(0.35):
            at += self.r.uniform(1, 200)
            self.add(at, 'CLASS_PAUSED')
            if self.maybe(0.2):
                self.add(at + 1, 'CLASS_PAUSED')
            at += self.r.uniform(1, 100)
            if self.maybe(0.9):
                self.add(at, 'CLASS_RESUMED')
        if self.maybe(0.05):
            self.add(self.opened + 20, 'CLASS_OPENED')
        self.add(self.closed, 'ROOM_ENDED' if self.maybe(0.05) else 'CLASS_CLOSED')
        self.add(self.closed + 5, 'CLASS_CLOSED')
        self.add(self.closed + 30, 'ROOM_ENDED')

    def seat(self, seat, says):
        """A line of joins and leaves, with proofs of life between, some of them missing, some behind the leave."""
        at = self.begin + self.r.uniform(4, 40)
        while at < self.closed + 20:
            self.add(at, 'SEAT_JOINED', seat, key='k', name='n', **(says if self.maybe(0.97) else {'site': 9}))
            leave = at + self.r.choice((20, 100, 400, 2000)) + self.r.uniform(0, 20)
            skipping = 0
            beat = (at // self.beat + 1) * self.beat
            while beat < min(leave + (12 if self.maybe(0.3) else 0), self.closed + 20):
                if skipping <= 0 and self.maybe(0.015):
                    skipping = self.r.choice((10, 29, 31, 60))
                skipping -= self.beat
                if skipping <= 0:
                    self.alive.setdefault(beat, set()).add(seat)
                beat += self.beat
            self.leave(seat, leave)
            at = leave + self.r.choice((0.5, 5, 25, 35, 120))

    def leave(self, seat, at):
        if self.maybe(0.2):
            self.add(at - 3, 'SEAT_AWAY', seat)
            if self.maybe(0.6):
                self.add(at - 1, 'SEAT_RETURNED', seat)
        if self.maybe(0.15):
            return
        if self.maybe(0.1):
            self.add(at, 'SEAT_REMOVED', seat)
        self.add(at, 'SEAT_LEFT', seat, reason=self.r.choice(('left', 'left', 'lost', 'taken_over', 'removed', 'server')))

    def own_seats(self):
        for person in self.s.persons:
            if self.maybe(0.2):
                says = {'person': person}
                if self.maybe(0.3):
                    says['site'] = self.r.choice(self.sites)
                self.seat('%d-own-%s' % (self.number, person[-2:]), says)

    def person(self, person):
        if self.maybe(0.15):
            return
        at = self.begin + self.r.uniform(4, 80)
        site = self.r.choice(self.sites)
        while at < self.closed + 10:
            more = {name: True for name in ('shared', 'late', 'together') if self.maybe(0.1)}
            self.add(at, 'PERSON_SIGNED_IN', person=person, site=site, grade=self.r.choice(GRADES), by='person', **more)
            at += self.r.choice((1, 60, 300, 2000)) + self.r.uniform(0, 20)
            if self.maybe(0.3):
                self.add(at, 'PERSON_SIGNED_OUT', person=person, site=site if self.maybe(0.8) else self.r.choice(self.sites), by='seat')
                at += self.r.uniform(0, 60)
            site = self.r.choice(self.sites)

    def checks(self):
        for i in range(self.r.randint(0, 5)):
            at, ask = self.r.uniform(self.begin, self.closed + 5), i + 1
            if self.maybe(0.05):
                ask = max(1, i)                 # the number of another one
            more = {'sites': [self.r.choice(self.sites)]} if self.maybe(0.2) else {}
            self.add(at, 'ASK_OPENED', ask=ask, kind=self.r.choice(('check', 'check', 'check', 'poll')), prompt='', options=[], audience='persons', deadline_ms=0, **more)
            for person in self.s.persons:
                if self.maybe(0.75):
                    answered = at + self.r.choice((1, 10, 29, 40)) + self.r.random()
                    self.add(answered, 'ASK_ANSWERED', ask=ask, person=person, site=1, choice=[0], grade='qr', by='person')
                    if self.maybe(0.05):
                        self.add(answered, 'ASK_ANSWERED', ask=ask, person=person, site=1, choice=[0], grade='qr', by='person')
            if self.maybe(0.95):
                self.add(at + 30, 'ASK_CLOSED', ask=ask, by='server')
