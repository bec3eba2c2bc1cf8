// Debian's coturn with the configuration that we ship, over TLS with a certificate of its own.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from './wait.mjs';

const SHIPPED = new URL('../../../docs/operate/turnserver.conf', import.meta.url);
const SECRET = 'a secret that only the two know';
const ADDRESS = process.env.TEST_ADDRESS ?? '127.0.0.1';
/** The lines that an administrator changes. */
const CHANGED = /^(realm|static-auth-secret|cert|pkey|allowed-peer-ip|syslog)\b/;

function answers(port) {
  return new Promise((done) => {
    const probe = connect(port, ADDRESS, () => { probe.destroy(); done(true); });
    probe.on('error', () => done(false));
  });
}

export class Relay {
  static async start() {
    const relay = new Relay();
    relay.folder = mkdtempSync(join(tmpdir(), 'huitang-turn-'));
    const at = (name) => join(relay.folder, name);
    await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30', '-subj', '/CN=turn',
      '-addext', `subjectAltName=IP:${ADDRESS}`, '-keyout', at('key.pem'), '-out', at('cert.pem')]);
    const kept = readFileSync(SHIPPED, 'utf8').split('\n').filter((line) => !CHANGED.test(line));
    writeFileSync(at('turnserver.conf'), [...kept, 'realm=test', `static-auth-secret=${SECRET}`, `cert=${at('cert.pem')}`, `pkey=${at('key.pem')}`,
      `allowed-peer-ip=${ADDRESS}`, `listening-ip=${ADDRESS}`, `relay-ip=${ADDRESS}`, `log-file=${at('log')}`, `pidfile=${at('pid')}`, `userdb=${at('db')}`, ''].join('\n'));
    writeFileSync(at('secret'), `${SECRET}\n`);
    relay.child = spawn('turnserver', ['-c', at('turnserver.conf')], { stdio: 'ignore' });
    await until('coturn', () => answers(443), { every: 50 });
    return relay;
  }

  /** For `huitang serve`. */
  get options() {
    return ['--turn', `turns:${ADDRESS}:443?transport=tcp`, '--turn-secret-file', join(this.folder, 'secret')];
  }

  stop() {
    this.child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
