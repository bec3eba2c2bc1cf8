#!/usr/bin/env python3
"""2,000 phones on the companion page beside 200 sites with media, on one server: how long an answer takes to be acknowledged, and whether media feel it.

usage: tests/bench/phones.py BUILD [--sites N] [--phones N] [--answers N] [--seconds S] [--shape lecture|meeting] [--rounds N] [--pin]

A round is two runs of huitang-load in the room of the class, without and with the answers; phones are there both times. Prints JSON lines and a summary.
"""
import argparse
import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

PASSWORD = 'huitang-demo'
WARM_UP_S, AFTER_S = 3, 3


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def cpu_s(pid):
    fields = open(f'/proc/{pid}/stat', encoding='ascii').read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


class Server:
    def __init__(self, build, folder, pin):
        self.build, self.data = build, os.path.join(folder, 'data')
        self.url = 'http://127.0.0.1:%d' % (port := free_port())
        self.cookie = None
        command = [f'{build}/huitang', 'serve', '--data', self.data, '--demo', '--workers', '1', '--log-level', 'warning', '--listen', f'127.0.0.1:{port}',
                   '--media', f'127.0.0.1:{free_port()}']
        self.process = subprocess.Popen((['taskset', '-c', '0'] if pin else []) + command)
        for _ in range(200):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(self.url + '/healthz', timeout=2)
                return
            time.sleep(0.1)
        raise RuntimeError('the server did not start')

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.url + '/api/v1/' + path, method=method, data=None if body is None else json.dumps(body).encode())
        request.add_header('Content-Type', 'application/json')
        if self.cookie:
            request.add_header('Cookie', self.cookie)
        with urllib.request.urlopen(request, timeout=20) as answer:
            if answer.headers['Set-Cookie']:
                self.cookie = answer.headers['Set-Cookie'].split(';')[0]
            return json.loads(answer.read() or b'null')

    def token(self, room, role):
        return subprocess.run([f'{self.build}/huitang', 'token', '--data', self.data, '--room', room, '--role', role], capture_output=True, text=True,
                              check=True).stdout.strip()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def plan(server):
    now_ms = int(time.time() * 1000)
    number = server.ask('POST', 'classes', {'org': 1, 'subtree': True, 'title': 'Phones', 'kind': 'lecture', 'start_ms': now_ms + 300_000, 'end_ms': now_ms + 5_700_000})['id']
    while server.ask('GET', f'classes/{number}')['roster'] == 0:
        time.sleep(0.2)
    return number


def claims(server, number, phones):
    """As a phone has one that scanned a site's code and said a name: made here with the server's key, so that 2,000 names need not be typed."""
    db = sqlite3.connect(f'file:{server.data}/huitang.db?mode=ro', uri=True)
    key = hashlib.blake2b(b'companion claim', key=db.execute("SELECT value FROM secret WHERE name = 'token'").fetchone()[0], digest_size=32).digest()
    people = db.execute('SELECT m.org, p.pseudonym FROM class_site s JOIN membership m ON m.org = s.site AND m.main JOIN person p ON p.id = m.person JOIN person_kind k ON'
                        " k.person = p.id AND k.kind = 'member' WHERE s.room = ? ORDER BY row_number() OVER (PARTITION BY m.org ORDER BY p.id), m.org LIMIT ?",
                        (f'class-{number}', phones)).fetchall()
    db.close()
    now_us = int(time.time() * 1e6)
    for site, person in people:
        body = f'{number}.{site}.{now_us}.{now_us + 3_600_000_000}.{person}'
        yield body + '.' + hashlib.blake2b(body.encode(), key=key, digest_size=32).hexdigest()


class Phones:
    def __init__(self, server, folder, number, o):
        path = os.path.join(folder, 'claims')
        with open(path, 'w', encoding='ascii') as f:
            f.writelines(line + '\n' for line in claims(server, number, o.phones))
        self.process = subprocess.Popen((['taskset', '-c', '1'] if o.pin else []) +
                                        [f'{o.build}/tests/load/huitang-phones', '--server', server.url, '--class', str(number), '--claims', path, '--token',
                                         server.token(f'class-{number}', 'host'), '--answers', str(o.answers), '--seconds', str(o.seconds),
                                         '--asks', str(-(-o.answers // o.phones))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != 'ready':
            raise RuntimeError('the phones did not open their pages')

    def go(self):
        self.process.stdin.write('go\n')
        self.process.stdin.flush()

    def figures(self):
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.kill()
        self.process.wait()


def load(server, number, o, meanwhile):
    """A run of huitang-load; `meanwhile` is called once its window has begun."""
    shape = ['lecture', '--ws', '--viewers', str(o.sites)] if o.shape == 'lecture' else ['meeting', '--sites', str(o.sites), '--temporal']
    room = f'class-{number}'
    command = [f'{o.build}/huitang-load', *shape, '--server', server.url, '--room', room, '--token', server.token(room, 'presenter' if o.shape == 'lecture' else 'participant'),
               '--viewer-token', server.token(room, 'participant'), '--pid', str(server.process.pid), '--seconds', str(o.seconds + AFTER_S), '--warmup', str(WARM_UP_S), '--json', '-']
    process = subprocess.Popen((['taskset', '-c', '1'] if o.pin else []) + command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    time.sleep(o.sites / 100 + WARM_UP_S + 1.5)
    before = cpu_s(server.process.pid)
    meanwhile()
    out, _ = process.communicate(timeout=120)
    result = json.loads(out)
    result['server_cpu_since_s'] = cpu_s(server.process.pid) - before
    return result


def media(result):
    return {'p50_ms': result['latency_ms']['p50'], 'p99_ms': result['latency_ms']['p99'], 'loss': result['loss']['ratio'], 'core': result['server']['core_share'],
            'problems': result['problems']}


def round_of(o):
    folder = tempfile.mkdtemp(prefix='huitang-phones-')
    server, phones = Server(o.build, folder, o.pin), None
    try:
        server.ask('POST', 'session', {'account': 'admin', 'password': PASSWORD})
        number = plan(server)
        phones = Phones(server, folder, number, o)
        quiet = load(server, number, o, lambda: None)
        loud = load(server, number, o, phones.go)
        return {'phones': phones.figures(), 'without': media(quiet), 'with': media(loud)}
    finally:
        if phones:
            phones.end()
        server.end()
        shutil.rmtree(folder)


def main():
    p = argparse.ArgumentParser()
    p.add_argument('build')
    p.add_argument('--sites', type=int, default=200)
    p.add_argument('--phones', type=int, default=2000)
    p.add_argument('--answers', type=int, default=9000)
    p.add_argument('--seconds', type=int, default=10)
    p.add_argument('--shape', choices=['lecture', 'meeting'], default='lecture')
    p.add_argument('--rounds', type=int, default=1)
    p.add_argument('--pin', action='store_true', help='the server on core 0, the tools on core 1')
    o = p.parse_args()
    rounds = []
    for _ in range(o.rounds):
        rounds.append(round_of(o))
        print(json.dumps(rounds[-1]), flush=True)
    for name, path in (('answer p50', ('phones', 'answer', 'p50_ms')), ('answer p95', ('phones', 'answer', 'p95_ms')), ('answer max', ('phones', 'answer', 'max_ms')),
                       ('told of asks p95', ('phones', 'told_of_asks', 'p95_ms')), ('media p99 without', ('without', 'p99_ms')), ('media p99 with', ('with', 'p99_ms')),
                       ('core without', ('without', 'core')), ('core with', ('with', 'core'))):
        values = [r[path[0]][path[1]][path[2]] if len(path) == 3 else r[path[0]][path[1]] for r in rounds]
        print('%-20s %8.2f (%.2f to %.2f)' % (name, statistics.median(values), min(values), max(values)))
    return 0 if all(r['phones']['acknowledged'] == o.answers for r in rounds) else 1


if __name__ == '__main__':
    sys.exit(main())
