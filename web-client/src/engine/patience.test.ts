import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../base/clock";
import { heardOf, Patience, watchSound } from "./patience";
import type { Heard, SoundReceiver } from "./patience";

/** A second of sound on top of another: `share` of it made up. */
function more(h: Heard, share: number, also: Partial<{ silent: number; packets: number; missed: number; wait_ms: number }> = {}): Heard {
  const { silent = 0, packets = 40, missed = 10, wait_ms = 100 } = also;
  return {
    samples: h.samples + 48_000, concealed: h.concealed + 48_000 * (share + silent), silent: h.silent + 48_000 * silent, packets: h.packets + packets,
    missed: h.missed + missed, waited_s: h.waited_s + (48_000 * wait_ms) / 1_000, emitted: h.emitted + 48_000,
  };
}

const NOTHING: Heard = { samples: 0, concealed: 0, silent: 0, packets: 0, missed: 0, waited_s: 0, emitted: 0 };

function run(patience: Patience, from: Heard, looks: number, share: number, also = {}): Heard {
  let h = from;
  for (let i = 0; i < looks; i++) patience.look((h = more(h, share, also)));
  return h;
}

test("sound that is made up while packets come is waited for longer, up to a bound", () => {
  const p = new Patience();
  let h = run(p, NOTHING, 2, 0);
  assert.equal(p.look((h = more(h, 0.05))), 180);
  assert.equal(p.look((h = more(h, 0.05, { wait_ms: 190 }))), 270);
  run(p, h, 10, 0.05);
  assert.equal(p.target_ms, 300);
});

test("who waits long by itself is left alone", () => {
  const p = new Patience();
  run(p, NOTHING, 10, 0.05, { wait_ms: 300 });
  assert.equal(p.target_ms, 0);
});

test("once it is clean the wait grows shorter slowly and ends", () => {
  const p = new Patience();
  let h = run(p, NOTHING, 4, 0.05);
  assert.equal(p.target_ms, 300);
  h = run(p, h, 9, 0);
  assert.equal(p.target_ms, 300);
  h = run(p, h, 1, 0);
  assert.equal(p.target_ms, 260);
  h = run(p, h, 3, 0);
  assert.equal(p.target_ms, 140);
  h = run(p, h, 1, 0);
  assert.equal(p.target_ms, 0);
  run(p, h, 20, 0);
  assert.equal(p.target_ms, 0);
});

test("silence, pauses, and what no lost packet explains are no fault of the line", () => {
  const p = new Patience();
  let h = run(p, NOTHING, 2, 0);
  h = run(p, h, 3, 0, { silent: 0.8 });
  h = run(p, h, 3, 0.2, { packets: 5 });
  h = run(p, h, 3, 0.2, { missed: 0 });
  h = run(p, h, 3, 0.005);
  assert.equal(p.target_ms, 0);
  p.look(h); // nothing new
  p.look(NOTHING); // another stream counts from nothing
  assert.equal(p.target_ms, 0);
});

class FakeReceiver implements SoundReceiver {
  jitterBufferTarget: number | null = null;
  heard = NOTHING;
  fails = false;

  getStats(): Promise<unknown> {
    if (this.fails) return Promise.reject(new Error("closed"));
    const { samples, concealed, silent, packets, missed, waited_s, emitted } = this.heard;
    const row = {
      type: "inbound-rtp", jitterBufferDelay: waited_s, jitterBufferEmittedCount: emitted, totalSamplesReceived: samples, concealedSamples: concealed, silentConcealedSamples: silent, packetsReceived: packets, packetsLost: missed,
    };
    return Promise.resolve(new Map<string, unknown>([["c", { type: "codec" }], ["i", row]]));
  }
}

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

test("receivers are told each second, until the end; those that cannot be told are left alone", async () => {
  const clock = new FakeClock();
  const watch = watchSound(clock);
  const ear = new FakeReceiver();
  let asked = 0;
  watch.attach(ear);
  watch.attach({ getStats: () => Promise.resolve(asked++) });
  for (let i = 0; i < 3; i++) {
    ear.heard = more(ear.heard, 0.05);
    clock.advance(1_000);
    await settled();
  }
  assert.equal(ear.jitterBufferTarget, 260);
  ear.fails = true;
  clock.advance(1_000);
  await settled();
  ear.fails = false;
  for (let i = 0; i < 20; i++) {
    ear.heard = more(ear.heard, 0);
    clock.advance(1_000);
    await settled();
  }
  assert.equal(ear.jitterBufferTarget, null);
  assert.equal(asked, 0);
  watch.end();
  assert.equal(clock.waiting, 0);
});

test("a receiver that has received nothing counts nothing", () => {
  assert.equal(heardOf(new Map<string, unknown>([["c", { type: "codec" }]])), undefined);
});
