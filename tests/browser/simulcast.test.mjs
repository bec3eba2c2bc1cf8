// Cameras in three layers: real browsers send them, the server tells them apart, and a viewer gets the one that fits its tile.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { Seat } from './lib/seat.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/wait.mjs';

/* Small, so that six encoders and as many decoders find time on a busy machine. */
const SOURCES = {
  host: { name: 'host', hue: 0, tone: 440, width: 960, height: 540, fps: 10 },
  branch: { name: 'branch001', hue: 120, tone: 1000, width: 960, height: 540, fps: 10 },
  guest: { name: 'guest', hue: 240, tone: 2200, width: 320, height: 180, fps: 10 },
};

/* Frames and height of each layer that a page sends, by rid. */
async function layersOf(seat) {
  return seat.page.evaluate(async () => {
    const pc = window.__source.pcs.findLast((p) => p.connectionState === 'connected');
    const sender = pc.getTransceivers().find((t) => t.mid === '1').sender;
    const rows = [...(await sender.getStats()).values()].filter((s) => s.type === 'outbound-rtp');
    return Object.fromEntries(rows.map((s) => [s.rid, { frames: s.framesSent ?? 0, height: s.frameHeight ?? 0 }]));
  });
}

/* The height of the picture that a seat sees of another. */
async function heightSeen(viewer, seat) {
  const tiles = await viewer.page.evaluate(() => window.__measure.tiles(100));
  return tiles.find((t) => t.seat === seat.id)?.height ?? 0;
}

describe('simulcast', () => {
  let server, host, branch, guest, all;

  before(async () => {
    server = await Server.start();
    host = new Seat(await openChromium(SOURCES.host), server, SOURCES.host);
    branch = new Seat(await openFirefox(SOURCES.branch), server, SOURCES.branch);
    guest = new Seat(await openChromium(SOURCES.guest), server, SOURCES.guest);
    all = [host, branch, guest];
    await host.enterAs('host');
    const link = await host.inviteLink();
    await Promise.all([branch.enterAs('branch001'), guest.enterByLink(link, '来宾甲')]);
  });

  after(async () => {
    await Promise.allSettled((all ?? []).map((s) => s.page.close()));
    await server?.stop();
  });

  for (const [browser, seat] of [['Chromium', () => host], ['Firefox', () => branch]])
    test(`${browser} sends a quarter, a half and the whole`, async () => {
      const heights = {};
      await guest.page.evaluate((items) => window.__source.watchOnly(items), [{ seat: seat().id, source: 'camera', height: 540, rank: 'stage' }]);
      /* What nobody watches is left out again some seconds after it began. */
      await until('three layers', async () => {
        const layers = await layersOf(seat());
        for (const [rid, { height }] of Object.entries(layers))
          heights[rid] = Math.max(heights[rid] ?? 0, height);
        if (!['q', 'h', 'f'].every((rid) => layers[rid]?.frames > 5))
          throw new Error(JSON.stringify(layers));
        return true;
      }, { ms: 90000, every: 300 });
      assert.deepEqual(['q', 'h', 'f'].map((rid) => heights[rid]), [135, 270, 540]);
    });

  test('the server knows each layer', async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    assert.match(text, /reason="unknown_ssrc"\} 0\b/, text.split('\n').filter((l) => /dropped/.test(l)).join(' '));
  });

  /* Smaller, smaller, and back: by then the sender has left out what nobody watches, and must begin it anew. */
  for (const [browser, seat] of [['Chromium', () => host], ['Firefox', () => branch]])
    test(`a viewer gets the layer of ${browser} that is as tall as its tile`, async () => {
      for (const height of [540, 270, 135, 540]) {
        await guest.page.evaluate((items) => window.__source.watchOnly(items), [{ seat: seat().id, source: 'camera', height, rank: 'stage' }]);
        await until(`${height} lines`, async () => {
          const seen = await heightSeen(guest, seat());
          if (seen !== height)
            throw new Error(`height ${seen}, sent ${JSON.stringify(await layersOf(seat()))}`);
          return true;
        }, { ms: 90000, every: 300 });
        await guest.seesMoving([seat()]);
      }
    });

  test('layers of H.264 from Chromium', async () => {
    await host.page.evaluate(async () => {
      const pc = window.__source.pcs.findLast((p) => p.connectionState === 'connected');
      const sender = pc.getTransceivers().find((t) => t.mid === '1').sender;
      const parameters = sender.getParameters();
      const codec = parameters.codecs.find((c) => c.mimeType === 'video/H264');
      for (const e of parameters.encodings)
        e.codec = codec;
      await sender.setParameters(parameters);
    });
    for (const height of [540, 270]) {
      await guest.page.evaluate((items) => window.__source.watchOnly(items), [{ seat: host.id, source: 'camera', height, rank: 'stage' }]);
      await until(`${height} lines of H.264`, async () => {
        const codecs = await guest.page.evaluate(async () => {
          const pc = window.__source.pcs.findLast((p) => p.connectionState === 'connected');
          const all = [...(await pc.getStats()).values()];
          return all.filter((s) => s.type === 'inbound-rtp' && s.kind === 'video' && s.frameHeight)
            .map((s) => [all.find((c) => c.id === s.codecId)?.mimeType, s.frameHeight]);
        });
        if (!codecs.some(([type, lines]) => type === 'video/H264' && lines === height))
          throw new Error(JSON.stringify([codecs, await layersOf(host)]));
        return true;
      }, { ms: 90000, every: 300 });
      await guest.seesMoving([host]);
    }
  });
});
