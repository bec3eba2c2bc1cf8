import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../base/clock";
import { Pulse, watchPulse } from "./pulse";
import type { Traffic } from "./pulse";

test("silence while we send is a broken way, silence of both is a quiet room", () => {
  const pulse = new Pulse();
  for (let t = 0; t <= 3_000; t += 300) assert.equal(pulse.beat(t, { sent: 3 * t, received: t }), false);
  assert.equal(pulse.beat(3_300, { sent: 9_900, received: 3_000 }), false);
  assert.equal(pulse.beat(3_500, { sent: 10_800, received: 3_000 }), false);
  assert.equal(pulse.beat(3_600, { sent: 11_700, received: 3_000 }), true);
  assert.equal(pulse.beat(4_200, { sent: 12_600, received: 3_001 }), false);
  for (let t = 4_500; t < 20_000; t += 300) assert.equal(pulse.beat(t, { sent: 12_600, received: 3_001 }), false);
});

test("a page that is slow to look takes that for no pause of the other side", () => {
  const pulse = new Pulse();
  for (let t = 0; t <= 9_000; t += 900) assert.equal(pulse.beat(t, { sent: 3 * t, received: t }), false);
  assert.equal(pulse.beat(9_300, { sent: 29_000, received: 9_000 }), false);
  assert.equal(pulse.beat(9_700, { sent: 30_000, received: 9_000 }), true);
});

test("a pause in speech of which some packets are lost is no silence", () => {
  const pulse = new Pulse();
  for (let t = 0; t <= 3_000; t += 300) assert.equal(pulse.beat(t, { sent: 3 * t, received: t }), false);
  for (let t = 3_300; t <= 6_000; t += 300) assert.equal(pulse.beat(t, { sent: 9_000 + (t - 3_000) / 10, received: 3_000 }), false);
});

test("who answers once a second is not silent before three", () => {
  const pulse = new Pulse();
  const at = (t: number, received: number): boolean => pulse.beat(t, { sent: 3 * t, received });
  for (let t = 0; t <= 9_000; t += 300) assert.equal(at(t, Math.floor(t / 1_000)), false);
  for (let t = 9_300; t <= 10_800; t += 300) assert.equal(at(t, 9), false);
  assert.equal(at(13_000, 9), true);
});

test("a silence that a change of network made is no usual pause: the next one is noticed as soon", () => {
  const pulse = new Pulse();
  let t = 0, received = 0;
  const talk = (until: number): void => {
    for (; t < until; t += 100) assert.equal(pulse.beat(t, { sent: 3 * t, received: ++received }), false);
  };
  const silence = (): number => {
    const since = t;
    while (!pulse.beat(t, { sent: 3 * t, received })) t += 100;
    pulse.restart(t);
    return t - since;
  };
  for (let change = 1; change <= 4; change++) {
    talk(5_000 * change);
    assert.ok(silence() <= 600);
    for (const end = t + 500; t < end; t += 100) assert.equal(pulse.beat(t, { sent: 3 * t, received }), false); // until the new way carries
  }
});

test("the watch tells of silence, once for each, and ends", async () => {
  const clock = new FakeClock();
  let now: Traffic | undefined = { sent: 0, received: 0 };
  let told = 0;
  const undo = watchPulse(clock, async () => now, { onSilence: () => told++, onAnswer: () => undefined });
  const beats = async (n: number, change: (t: Traffic) => Traffic): Promise<void> => {
    for (; n > 0; n--) {
      if (now) now = change(now);
      clock.advance(250);
      await new Promise((done) => setImmediate(done));
    }
  };
  await beats(9, ({ sent, received }) => ({ sent: sent + 900, received: received + 9 }));
  assert.equal(told, 0);
  await beats(3, ({ sent, received }) => ({ sent: sent + 900, received }));
  assert.equal(told, 1);
  await beats(2, ({ sent, received }) => ({ sent: sent + 900, received }));
  assert.equal(told, 1);
  now = undefined;
  await beats(9, (t) => t);
  assert.equal(told, 1);
  undo();
  assert.equal(clock.waiting, 0);
});
