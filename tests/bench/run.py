#!/usr/bin/env python3
"""Ours, Debian's Janus and the machine's own limit, interleaved in one run; medians, ratios, docs/benchmarks.md.

usage: tests/netns.sh tests/bench/run.py BUILD [--quick | --rounds N]
    --quick: one short round, nothing is written but BUILD/bench.json and .svg     --rounds: instead of 5

Every server has core 0 and nothing else, every load core 1. A round measures all; what a machine does to one round it does to all
three, so ratios are taken round by round. No figure is a pass or a failure here: what a tool complains of is printed and written down.
"""
import argparse
import json
import os
import sys
import time

sys.dont_write_bytecode = True  # the run is root's, the folder need not be

import page  # noqa: E402
from programs import VETH, Bench, Failed, Gauge, make_addresses, version  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VIEWERS = 200
GATHERED = ('--grid', '1000', '--wait-thumbnail', '5000', '--wait-audio', '5000')
KNEE_LOSS, KNEE_LATE_MS = 0.001, 20
KNEE_STEP = 1.2


class Lengths:
    """Seconds of each measurement."""

    def __init__(self, quick, rounds):
        self.rounds = 1 if quick else rounds
        self.window, self.warm_up = ('2', '1') if quick else ('4', '2')
        self.floor = 1 if quick else 2
        self.knee = '1' if quick else '2'


def complain(figures, who, result):
    for problem in result.get('problems', []):
        line = f'{who}: {problem}'
        if line not in figures.problems:
            figures.problems.append(line)


def dig(result, path):
    for name in path.split('.'):
        result = result.get(name) if isinstance(result, dict) else None
    return result


def take(figures, who, result, **paths):
    for name, path in paths.items():
        figures.add(f'{who}.{name}', dig(result, path))


def take_percent(figures, name, ratio):
    figures.add(name, None if ratio is None else 100 * ratio)


def lecture(bench, figures, lengths, who, target):
    result = bench.load('lecture', target, '--viewers', str(VIEWERS), '--seconds', lengths.window, '--warmup', lengths.warm_up)
    complain(figures, f'{who}, lecture', result)
    take(figures, f'{who}.lecture', result, cpu='server.cpu_us_per_packet', p99='latency_ms.p99', memory='server.kb_per_seat')
    take_percent(figures, f'{who}.lecture.loss', dig(result, 'loss.ratio'))
    return dig(result, 'server.core_share')


def veth_lecture(bench, figures, lengths, target):
    """Over the interface that Janus needs, for the ratio to Janus: each message costs the kernel a new route there, loopback's is kept."""
    result = bench.load('lecture', target, *VETH, '--viewers', str(VIEWERS), '--seconds', lengths.window, '--warmup', lengths.warm_up)
    complain(figures, "ours, lecture over Janus' interface", result)
    take(figures, 'ours.veth', result, cpu='server.cpu_us_per_packet')


def knee(bench, figures, lengths, who, target, share):
    """Begins where the cost of 200 viewers lets expect a good part of a core, and lower when that is past the knee already."""
    bench.knee = True
    for part in (0.45, 0.2):
        first = max(VIEWERS // 2, int(VIEWERS * part / share)) if share else VIEWERS
        result = bench.load('lecture', target, '--viewers', str(first), '--ramp', '500', '--seconds', lengths.knee, '--warmup', '1', '--knee',
                            '--knee-step', str(KNEE_STEP))
        if dig(result, 'knee.viewers'):
            break
    bench.knee = False
    complain(figures, f'{who}, knee', result)
    take(figures, f'{who}.knee', result, viewers='knee.viewers', rate='knee.packets_per_s', share='knee.core_share')


def join(bench, figures, who, target):
    result = bench.load('join', target, '--sites', str(VIEWERS), '--seconds', '1', '--warmup', '1')
    complain(figures, f'{who}, join', result)
    take(figures, f'{who}.join', result, p50='join_ms.p50', p95='join_ms.p95', cpu='join.server_cpu_s')


def wall(bench, figures, lengths, target):
    with Gauge(target[target.index('--server') + 1], 'huitang_media_ring_bytes') as rings:
        result = bench.load('meeting', target, '--sites', str(VIEWERS), '--temporal', '--seconds', lengths.window, '--warmup', '4')
    figures.add('ours.wall.rings', rings.most and rings.most / 1024 / VIEWERS)
    complain(figures, 'ours, wall', result)
    take(figures, 'ours.wall', result, cpu='server.cpu_us_per_packet', rate='delivered.packets_per_s', p99='latency_ms.p99',
         share='server.core_share', memory='server.kb_per_seat')
    take_percent(figures, 'ours.wall.loss', dig(result, 'loss.ratio'))


def wall_joined(bench, figures, target):
    """The same wall while as many come to its room again, who send nothing and watch one thumbnail: what happens to those who were there."""
    result = bench.load('meeting', target, '--sites', str(VIEWERS), '--temporal', '--latecomers', str(VIEWERS), '--late-watch', '1', '--seconds', '6',
                        '--warmup', '4')
    complain(figures, 'ours, wall while others join', result)
    take(figures, 'ours.joined', result, p99='meanwhile.latency_ms.p99', share='meanwhile.server_core_share', p95='join_ms.p95')
    take_percent(figures, 'ours.joined.loss', dig(result, 'meanwhile.loss_ratio'))


def measure_ours(bench, figures, lengths):
    with bench.ours() as target:
        share = lecture(bench, figures, lengths, 'ours', target)
    with bench.ours() as target:
        veth_lecture(bench, figures, lengths, target)
    with bench.ours() as target:
        knee(bench, figures, lengths, 'ours', target, share)
    with bench.ours() as target:
        join(bench, figures, 'ours', target)
    with bench.ours() as target:
        wall(bench, figures, lengths, target)
    with bench.ours() as target:
        wall_joined(bench, figures, target)


def measure_janus(bench, figures, lengths):
    with bench.janus() as target:
        share = lecture(bench, figures, lengths, 'janus', target)
    with bench.janus() as target:
        knee(bench, figures, lengths, 'janus', target, share)
    with bench.janus() as target:
        join(bench, figures, 'janus', target)


def is_past_knee(result):
    return result['loss'] >= KNEE_LOSS or result['late_p99_ms'] >= KNEE_LATE_MS


def floor_knee(bench, seconds, share):
    """The last good step; where the first is not good, steps go down."""
    viewers, good, step = int(VIEWERS * 0.6 / share), None, KNEE_STEP
    while 1 <= viewers <= 20000:
        result = bench.floor('lecture', viewers, seconds)
        if is_past_knee(result):
            result = bench.floor('lecture', viewers, seconds)   # one bad moment of the machine is no knee
        if is_past_knee(result):
            if good:
                return good
            step = 1 / KNEE_STEP
        else:
            good = result
            if step < 1:
                return good
        viewers = int(viewers * step)
    return good


def take_floor(figures, name, result):
    take(figures, name, result, cpu='cpu_us_per_packet', p99='late_p99_ms', rate='packets_per_s', share='cpu_share')
    take_percent(figures, f'{name}.loss', result['loss'])


def measure_floor(bench, figures, lengths):
    real_time = bench.floor('lecture', VIEWERS, lengths.floor)
    take_floor(figures, 'floor.lecture', real_time)
    take_floor(figures, 'floor.flat', bench.floor('lecture', VIEWERS, 1, '--flat-out'))
    take_floor(figures, 'floor.wall', bench.floor('wall', VIEWERS, lengths.floor, *GATHERED))
    take_floor(figures, 'floor.singles', bench.floor('wall', VIEWERS, lengths.floor))
    bench.knee = True
    best = floor_knee(bench, lengths.floor, real_time['cpu_share'])
    bench.knee = False
    if best:
        take(figures, 'floor.knee', best, viewers='viewers', rate='packets_per_s', share='cpu_share')


def measure(bench, figures, lengths):
    for i in range(lengths.rounds):
        for who, part in (('bare loop', measure_floor), ('ours', measure_ours), ('Janus', measure_janus)):
            begin = time.monotonic()
            try:
                part(bench, figures, lengths)
            except Failed as e:
                figures.problems.append(f'round {i + 1}, {who}: {e}')
            print(f'round {i + 1} of {lengths.rounds}, {who}: {time.monotonic() - begin:.0f} s', flush=True)


def read_options(argv):
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('build')
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--rounds', type=int, default=5)
    return parser.parse_args(argv[1:])


def main(argv):
    options = read_options(argv)
    os.chdir(ROOT)
    if not options.quick and page.is_dirty():
        print('the tree has changes that are not committed: figures would name a commit that they are not of (--quick writes nothing)', file=sys.stderr)
        return 2
    bench, figures, lengths = Bench(options.build), page.Figures(), Lengths(options.quick, options.rounds)
    make_addresses()
    versions = version(['janus', '--version']).split('\n')[0]
    measure(bench, figures, lengths)
    print('\n' + '\n'.join(page.results(figures, lengths.rounds, bench.commands, versions)))
    with open(os.path.join(options.build, 'bench.json'), 'w', encoding='utf-8') as f:
        json.dump({'values': figures.values, 'problems': figures.problems}, f, indent=1)
    page.put(os.path.join(options.build, 'bench.svg'), page.draw(figures, 'ours, Janus and the bare loop'))
    if not options.quick:
        page.write(figures, lengths.rounds, bench.commands, versions, 'docs/benchmarks.md', 'docs/images/benchmarks.svg')
        print('\nwritten: docs/benchmarks.md, docs/images/benchmarks.svg')
    return 0 if figures.values else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv))
