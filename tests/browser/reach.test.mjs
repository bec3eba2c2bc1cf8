// Ways to the server for sites whose firewall lets little through.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { Relay } from './lib/relay.mjs';
import { Seat } from './lib/seat.mjs';
import { Server } from './lib/server.mjs';

const NEAR = { name: 'host', hue: 0, tone: 440, width: 640, height: 360 };
const FAR = { name: 'branch001', hue: 120, tone: 1000, width: 640, height: 360 };

/* Local candidate and protocol to the TURN server, if any, of the pair in use. */
function pairInUse(page) {
  return page.evaluate(async () => {
    const stats = await window.__source.pcs.findLast((p) => p.connectionState === 'connected').getStats();
    const transport = [...stats.values()].find((s) => s.type === 'transport');
    const pair = stats.get(transport?.selectedCandidatePairId) ?? [...stats.values()].find((s) => s.type === 'candidate-pair' && s.nominated && s.state === 'succeeded');
    const { candidateType, relayProtocol, protocol } = stats.get(pair.localCandidateId);
    return { candidateType, relayProtocol, protocol };
  });
}

async function meet(server, near, far) {
  await near.enterAs('host');
  await far.enterAs('branch001');
  await near.seesMoving([far]);
  await far.seesMoving([near]);
  await far.hearsTones([near]);
}

/** Nothing by UDP within the namespace until the returned function is called. */
async function blockUdp() {
  const nft = (text) => promisify(execFile)('nft', [text]);
  await nft('add table inet blocked; add chain inet blocked out { type filter hook output priority 0; }; add rule inet blocked out meta l4proto udp drop');
  return () => nft('delete table inet blocked');
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
    assert.deepEqual(await pairInUse(far.page), { candidateType: 'relay', relayProtocol: 'tls', protocol: 'udp' });
    assert.equal((await pairInUse(near.page)).protocol, 'udp');
    assert.notEqual((await pairInUse(near.page)).candidateType, 'relay');
  });

  test('where UDP is blocked Chromium and Firefox see, hear and are seen by TCP', async () => {
    const server = keep(await Server.start(), (s) => s.stop());
    const near = new Seat(keep(await openChromium(NEAR), (p) => p.close()), server, NEAR);
    const far = new Seat(keep(await openFirefox(FAR), (p) => p.close()), server, FAR);
    keep(await blockUdp(), (unblock) => unblock());
    await meet(server, near, far);
    assert.equal((await pairInUse(near.page)).protocol, 'tcp');
    assert.equal((await pairInUse(far.page)).protocol, 'tcp');
  });
});
