import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../base/clock";
import type { Counters, Figures } from "../engine/stats";
import type { LineSecond } from "../protocol/messages";
import type { Link } from "../protocol/socket";
import { LineWatch, reportOf } from "./linewatch";
import type { Judgement } from "./quality";

const FIGURES: Figures = {
  up_bps: 0, down_bps: 0, loss_up: 0, loss_down: 0, receiving: 0, transport: "UDP", freezes: 0, freeze_ms: 0, dropped: 0, dropped_share: 0, cpu_limited: false, slot_freezes: [],
};
const COUNTERS: Counters = { time_ms: 0, sent_bytes: 0, received_bytes: 0, received: 0, lost: 0, freezes: [], freeze_s: 0, frames: 0, dropped: 0 };
const second = (loss_up: number): LineSecond => ({ rtt_ms: 20, loss_down: 0, loss_up, estimate_bps: 0, sent_bps: 0, received_bps: 0, suspended: 0, freezes: 0 });

const settle = async (): Promise<void> => {
  for (let n = 0; n < 5; n++) await new Promise((done) => setImmediate(done));
};

function watched(reply: () => object) {
  const clock = new FakeClock();
  const asked: Record<string, unknown>[] = [];
  const said: Judgement[] = [];
  const state: { figures: Figures } = { figures: FIGURES };
  const link = { request: async (_: string, fields: Record<string, unknown>) => (asked.push(fields), reply()) } as unknown as Link;
  const watch = new LineWatch({ link, clock, figures: async () => ({ now: COUNTERS, figures: state.figures }), onJudgement: (j) => said.push(j) });
  const stop = watch.start();
  const pass = async (ms: number): Promise<void> => {
    for (let at = 0; at < ms; at += 1_000) {
      clock.advance(1_000);
      await settle();
    }
  };
  return { watch, clock, asked, said, state, pass, stop };
}

test("a line that loses is told after two looks, once, and a good one takes it back", async () => {
  let loss = 80;
  const w = watched(() => ({ seconds: [second(loss)], line_slots: [] }));
  await w.pass(5_000);
  assert.deepEqual(w.said, []);
  await w.pass(10_000);
  assert.deepEqual(w.said, ["lossy_up"]);
  loss = 0;
  await w.pass(10_000);
  assert.deepEqual(w.said, ["lossy_up", "good"]);
  assert.equal(w.watch.view.value.seconds.length, 0, "nobody looks: nothing is kept");
  w.stop();
  assert.equal(w.clock.waiting, 0);
});

test("who opens the figures gets the last minutes, then each second, until they are closed", async () => {
  const w = watched(() => ({ seconds: Array.from({ length: Number(w.asked[w.asked.length - 1]?.["history"]) }, () => second(0)), line_slots: [] }));
  const close = w.watch.open();
  await w.pass(3_000);
  assert.equal(w.asked[0]?.["history"], 300);
  assert.equal(w.asked[1]?.["history"], 1);
  assert.equal(w.watch.view.value.seconds.length, 300);
  close();
  const before = w.asked.length;
  await w.pass(10_000);
  assert.ok(w.asked.length - before <= 3);
  w.stop();
});

test("a server without figures: what the browser counts by itself", async () => {
  const w = watched(() => ({}));
  w.state.figures = { ...FIGURES, cpu_limited: true };
  await w.pass(20_000);
  assert.deepEqual(w.said, ["slow_computer"]);
  assert.equal(w.asked[0]?.["cpu_limited"], undefined, "the first look has nothing to compare with");
  assert.equal(w.asked[1]?.["cpu_limited"], true);
  w.stop();
});

test("a report has only what is worth a word", () => {
  assert.deepEqual(reportOf(FIGURES), {});
  assert.deepEqual(reportOf({ ...FIGURES, freezes: 2, freeze_ms: 300, slot_freezes: [{ slot: 4, freezes: 2 }] }), { freezes: 2, slots: [{ slot: 4, freezes: 2 }], freeze_ms: 300 });
});
