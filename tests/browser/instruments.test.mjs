// The tests' own instruments, proven on a bare call between the two browsers without our server: they tell a moving picture from
// a still one, a tone from silence, whose it is, and how far lips and sound are apart.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { ownSkew } from './lib/sync.mjs';
import { sameHue, sleep, until } from './lib/wait.mjs';

const CALL = `<!doctype html><title>call</title><video id=far autoplay playsinline></video><script>
  var pc = new RTCPeerConnection();
  pc.ontrack = (e) => { far.srcObject = e.streams[0]; };
  const gathered = () => pc.iceGatheringState === 'complete' ? null : new Promise((done) => pc.addEventListener('icegatheringstatechange',
    () => pc.iceGatheringState === 'complete' && done()));
  async function start() {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
    window.near = stream;
    for (const t of stream.getTracks()) pc.addTrack(t, stream);
  }
  async function offer() { await start(); await pc.setLocalDescription(); await gathered(); return pc.localDescription.sdp; }
  async function answer(sdp) {
    await start(); await pc.setRemoteDescription({ type: 'offer', sdp }); await pc.setLocalDescription(); await gathered(); return pc.localDescription.sdp;
  }
</script>`;

describe('instruments', () => {
  let server, url, a, b;

  async function call() {
    a = await openChromium({ tone: 440, hue: 0, beat: true, width: 640, height: 360 });
    b = await openFirefox({ tone: 700, hue: 200, beat: true, width: 640, height: 360 });
    await Promise.all([a.goto(url), b.goto(url)]);
    const offer = await a.evaluate(() => window.offer());
    const answer = await b.evaluate((sdp) => window.answer(sdp), offer);
    await a.evaluate((sdp) => window.pc.setRemoteDescription({ type: 'answer', sdp }), answer);
  }

  before(async () => {
    const onset = readFileSync(new URL('page/onset.js', import.meta.url));
    server = http.createServer((request, response) => {
      const script = request.url === '/onset.js';
      response.setHeader('content-type', script ? 'text/javascript' : 'text/html').end(script ? onset : CALL);
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${server.address().port}/`;
    await call();
  });
  after(async () => {
    await Promise.allSettled([a?.close(), b?.close()]);
    server.close();
  });

  for (const [name, self, tone, other, hue] of [['Chromium', () => a, 700, 440, 200], ['Firefox', () => b, 440, 700, 0]]) {
    test(`${name} sees the other's picture move and hears its tone`, async () => {
      await until('a moving picture', async () => {
        const seen = await self().see();
        return seen[0]?.changed > 0.01 && sameHue(seen[0].hue, hue);
      });
      const heard = await until('the tone', async () => {
        const all = await self().hear([tone, other]);
        return all[tone] > 0.01 && all;
      });
      assert.ok(heard[other] < heard[tone] / 4, JSON.stringify(heard));
    });
  }

  for (const [name, self] of [['Chromium', () => a], ['Firefox', () => b]])
    test(`${name} measures how far lips and sound are apart`, async () => {
      const together = await ownSkew(self(), 0);
      const apart = await ownSkew(self(), 0.2);
      console.log(`# ${name}, own camera and microphone: ${together.toFixed(0)} ms; sound delayed by 200 ms: ${apart.toFixed(0)} ms`);
      assert.ok(Math.abs(together) < 100, `${together} ms`);
      assert.ok(apart - together < -120, `${apart} ms`);
    });

  test('a disabled track is silence and a still picture', async () => {
    await b.evaluate(() => window.near.getTracks().forEach((t) => { t.enabled = false; }));
    await sleep(1500);
    const heard = await a.hear([700]);
    assert.ok(heard[700] < 0.002, JSON.stringify(heard));
    const [video] = await a.see();
    assert.ok(video.changed < 0.005, JSON.stringify(video));
  });
});
