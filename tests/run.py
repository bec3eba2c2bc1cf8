#!/usr/bin/env python3
"""Runs the test suites and counts their cases: the one reader of TAP, the one place that says what the suites are.

usage: tests/run.py BUILD [--sanitized] [--timeout-scale N] [SUITE [FILTER]]     --sanitized: the suites of C only

Jobs run side by side as far as there are processors for them: most scenarios wait for clocks and want a half, whoever computes or measures
wants a whole one, and what needs the machine for itself (sound and pictures of browsers) comes last, one after another. Each
job's whole output lies in BUILD/test-logs/SUITE.JOB.log; what failed is shown. The last line is "N passed, N failed"; the exit
status is 0 only when something ran and nothing failed.
"""
import concurrent.futures
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RESULT = re.compile(r'^(\s*)(not )?ok\b\s*\d*\s*(?:- )?(.*?)\s*(?:#\s*(SKIP|TODO)\b(.*))?$', re.I)
SHOWN_LINES = 60
SLOWEST = 12
PROCESSORS = max(2, len(os.sched_getaffinity(0)))
ALONE = PROCESSORS
TELL_SOON = ['layers', 'unit', 'fuzz', 'oracle', 'web-client']


class Case:
    def __init__(self, name, passed, note=''):
        self.name, self.passed, self.note = name, passed, note


def read_tap(text):
    """The cases of a TAP stream. Of nested results only the leaves count: a parent's line comes after its children,
    less indented, and counts itself only when it failed though no child did. Returns (cases, complaint or None)."""
    found = []                                  # (indent, Case, is a leaf that counts)
    planned = count = 0
    bailed = None
    for line in text.splitlines():
        if line.startswith('Bail out!'):
            bailed = line
        if re.match(r'^1\.\.\d+', line):
            planned += int(line[3:].split()[0])
        m = RESULT.match(line)
        if not m:
            continue
        indent = len(m.group(1))
        case = Case(m.group(3) or 'unnamed', not m.group(2), ('skipped' + (m.group(5) or '')) if m.group(4) else '')
        if m.group(4):
            case.passed = True
        count += indent == 0
        children = []
        while found and found[-1][0] > indent:
            children.append(found.pop()[1])
        if not children:
            found.append((indent, [case]))
            continue
        leaves = [c for group in reversed(children) for c in group]
        if not case.passed and all(c.passed for c in leaves):
            leaves.append(case)
        for c in leaves:
            c.name = c.name if c.name.startswith(case.name) else case.name + ': ' + c.name
        found.append((indent, leaves))
    cases = [c for _, group in found for c in group]
    complaint = bailed
    if not complaint and planned != count:
        complaint = 'planned %d cases, saw %d' % (planned, count)
    return cases, complaint


def namespace_of(pid):
    try:
        return os.readlink('/proc/%s/ns/net' % pid)
    except OSError:
        return None


def end_all(group, namespace):
    """Ends a process group and, where the suite had a network namespace of its own, whatever still lives in it."""
    def members():
        if not namespace:
            return []
        return [int(p) for p in os.listdir('/proc') if p.isdigit() and namespace_of(p) == namespace]
    for sig, grace in ((signal.SIGTERM, 3), (signal.SIGKILL, 1)):
        try:
            os.killpg(group, sig)
        except OSError:
            pass
        for pid in members():
            try:
                os.kill(pid, sig)
            except OSError:
                pass
        end = time.monotonic() + grace
        while time.monotonic() < end:
            try:
                os.killpg(group, 0)
            except OSError:
                if not members():
                    return
            time.sleep(0.05)


def run_command(cmd, folder, log, timeout, env):
    """Runs one command; returns (stdout, exit status or None when it ran out of time, seconds of processor of all that it waited for)."""
    own = namespace_of('self')
    log.write('$ ' + ' '.join(cmd) + '\n')
    log.flush()
    out_path = log.name + '.out'
    with open(out_path, 'wb') as out:
        p = subprocess.Popen(cmd, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=log, start_new_session=True,
                             env={**os.environ, **env})
    namespace, end, used = None, time.monotonic() + timeout, None
    try:
        while time.monotonic() < end:
            seen = namespace_of(p.pid)
            if seen and seen != own:
                namespace = seen
            pid, status, used = os.wait4(p.pid, os.WNOHANG)
            if pid:
                p.returncode = os.waitstatus_to_exitcode(status)
                break
            time.sleep(0.02)
    finally:
        status = p.returncode
        end_all(p.pid, namespace)
        p.wait()
    with open(out_path, errors='replace') as f:
        text = f.read()
    os.unlink(out_path)
    log.write(text)
    return text, status, used.ru_utime + used.ru_stime


class Job:
    """One command of a suite. `tap` says that it prints TAP; else its exit status is its one case. `wants`: so many processors.
    `twice`: a run that fails is made once more; `unsteady` is what the first one said."""
    def __init__(self, name, cmd, tap=True, env=None, folder=ROOT, wants=1.0, twice=False):
        self.name, self.cmd, self.tap, self.env, self.folder, self.wants, self.twice = name, cmd, tap, env or {}, folder, wants, twice
        self.seconds = self.processor_s = 0.0
        self.unsteady = []

    def run(self, log, timeout):
        cases, text = self.run_once(log, timeout)
        if self.twice and not all(c.passed for c in cases):
            self.unsteady = blocks_of_failures(text)
            cases, text = self.run_once(log, timeout)
        return cases, text

    def run_once(self, log, timeout):
        start = time.monotonic()
        text, status, self.processor_s = run_command(self.cmd, self.folder, log, timeout, self.env)
        self.seconds = time.monotonic() - start
        if not self.tap:
            return [Case(self.name, status == 0, '' if status == 0 else 'status %s' % status)], text
        cases, complaint = read_tap(text)
        if status is None:
            complaint = 'ran out of time (%d s)' % timeout
        elif complaint is None and not cases:
            complaint = 'printed no test case'
        elif status != 0 and all(c.passed for c in cases):
            complaint = 'ended with status %d%s' % (status, ', ' + complaint if complaint else '')
        if complaint:
            cases.append(Case(self.name, False, complaint))
        return cases, text


def blocks_of_failures(text):
    """What TAP says of each case that failed: what was said before its line, that, and what explains it; else the end of the text."""
    shown, said, inside = [], [], False
    for line in text.splitlines():
        if RESULT.match(line) or line.lstrip().startswith('# Subtest'):
            inside = bool(re.match(r'^\s*not ok\b', line, re.I))
            shown += said[-SHOWN_LINES // 4:] + [line] if inside else []
            said = []
        elif inside:
            shown.append(line)
        else:
            said.append(line)
    return (shown or text.splitlines())[-SHOWN_LINES:]


def meson_jobs(build, folder, pattern):
    """What meson knows under tests/<folder>: the table stays in meson.build. is_parallel false: alone; of its suite "waits": half a processor."""
    listed = json.loads(subprocess.run(['meson', 'introspect', '--tests', build], capture_output=True, text=True, check=True).stdout)
    jobs = []
    for t in listed:
        words = [os.path.normpath(os.path.join(build, word)) for word in t['cmd']]     # the first may be a wrapper
        if any(w.startswith(os.path.join(build, 'tests', folder, '')) for w in words) and pattern.search(t['name']):
            wants = ALONE if not t['is_parallel'] else 0.5 if 'huitang:waits' in t['suite'] else 1.0
            jobs.append(Job(t['name'], t['cmd'], t['protocol'] == 'tap', t['env'], build, wants))
    return jobs


# Those whose sound and pictures suffer when another job takes the processor; the others only look at pages.
BROWSERS_ALONE = ['instruments', 'meeting', 'simulcast', 'reach']


def browser_jobs(build, pattern):
    """A process, a network namespace and browsers of its own for each file of cases. Twice: three browsers on two processors starve one
    another, and Firefox' page waits for its own audio process for ever, now and then, as its microphone ends (docs/STATUS.md)."""
    names = sorted(f[:-len('.test.mjs')] for f in os.listdir(os.path.join(ROOT, 'tests/browser')) if f.endswith('.test.mjs'))
    return [Job(n, ['tests/netns.sh', 'node', '--test-reporter=tap', 'tests/browser/%s.test.mjs' % n], env={'TEST_BUILD': build},
                wants=ALONE if n in BROWSERS_ALONE else 1.0, twice=True)
            for n in names if pattern.search(n)]


def suites(build, pattern):
    """Name, what it runs, seconds that a job may take, whether sanitizer runs take it too. In the order of how soon they tell. The seconds are
    some times what a job needs on a machine of its own: they end what hangs; that a machine has other work to do is no failure."""
    return [
        ('layers', lambda: [Job('layers', ['python3', 'tests/layers/layers.py', build])], 600, False),
        ('unit', lambda: meson_jobs(build, 'unit', pattern), 600, True),
        ('fuzz', lambda: meson_jobs(build, 'fuzz', pattern), 300, True),
        ('oracle', lambda: meson_jobs(build, 'oracle', pattern), 600, True),
        ('web-client', lambda: [Job('web-client', ['npm', '--prefix', 'web-client', '--silent', 'test'])], 900, False),
        ('scenario', lambda: meson_jobs(build, 'scenario', pattern), 900, True),
        ('load', lambda: meson_jobs(build, 'load', pattern), 900, True),
        ('interop', lambda: meson_jobs(build, 'interop', pattern), 900, False),
        ('browser', lambda: browser_jobs(build, pattern), 1200, False),
    ]


class Suite:
    """The jobs of a suite and what came of them."""
    def __init__(self, name, jobs, timeout):
        self.name, self.jobs, self.timeout = name, jobs, timeout
        self.cases, self.shown, self.seconds, self.left = [], [], 0.0, len(jobs)

    def run(self, job, logs):
        with open(os.path.join(logs, '%s.%s.log' % (self.name, job.name.replace('/', '-'))), 'w') as log:
            cases, text = job.run(log, self.timeout)
        shown = [] if all(c.passed for c in cases) else blocks_of_failures(text)
        return job, cases, shown

    def take(self, job, cases, shown):
        """What run() returned; says how the suite ended once its last job has."""
        self.cases += cases
        self.shown += shown
        self.seconds += job.seconds
        self.left -= 1
        if self.left == 0:
            self.say()

    def count(self):
        passed = sum(c.passed for c in self.cases)
        skipped = sum(c.note.startswith('skipped') for c in self.cases)
        return passed - skipped, len(self.cases) - passed, skipped

    def say(self):
        passed, failed, skipped = self.count()
        print('%-11s %4d passed%s%s  %6.1f s' % (self.name, passed, ', %d failed' % failed if failed else '',
                                                ', %d skipped' % skipped if skipped else '', self.seconds))
        for c in self.cases:
            if not c.passed:
                print('  not ok: %s%s' % (c.name, ' (%s)' % c.note if c.note else ''))
        for line in self.shown:
            print('  | ' + line)
        sys.stdout.flush()


def run_all(chosen, logs):
    """Starts jobs in turn while there are processors for them: what tells soon, then of each suite alike, so that some wait while others
    work; what runs alone at the end."""
    turns = [(job.wants == ALONE, suite.name not in TELL_SOON and i / len(suite.jobs), suite, job) for suite in chosen for i, job in enumerate(suite.jobs)]
    waiting = [(suite, job) for _, _, suite, job in sorted(turns, key=lambda turn: turn[:2])]
    free, running = PROCESSORS, {}
    with concurrent.futures.ThreadPoolExecutor(max(1, len(waiting))) as pool:
        while waiting or running:
            for pair in waiting[:]:
                suite, job = pair
                if job.wants <= free:
                    free -= job.wants
                    waiting.remove(pair)
                    running[pool.submit(suite.run, job, logs)] = pair
            done, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in done:
                suite, job = running.pop(future)
                free += job.wants
                suite.take(*future.result())


def say_slowest(chosen):
    """The jobs that take longest, and for how much of that they work: what to shorten first."""
    jobs = sorted((job for suite in chosen for job in suite.jobs), key=lambda job: -job.seconds)
    if len(chosen) < 2:
        return
    print('slowest:')
    for job in jobs[:SLOWEST]:
        print('  %-28s %4.0f s, works %4.0f s%s' % (job.name, job.seconds, job.processor_s, ', alone' if job.wants == ALONE else ''))


def say_unsteady(chosen):
    """The jobs that failed at first and were run again: something to be mended, though the second run may have passed."""
    for suite in chosen:
        for job in suite.jobs:
            if job.unsteady:
                print('unsteady: %s %s failed at first:' % (suite.name, job.name))
                print('\n'.join('  | ' + line for line in job.unsteady))


def main(args):
    sanitizers, scale, rest = False, 1.0, []
    build = os.path.abspath(args.pop(0))
    while args:
        a = args.pop(0)
        if a == '--sanitized':
            sanitizers = True
        elif a == '--timeout-scale':
            scale = float(args.pop(0))
        else:
            rest.append(a)
    pattern = re.compile(rest[1] if len(rest) > 1 else '')
    table = suites(build, pattern)
    if rest and rest[0] not in [s[0] for s in table]:
        print('no suite %s; there are: %s' % (rest[0], ', '.join(s[0] for s in table)), file=sys.stderr)
        return 2
    logs = os.path.join(build, 'test-logs')
    shutil.rmtree(logs, ignore_errors=True)
    os.makedirs(logs)
    start = time.monotonic()
    chosen = [Suite(name, jobs(), timeout * scale) for name, jobs, timeout, sanitized in table
              if not (rest and name != rest[0]) and not (sanitizers and not sanitized)]
    for suite in chosen:
        if not suite.jobs:
            suite.cases.append(Case(suite.name, False, 'no test case ran'))
            suite.say()
    run_all(chosen, logs)
    say_unsteady(chosen)
    say_slowest(chosen)
    passed, failed = (sum(suite.count()[i] for suite in chosen) for i in (0, 1))
    print('%.0f s' % (time.monotonic() - start))
    print('%d passed, %d failed' % (passed, failed))
    return 0 if passed and not failed else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
