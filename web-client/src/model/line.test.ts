import assert from "node:assert/strict";
import { test } from "node:test";
import { lineOf } from "./line";

const READY = { phase: "ready", attempt: 0 } as const;
const FINE = { now_ms: 0, link: READY, ever_connected: true, server_closing: false, judgement: "good" } as const;

test("trouble is told in three steps: a dot, a sentence, a dialogue", () => {
  const at = (now_ms: number) => lineOf({ ...FINE, now_ms, link: { phase: "waiting", attempt: 1, lost_at_ms: 1_000 } });
  assert.deepEqual(at(1_500), { step: 1, why: "link" });
  assert.deepEqual(at(3_000), { step: 2, why: "link" });
  assert.deepEqual(at(16_000), { step: 3, why: "link" });
});

test("media that never come up are told after ten seconds, with their own reason", () => {
  const at = (now_ms: number) => lineOf({ ...FINE, now_ms, ever_connected: false, media_down_ms: 0 });
  assert.equal(at(9_999).step, 0);
  assert.deepEqual(at(10_000), { step: 3, why: "blocked" });
});

test("media that are doubted for a moment are no trouble, and for longer they are", () => {
  const at = (now_ms: number) => lineOf({ ...FINE, now_ms, media_down_ms: 0, judgement: "lossy_down" });
  assert.deepEqual(at(900), { step: 1, why: "lossy_down" });
  assert.deepEqual(at(1_000), { step: 1, why: "media" });
  assert.deepEqual(at(2_000), { step: 2, why: "media" });
});

test("a server that announced its restart is named as the reason", () => {
  assert.equal(lineOf({ ...FINE, now_ms: 3_000, server_closing: true, link: { phase: "connecting", attempt: 1, lost_at_ms: 0 } }).why, "server");
});

test("loss and delay make a dot only; a fine line none", () => {
  assert.deepEqual(lineOf({ ...FINE, judgement: "lossy_up" }), { step: 1, why: "lossy_up" });
  assert.equal(lineOf(FINE).step, 0);
});
