#!/usr/bin/env python3
"""Arrows between folders point only downwards, headers form no circle and compile alone. Prints TAP.

usage: tests/layers/layers.py BUILD     (BUILD holds the generated headers)
"""
import concurrent.futures
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# What a file under the first may include, by the longest prefix of its path that has a row.
C_ARROWS = {
    'signaling/': ['signaling/', 'attendance/', 'classroom/', 'media/'],
    'attendance/': ['attendance/', 'classroom/event.h', 'media/base/'],
    'attendance/table/': ['attendance/table/', 'media/base/'],
    'classroom/': ['classroom/', 'media/base/'],
    'media/': ['media/'],
    'media/base/': ['media/base/'],
    'tests/': [''],
}
WEB_ARROWS = {
    'base/': ['base/'],
    'protocol/': ['protocol/', 'base/'],
    'engine/': ['engine/', 'protocol/', 'base/'],
    'model/': ['model/', 'engine/', 'protocol/', 'base/'],
    'i18n/': ['i18n/', 'model/', 'protocol/', 'base/'],
    'view/': ['view/', 'model/', 'engine/', 'protocol/', 'i18n/', 'base/'],
    '': [''],
}
WITHOUT_FRAMEWORK = ('base/', 'protocol/', 'engine/', 'model/', 'i18n/')
PACKAGES = ['nice', 'glib-2.0', 'gstreamer-sdp-1.0', 'libwebsockets', 'jansson', 'inih', 'libjwt', 'sqlite3', 'openssl', 'libcurl']
results = []


def case(name, faults):
    results.append(not faults)
    print('%sok %d - %s' % ('not ' if faults else '', len(results), name))
    for f in faults:
        print('# ' + f)


def files(folder, *endings):
    for where, folders, names in os.walk(os.path.join(ROOT, folder)):
        folders[:] = sorted(d for d in folders if d not in ('node_modules', 'dist') and not d.startswith('.'))
        for n in sorted(names):
            if n.endswith(endings):
                yield os.path.relpath(os.path.join(where, n), ROOT)


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as f:
        return f.read()


def allowed(arrows, path, target):
    row = max((p for p in arrows if path.startswith(p)), key=len)
    return any(target.startswith(a) for a in arrows[row])


def includes(path):
    return re.findall(r'^\s*#\s*include\s+"([^"]+)"', read(path), re.M)


def from_root(path, target, sources):
    """The included file as a path from the root; a generated one keeps the name by which it was included."""
    beside = os.path.normpath(os.path.join(os.path.dirname(path), target))
    return target if target in sources or beside not in sources else beside


def check_c():
    sources = [p for folder in ('media', 'classroom', 'attendance', 'signaling', 'tests') for p in files(folder, '.c', '.h')]
    known, faults, graph = set(sources), [], {}
    for path in sources:
        found = [from_root(path, t, known) for t in includes(path)]
        graph[path] = [t for t in found if t in known]
        faults += ['%s includes %s' % (path, t) for t in graph[path] if not allowed(C_ARROWS, path, t)]
        faults += ['%s includes a source file: %s' % (path, t) for t in found if t.endswith('.c')]
    case('C includes point only downwards', faults)
    headers = [p for p in sources if p.endswith('.h')]
    case('headers form no circle', circles({h: [t for t in graph[h] if t.endswith('.h')] for h in headers}))
    case('folders form no circle', circles(folder_graph(graph)))
    return [h for h in headers if not h.startswith('tests/unit/')]     # those stand behind cmocka.h


def folder_graph(graph):
    """Without the tests; classroom/event.h is what both classroom and attendance speak of, and stands for itself."""
    def folder(path):
        return path if path == 'classroom/event.h' else os.path.dirname(path)
    out = {}
    for path, targets in graph.items():
        if not path.startswith('tests/'):
            out.setdefault(folder(path), set()).update(folder(t) for t in targets if folder(t) != folder(path))
    return out


def circles(graph):
    state, faults = {}, []

    def visit(node, way):
        if state.get(node) == 'done':
            return
        if node in way:
            faults.append(' -> '.join(way[way.index(node):] + [node]))
            return
        for t in sorted(graph.get(node, [])):
            visit(t, way + [node])
        state[node] = 'done'
    for node in sorted(graph):
        visit(node, [])
    return faults


def compile_alone(header, flags):
    source = '#include "%s"\n' % header
    p = subprocess.run(['gcc', '-fsyntax-only', '-std=gnu11', '-D_GNU_SOURCE', '-Wall', '-Werror', '-I', ROOT] + flags + ['-x', 'c', '-'],
                       input=source, text=True, capture_output=True)
    return None if p.returncode == 0 else p.stderr.splitlines()[:6]


def check_headers(headers, build):
    flags = subprocess.run(['pkg-config', '--cflags'] + PACKAGES, capture_output=True, text=True, check=True).stdout.split()
    generated = sorted({where for where, _, names in os.walk(build) if any(n.endswith('.h') for n in names)})
    flags += [f for where in [build] + generated for f in ('-I', where)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for header, fault in zip(headers, pool.map(lambda h: compile_alone(h, flags), headers)):
            case('%s compiles alone' % header, fault or [])


def check_web():
    base = 'web-client/src/'
    sources = [p[len(base):] for p in files(base, '.ts', '.tsx') if not re.search(r'\.test\.tsx?$', p)]
    arrows, frameworks = [], []
    for path in sources:
        text = read(base + path)
        for target in re.findall(r'''(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]''', text):
            if target.startswith('.'):
                inside = os.path.normpath(os.path.join(os.path.dirname(path), target))
                if not allowed(WEB_ARROWS, path, inside):
                    arrows.append('%s imports %s' % (path, inside))
            elif path.startswith(WITHOUT_FRAMEWORK) and target.split('/')[0] in ('preact', 'react', '@preact'):
                frameworks.append('%s imports %s' % (path, target))
    case('web-client imports run view -> model -> engine -> protocol', arrows)
    case('only the web client\'s view and root know the framework', frameworks)


def main():
    headers = check_c()
    check_headers(headers, os.path.abspath(sys.argv[1]))
    check_web()
    print('1..%d' % len(results))
    return 0 if all(results) else 1


if __name__ == '__main__':
    sys.exit(main())
