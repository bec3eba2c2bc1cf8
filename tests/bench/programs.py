"""The programs that are compared: how each is started on core 0, loaded from core 1 and ended."""
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.request

SERVER_CORE, LOAD_CORE = '0', '1'
JANUS_ADDRESS = '10.77.255.1'
VETH = ('--addresses', '10.77.0.1')       # endpoints there: load tool
JANUS_LIB = '/usr/lib/x86_64-linux-gnu/janus'
START_SECONDS = 20

JANUS = {
    'janus.jcfg': '''
general: {{ configs_folder = "{folder}" plugins_folder = "{folder}/plugins" transports_folder = "{folder}/transports"
	debug_level = 2 debug_colors = false event_loops = 1 }}
media: {{ rtp_port_range = "20000-29999" }}
nat: {{ ice_lite = true ice_enforce_list = "{address}" }}
''',
    'janus.transport.websockets.jcfg': '''
general: {{ json = "plain" ws = true ws_port = {port} ws_ip = "127.0.0.1" wss = false }}
admin: {{ admin_ws = false }}
''',
    'janus.plugin.videoroom.jcfg': 'general: {{ }}\n',
}


class Failed(Exception):
    """A program did not start or gave no result."""


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def version(command):
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    return (out.stdout + out.stderr).strip()


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(('127.0.0.1', port)) == 0


def make_addresses():
    """An interface that has all endpoints' addresses, in a namespace that tests/netns.sh made: Janus uses no lo."""
    subprocess.run(['ip', 'addr', 'add', f'{JANUS_ADDRESS}/16', 'dev', 'v0'], check=True)
    subprocess.run(['ip', 'route', 'add', 'local', '10.77.0.0/17', 'dev', 'v0'], check=True)


class Gauge(threading.Thread):
    """The most that a gauge of our /metrics said, asked once a second: at the end of a run all is given back. `most` None: never told."""

    def __init__(self, url, name):
        super().__init__(daemon=True)
        self.url, self.gauge, self.most = f'{url}/metrics', name, None
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(1):
            with contextlib.suppress(OSError):
                with urllib.request.urlopen(self.url, timeout=5) as answer:
                    found = re.search(rf'^{self.gauge} (\d+)$', answer.read().decode(), re.MULTILINE)
                self.most = max(self.most or 0, int(found[1])) if found else self.most

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


class Bench:
    """Where the programs and their files are. `commands` holds each different command line, for the record."""

    def __init__(self, build):
        self.build = build
        self.folder = os.path.join(build, 'run')
        self.commands = []
        self.knee = False       # while numbers of viewers are tried
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)

    def note(self, command):
        line = ' '.join(command)
        for pattern, name in ((r'127\.0\.0\.1:\d+', '127.0.0.1:PORT'), (r'--pid \d+', '--pid PID'), (r'\S*run/data-\S+', 'DATA'),
                              (r'\S*run/janus-\d+', 'CONFIG')):
            line = re.sub(pattern, name, line)
        if self.knee:
            line = re.sub(r'--viewers \d+', '--viewers N', line)
        if line not in self.commands:
            self.commands.append(line)

    @contextlib.contextmanager
    def running(self, name, command, port):
        """Starts a server, waits until it answers, ends it; gives its process id."""
        command = ['taskset', '-c', SERVER_CORE] + command
        self.note(command)
        with open(os.path.join(self.folder, name + '.log'), 'ab') as log:
            server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            end = time.monotonic() + START_SECONDS
            while not answers(port):
                if server.poll() is not None or time.monotonic() > end:
                    raise Failed(f'{name} does not start: see {log.name}')
                time.sleep(0.05)
            yield server.pid
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()

    @contextlib.contextmanager
    def ours(self):
        """Gives the options by which the load tool finds our server, on a fresh data folder; endpoints have the addresses that the bare loop sends to."""
        port, data = free_port(), os.path.join(self.folder, f'data-{time.monotonic_ns()}')
        command = [f'{self.build}/huitang', 'serve', '--data', data, '--demo', '--workers', '1', '--room-seats', '4000', '--log-level', 'warning',
                   '--listen', f'127.0.0.1:{port}', '--media', f'127.0.0.1:{free_port()}']
        with self.running('huitang', command, port) as pid:
            yield ['--server', f'http://127.0.0.1:{port}', '--data', data, '--pid', str(pid)]
        shutil.rmtree(data, ignore_errors=True)

    @contextlib.contextmanager
    def janus(self):
        """The same for Debian's Janus: videoroom only, one event loop, ICE-lite."""
        port, folder = free_port(), os.path.abspath(os.path.join(self.folder, f'janus-{time.monotonic_ns()}'))
        for kind, name in (('plugins', 'videoroom'), ('transports', 'websockets')):
            os.makedirs(os.path.join(folder, kind))
            library = f'libjanus_{name}.so'
            os.symlink(os.path.join(JANUS_LIB, kind, library), os.path.join(folder, kind, library))
        for name, text in JANUS.items():
            with open(os.path.join(folder, name), 'w', encoding='ascii') as f:
                f.write(text.format(folder=folder, port=port, address=JANUS_ADDRESS))
        command = ['janus', '--config', f'{folder}/janus.jcfg', '--configs-folder', folder]
        with self.running('janus', command, port) as pid:
            yield ['--target', 'janus', '--server', f'http://127.0.0.1:{port}', '--pid', str(pid), *VETH]

    def load(self, shape, target, *options):
        """One run of the load tool: its JSON. What it complains of stands in `problems`."""
        command = [f'{self.build}/huitang-load', shape, *target, '--pin', LOAD_CORE, *options]
        self.note(command)
        path = os.path.join(self.folder, 'load.json')
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)
        run = subprocess.run(command + ['--json', path], capture_output=True, text=True, check=False)
        try:
            with open(path, encoding='utf-8') as f:
                return json.load(f)
        except (OSError, ValueError) as e:
            raise Failed(f'{" ".join(command)}: {run.stderr.strip() or e}') from e

    def floor(self, shape, viewers, seconds, *options):
        command = [f'{self.build}/huitang-floor', '--shape', shape, '--viewers', str(viewers), '--seconds', str(seconds),
                   '--sender-core', SERVER_CORE, '--receiver-core', LOAD_CORE, *options]
        self.note(command)
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise Failed(run.stderr.strip())
        return json.loads(run.stdout)
