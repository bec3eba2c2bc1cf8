#!/usr/bin/env python3
"""
receiver.py serve FOLDER     a receiver of webhooks: its port is in FOLDER/port, each request a line in FOLDER/log; it does what FOLDER/mode says
                             when a request comes: ok, fail (500), slow (answers after 12 s), redirect, flood (100 kB of answer)
receiver.py check FOLDER SECRET   every line's signature is right by the secret; prints how many requests of how many ids there were
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time

lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    folder = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers['content-length'])).decode()
        with open(os.path.join(self.folder, 'mode'), encoding='utf-8') as f:
            mode = f.read().strip()
        self.note(mode, body)
        if mode == 'slow':
            time.sleep(12)
        self.send_response({'fail': 500, 'redirect': 302}.get(mode, 200))
        answer = b'x' * 100000 if mode == 'flood' else b'{}'
        self.send_header('location', '/elsewhere')
        self.send_header('content-length', str(len(answer)))
        self.end_headers()
        try:
            self.wfile.write(answer)
        except OSError:
            pass

    def do_GET(self):
        self.note('get', '')
        self.send_error(404)

    def note(self, mode, body):
        row = {'mode': mode, 'path': self.path, 'id': self.headers['webhook-id'], 'timestamp': self.headers['webhook-timestamp'],
               'signature': self.headers['webhook-signature'], 'body': body}
        with lock, open(os.path.join(self.folder, 'log'), 'a', encoding='utf-8') as f:
            f.write(json.dumps(row) + '\n')

    def log_message(self, *args):
        pass


def serve(folder):
    Handler.folder = folder
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    server.daemon_threads = True
    with open(os.path.join(folder, 'port.new'), 'w', encoding='utf-8') as f:
        f.write(str(server.server_port))
    os.rename(os.path.join(folder, 'port.new'), os.path.join(folder, 'port'))
    server.serve_forever()


def check(folder, secret):
    key = base64.b64decode(secret.removeprefix('whsec_'))
    with open(os.path.join(folder, 'log'), encoding='utf-8') as f:
        rows = [json.loads(line) for line in f]
    for row in rows:
        signed = ('%s.%s.%s' % (row['id'], row['timestamp'], row['body'])).encode()
        expected = 'v1,' + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        if not hmac.compare_digest(expected, row['signature']) or abs(int(row['timestamp']) - time.time()) > 600:
            sys.exit('wrong signature or time: %s' % row)
        data = json.loads(row['body'])
        if set(data) != {'type', 'timestamp', 'data'} or set(data['data']) - {'sequence', 'org', 'room', 'act'}:
            sys.exit('more than ids: %s' % row)
    print('%d requests, %d ids, %s' % (len(rows), len({row['id'] for row in rows}), ' '.join(sorted({json.loads(row['body'])['type'] for row in rows}))))


if __name__ == '__main__':
    {'serve': serve, 'check': check}[sys.argv[1]](*sys.argv[2:])
