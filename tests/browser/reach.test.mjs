// Ways to the server for sites whose firewall lets little through.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { Relay } from './lib/relay.mjs';
import { Seat } from './lib/seat.mjs';
import { Server } from './lib/server.mjs';
import { median, sleep, until } from './lib/wait.mjs';

const NEAR = { name: 'host', hue: 0, tone: 440, width: 640, height: 360 };
const CHANGES = 2;
const PATIENT = { ms: 60000 };
const FAR = { name: 'branch001', hue: 120, tone: 1000, width: 640, height: 360 };

/* Local candidate of the pair over which most comes, and protocol to the TURN server, if any. Firefox calls several pairs nominated. */
function pairInUse(page) {
  return page.evaluate(async () => {
    const pc = window.__source.pcs.findLast((p) => p.connectionState === 'connected');
    const pairs = async () => new Map([...(await pc.getStats()).values()].filter((s) => s.type === 'candidate-pair').map((s) => [s.id, s]));
    const before = await pairs();
    await new Promise((done) => setTimeout(done, 200));
    const stats = await pc.getStats();
    const came = ([id, pair]) => (pair.bytesReceived ?? 0) - (before.get(id)?.bytesReceived ?? 0);
    const [, pair] = [...await pairs()].sort((a, b) => came(b) - came(a))[0];
    const { candidateType, relayProtocol, protocol, port } = stats.get(pair.localCandidateId);
    return { candidateType, relayProtocol, protocol, port };
  });
}

async function meet(server, near, far) {
  await near.enterAs('host');
  await far.enterAs('branch001');
  await near.seesMoving([far], PATIENT);
  await far.seesMoving([near], PATIENT);
  await far.hearsTones([near], PATIENT);
}

/** Silently drops what matches within the namespace until the returned function is called. */
async function block(...matches) {
  const nft = (text) => promisify(execFile)('nft', [text]);
  const rules = matches.map((match) => `add rule inet blocked into ${match} drop`).join('; ');
  await nft(`add table inet blocked; add chain inet blocked into { type filter hook input priority 0; }; ${rules}`);
  return () => nft('delete table inet blocked');
}

/** From now on the page counts how long no picture comes; what it returns ends that and tells the longest pause in ms. */
async function countPauses(page) {
  await page.evaluate(async () => {
    const receivers = window.__source.pcs.findLast((p) => p.connectionState === 'connected').getReceivers().filter((r) => r.track.kind === 'video');
    const frames = async (r) => [...(await r.getStats()).values()].find((s) => s.type === 'inbound-rtp')?.framesDecoded ?? 0;
    const counts = await Promise.all(receivers.map(frames));
    const receiver = receivers[counts.indexOf(Math.max(...counts))];
    const state = window.__pauses = { going: true, longest: 0 };
    let last = -1, since = performance.now();
    const look = async () => {
      const n = await frames(receiver), now = performance.now();
      state.longest = Math.max(state.longest, now - since);
      if (n !== last)
        [last, since] = [n, now];
      if (state.going)
        setTimeout(look, 40);
    };
    look();
  });
  return () => page.evaluate(() => { window.__pauses.going = false; return window.__pauses.longest; });
}

/** The page's present way carries nothing any more, as when its address changes. How long no picture came, at the other seat and here. */
async function changeWay(page, other) {
  const { port } = await pairInUse(page);
  const ends = [await countPauses(page), await countPauses(other)];
  const unblock = await block(`udp sport ${port}`, `udp dport ${port}`, `tcp sport ${port}`, `tcp dport ${port}`);
  try {
    await until('another way', async () => (await pairInUse(page)).port !== port, { every: 100 });
    await sleep(2500);
    const [down, up] = await Promise.all(ends.map((end) => end()));
    return { up, down };
  } finally {
    await unblock();
  }
}

describe('ways to the server', () => {
  const ends = [];
  after(async () => {
    for (const end of ends.reverse())
      await end();
  });
  const keep = (what, end) => { ends.push(() => end(what)); return what; };

  test('Chromium that may use nothing but TURN over TLS sees, hears and is seen', async () => {
    const relay = keep(await Relay.start(), (r) => r.stop());
    const server = keep(await Server.start(relay.options), (s) => s.stop());
    const near = new Seat(keep(await openChromium(NEAR), (p) => p.close()), server, NEAR);
    const far = new Seat(keep(await openChromium({ ...FAR, relay: true, trusting: true }), (p) => p.close()), server, FAR);
    await meet(server, near, far);
    const pair = await pairInUse(far.page);
    assert.deepEqual([pair.candidateType, pair.relayProtocol], ['relay', 'tls']);
    assert.equal((await pairInUse(near.page)).protocol, 'udp');
    assert.notEqual((await pairInUse(near.page)).candidateType, 'relay');
  });

  for (const [browser, open] of [['Chromium', openChromium], ['Firefox', openFirefox]])
    test(`${browser} whose address changes keeps its seat and soon has media again`, async () => {
      const server = keep(await Server.start(), (s) => s.stop());
      const near = new Seat(keep(await openChromium(NEAR), (p) => p.close()), server, NEAR);
      const far = new Seat(keep(await open(FAR), (p) => p.close()), server, FAR);
      const pauses = { up: [], down: [] };
      await meet(server, near, far);
      for (let i = 0; i < CHANGES; i++) {
        await sleep(5500);                              /* a page asks for a restart every 5 s at most */
        const { up, down } = await changeWay(far.page, near.page);
        pauses.up.push(up);
        pauses.down.push(down);
      }
      for (const [way, took] of Object.entries(pauses)) {
        console.log(`# ${browser}: no picture ${way} for ${took.map((p) => p.toFixed(0)).join(', ')} ms; median ${median(took).toFixed(0)}`);
        assert.ok(median(took) < 20000, `${took}`);
      }
      await far.seesMoving([near], PATIENT);
      await near.seesMoving([far], PATIENT);
      assert.equal((await server.report('demo-meeting')).seats.length, 2);
    });

  test('where UDP is blocked Chromium and Firefox see, hear and are seen by TCP', async () => {
    const server = keep(await Server.start(), (s) => s.stop());
    const near = new Seat(keep(await openChromium(NEAR), (p) => p.close()), server, NEAR);
    const far = new Seat(keep(await openFirefox(FAR), (p) => p.close()), server, FAR);
    keep(await block('meta l4proto udp'), (unblock) => unblock());
    await meet(server, near, far);
    assert.equal((await pairInUse(near.page)).protocol, 'tcp');
    assert.equal((await pairInUse(far.page)).protocol, 'tcp');
  });
});
