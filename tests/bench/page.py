"""The figures of a run as text, as the results chapter of docs/benchmarks.md, and as a chart."""
import datetime
import os
import platform
import statistics
import subprocess

import chart

BEGIN, END = '<!-- results: written by ./dev bench -->', '<!-- end of results -->'


def number(value, digits):
    if value is None:
        return '–'
    return f'{value:,.{digits}f}'


class Figures:
    """What was measured in all rounds, by name."""

    def __init__(self):
        self.values = {}
        self.problems = []

    def add(self, name, value):
        if value is not None:
            self.values.setdefault(name, []).append(value)

    def median(self, name):
        return statistics.median(self.values[name]) if self.values.get(name) else None

    def ratio(self, over, under):
        """The median of the rounds' own ratios: what the machine did to a round it did to both."""
        pairs = [a / b for a, b in zip(self.values.get(over, []), self.values.get(under, [])) if b]
        return statistics.median(pairs) if pairs else None

    def spread(self, name, digits):
        values = self.values.get(name)
        if not values:
            return '–'
        text = number(statistics.median(values), digits)
        return text if len(values) == 1 else f'{text} ({number(min(values), digits)} to {number(max(values), digits)})'


# Rows of the table: what, unit, digits, and the name of the figure of each column (None: not measured).
COLUMNS = ('bare loop', 'ours', 'Janus')
ROWS = (
    ('Lecture, 200 viewers: CPU of the server a delivered packet', 'µs', 2, 'floor.lecture.cpu', 'ours.lecture.cpu', 'janus.lecture.cpu'),
    ('the bare loop flat out', 'µs', 2, 'floor.flat.cpu', None, None),
    ("ours over Janus' interface", 'µs', 2, None, 'ours.veth.cpu', None),
    ('p99 latency', 'ms', 1, 'floor.lecture.p99', 'ours.lecture.p99', 'janus.lecture.p99'),
    ('loss', '%', 3, 'floor.lecture.loss', 'ours.lecture.loss', 'janus.lecture.loss'),
    ('memory a seat', 'kB', 0, None, 'ours.lecture.memory', 'janus.lecture.memory'),
    ('Knee on one core: viewers', '', 0, 'floor.knee.viewers', 'ours.knee.viewers', 'janus.knee.viewers'),
    ('Knee: packets a second', '', 0, 'floor.knee.rate', 'ours.knee.rate', 'janus.knee.rate'),
    ('Knee: part of the core', '', 2, 'floor.knee.share', 'ours.knee.share', 'janus.knee.share'),
    ('Wall of 200 sites: CPU a delivered packet', 'µs', 2, 'floor.wall.cpu', 'ours.wall.cpu', None),
    ('the bare loop without gathering', 'µs', 2, 'floor.singles.cpu', None, None),
    ('Wall: packets a second out', '', 0, 'floor.wall.rate', 'ours.wall.rate', None),
    ('Wall: part of the core', '', 2, 'floor.wall.share', 'ours.wall.share', None),
    ('Wall: p99 latency', 'ms', 1, 'floor.wall.p99', 'ours.wall.p99', None),
    ('Wall: loss', '%', 3, 'floor.wall.loss', 'ours.wall.loss', None),
    ('Wall: memory a seat, rings among it', 'kB', 0, None, 'ours.wall.memory', None),
    ('Wall: packet rings, a sending seat', 'kB', 0, None, 'ours.wall.rings', None),
    ('Wall while 200 more join: p99 latency of those there', 'ms', 1, None, 'ours.joined.p99', None),
    ('Wall while 200 more join: loss of those there', '%', 3, None, 'ours.joined.loss', None),
    ('Wall while 200 more join: part of the core', '', 2, None, 'ours.joined.share', None),
    ('Wall while 200 more join: to first media, p95', 'ms', 0, None, 'ours.joined.p95', None),
    ('200 join at once: to first media, p50', 'ms', 0, None, 'ours.join.p50', 'janus.join.p50'),
    ('200 join at once: to first media, p95', 'ms', 0, None, 'ours.join.p95', 'janus.join.p95'),
    ('200 join at once: CPU of the server', 's', 2, None, 'ours.join.cpu', 'janus.join.cpu'),
)
RATIOS = (
    ('Cost, lecture: ours / bare loop', 'ours.lecture.cpu', 'floor.lecture.cpu'),
    ("Cost, lecture: ours / Janus, over one interface", 'ours.veth.cpu', 'janus.lecture.cpu'),
    ('Cost, wall: ours / bare loop', 'ours.wall.cpu', 'floor.wall.cpu'),
    ('Knee: ours / bare loop', 'ours.knee.rate', 'floor.knee.rate'),
    ('Knee: ours / Janus', 'ours.knee.rate', 'janus.knee.rate'),
)


def table(figures):
    lines = ['| figure | ' + ' | '.join(COLUMNS) + ' |', '| --- |' + ' --- |' * len(COLUMNS)]
    for what, unit, digits, *names in ROWS:
        cells = [figures.spread(name, digits) if name else '' for name in names]
        lines.append(f'| {what}{", " + unit if unit else ""} | ' + ' | '.join(cells) + ' |')
    lines += ['', '| ratio | median of the rounds |', '| --- | --- |']
    lines += [f'| {what} | {number(figures.ratio(over, under), 2)} |' for what, over, under in RATIOS]
    return lines


def machine():
    model = 'unknown processor'
    with open('/proc/cpuinfo', encoding='utf-8') as f:
        for line in f:
            if line.startswith('model name'):
                model = line.split(':', 1)[1].strip()
                break
    return f'{model}, {os.cpu_count()} cores, Linux {platform.release()}'


def git(*args):
    """As whoever the tree belongs to would see it: the run is root's."""
    command = ['git', '-c', f'safe.directory={os.getcwd()}', *args]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def commit():
    return git('describe', '--always', '--dirty') or 'unknown'


def is_dirty():
    """Whether the tree is another than its commit; files that git ignores or does not know do not count."""
    return bool(git('status', '--porcelain', '--untracked-files=no'))


def bars(figures, digits, *named):
    found = [(label, figures.median(name), shade) for label, name, shade in named if figures.median(name) is not None]
    return [(label, value, shade, number(value, digits)) for label, value, shade in found]


def draw(figures, caption):
    panels = [
        ('CPU of the server a delivered packet, lecture of 200, µs', bars(
            figures, 2, ('bare loop', 'floor.lecture.cpu', 'floor'), ('ours', 'ours.lecture.cpu', 'ours'), ('Janus', 'janus.lecture.cpu', 'janus'))),
        ('the same, wall of 200 sites, µs', bars(
            figures, 2, ('bare loop', 'floor.wall.cpu', 'floor'), ('ours', 'ours.wall.cpu', 'ours'))),
        ('Packets a second from one core, at the knee', bars(
            figures, 0, ('bare loop', 'floor.knee.rate', 'floor'), ('ours', 'ours.knee.rate', 'ours'), ('Janus', 'janus.knee.rate', 'janus'))),
        ('200 join at once: p95 to first media, ms', bars(
            figures, 0, ('ours', 'ours.join.p95', 'ours'), ('Janus', 'janus.join.p95', 'janus'))),
    ]
    return chart.svg([(title, b) for title, b in panels if b], caption)


def results(figures, rounds, commands, versions):
    lines = [f'{datetime.date.today().isoformat()}, {rounds} rounds, medians (smallest to largest in brackets). {machine()}. '
             f'Commit {commit()}; {versions}.', '']
    lines += table(figures)
    if figures.problems:
        lines += ['', 'What the tools complained of:', ''] + [f'- {p}' for p in figures.problems]
    return lines + ['', 'Commands, in a network namespace as `tests/netns.sh` makes it:', '', '```sh', *commands, '```']


def put(path, text):
    """Writes a file of the source tree, for whom the tree belongs to: the run itself is root's."""
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    owner = os.stat('.')
    os.chown(path, owner.st_uid, owner.st_gid)


def write(figures, rounds, commands, versions, page, picture):
    """Puts the results between the marks of `page`, the chart into `picture`."""
    with open(page, encoding='utf-8') as f:
        text = f.read()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    body = '\n'.join(results(figures, rounds, commands, versions))
    put(page, f'{before}{BEGIN}\n\n{body}\n\n{END}{after}')
    put(picture, draw(figures, f'{datetime.date.today().isoformat()}, {machine()}'))
