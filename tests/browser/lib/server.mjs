// The server under test: a process of its own on a data folder of its own, with the demo city.
import { execFile, spawn } from 'node:child_process';
import { cpSync, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from './wait.mjs';

const BUILD = process.env.TEST_BUILD ?? new URL('../../../build', import.meta.url).pathname;
const PROGRAM = join(BUILD, 'huitang');
const WEB_CLIENT = new URL('../../../web-client/dist', import.meta.url).pathname;
const ONSET = new URL('../page/onset.js', import.meta.url).pathname;
export const LOGS = join(BUILD, 'test-logs');
const run = promisify(execFile);

/** Pages may use cameras on localhost only; media go to the namespace's other address, which both browsers pair with. */
const MEDIA_ADDRESS = process.env.TEST_ADDRESS ?? '127.0.0.1';

async function freePort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

export class Server {
  /** `options`: further ones of `huitang serve`. */
  static async start(options = []) {
    const server = new Server();
    server.options = options;
    server.folder = mkdtempSync(join(tmpdir(), 'huitang-browser-'));
    server.data = join(server.folder, 'data');
    server.web = join(server.folder, 'web');
    cpSync(WEB_CLIENT, server.web, { recursive: true });
    cpSync(ONSET, join(server.web, 'onset.js'));
    server.port = await freePort();
    server.url = `http://localhost:${server.port}`;
    server.log = createWriteStream(join(LOGS, `browser-server-${server.port}.log`), { flags: 'a' });
    await server.up();
    return server;
  }

  /** Starts on the same folder and ports. */
  async up() {
    const child = this.child = spawn(PROGRAM, ['serve', '--data', this.data, '--web', this.web, '--demo', '--listen', `127.0.0.1:${this.port}`,
      '--media', `${MEDIA_ADDRESS}:${this.port}`, '--announce', MEDIA_ADDRESS, ...this.options], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.pipe(this.log, { end: false });
    child.stderr.pipe(this.log, { end: false });
    this.ended = new Promise((done) => child.on('exit', (code, signal) => done(signal ?? code)));
    await until('the server answers', async () => {
      if (child.exitCode !== null)
        throw new Error(`the server ended with status ${child.exitCode}; see ${this.log.path}`);
      return (await fetch(`http://127.0.0.1:${this.port}/healthz`)).ok;
    }, { every: 50 });
  }

  async kill() {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async stop() {
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 8000);
    const how = await this.ended;
    clearTimeout(timer);
    rmSync(this.folder, { recursive: true, force: true });
    return how;
  }

  async token(room, role, ...more) {
    const { stdout } = await run(PROGRAM, ['token', '--data', this.data, '--room', room, '--role', role, ...more]);
    return stdout.trim();
  }

  /** Rows of `huitang report`, one a seat. */
  async report(room) {
    const { stdout } = await run(PROGRAM, ['report', '--data', this.data, '--room', room, '--format', 'json']);
    return JSON.parse(stdout);
  }

  /** What `huitang verify` says; throws when it finds a fault. */
  async verify() {
    const { stdout } = await run(PROGRAM, ['verify', '--data', this.data]);
    return stdout;
  }
}
