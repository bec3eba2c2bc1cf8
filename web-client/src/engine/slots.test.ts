import assert from "node:assert/strict";
import { test } from "node:test";
import { BLIND_MS, EMPTY_SLOT, onBound, onFrame, onQuiet, onSnapshot, onSuspended, onSwitched, rtpReached, SNAPSHOT_BLIND_MS, suspendedOf, visible } from "./slots";
import type { SlotState } from "./slots";

const A = { slot: 4, binding: 1, seat: "a", source: "camera" } as const;
const B = { slot: 4, binding: 2, seat: "b", source: "camera" } as const;

function showing(): SlotState {
  return onFrame(onSwitched(onBound(EMPTY_SLOT, A), 1, 1_000, 0), 1_000, 1);
}

test("a slot shows its source from the frame that the switch names", () => {
  const bound = onBound(EMPTY_SLOT, A);
  assert.equal(visible(bound), undefined);
  const switched = onSwitched(bound, 1, 1_000, 0);
  assert.equal(visible(onFrame(switched, 999, 1)), undefined);
  assert.equal(visible(onFrame(switched, 1_000, 1))?.seat, "a");
});

test("while another source is bound the old picture keeps its name; from the switch to its frame there is none", () => {
  const bound = onBound(showing(), B);
  assert.equal(visible(bound)?.seat, "a");
  assert.equal(visible(onFrame(bound, 5_000, 9))?.seat, "a");
  const switched = onSwitched(bound, 2, 6_000, 10);
  assert.equal(visible(switched), undefined);
  const late = onFrame(switched, 5_900, 11);
  assert.equal(visible(late), undefined);
  assert.equal(visible(onFrame(late, 6_000, 12))?.seat, "b");
});

test("timestamps wrap", () => {
  assert.equal(rtpReached(5, 0xffff_fff0), true);
  assert.equal(rtpReached(0xffff_fff0, 5), false);
});

test("a browser that tells no timestamps: the first frame after the old one cannot be in flight", () => {
  const switched = onSwitched(onBound(showing(), B), 2, 6_000, 10);
  assert.equal(visible(onFrame(switched, undefined, 10 + BLIND_MS - 1)), undefined);
  assert.equal(visible(onFrame(switched, undefined, 10 + BLIND_MS))?.seat, "b");
});

test("a slot without a seat goes empty at once", () => {
  assert.equal(onBound(showing(), { slot: 4, binding: 3 }), EMPTY_SLOT);
});

test("a source that stops is covered, and comes back with its next switch", () => {
  const quiet = onQuiet(showing(), 1);
  assert.equal(visible(quiet), undefined);
  const back = onFrame(onSwitched(quiet, 1, 9_000, 20), 9_000, 21);
  assert.equal(visible(back)?.seat, "a");
});

test("quiet and switched of an older binding change nothing", () => {
  const now = showing();
  assert.equal(onQuiet(now, 7), now);
  assert.equal(onSwitched(now, 7, 1, 0), now);
});

test("a binding replaced before it switched never shows", () => {
  const twice = onBound(onBound(showing(), B), { ...B, binding: 3, seat: "c" });
  assert.equal(onSwitched(twice, 2, 6_000, 0), twice);
  assert.equal(visible(onFrame(onSwitched(twice, 3, 7_000, 0), 7_000, 1))?.seat, "c");
});

test("a suspended picture stands as a still under its own name until its next switch", () => {
  const still = onSuspended(showing(), 1);
  assert.equal(visible(still)?.seat, "a");
  assert.equal(suspendedOf(still)?.seat, "a");
  assert.equal(onSuspended(still, 1), still);
  const back = onSwitched(still, 1, 9_000, 20);
  assert.equal(visible(back)?.seat, "a");
  assert.equal(suspendedOf(back), undefined);
});

test("a binding suspended before it switched has no picture, and the old one is not its", () => {
  const waiting = onSuspended(onBound(showing(), B), 2);
  assert.equal(suspendedOf(waiting)?.seat, "b");
  assert.equal(visible(waiting)?.seat, "a");
  const switched = onSwitched(waiting, 2, 6_000, 10);
  assert.equal(suspendedOf(switched), undefined);
  assert.equal(visible(onFrame(switched, 6_000, 11))?.seat, "b");
  assert.equal(onSuspended(showing(), 7).suspended, undefined);
});

test("a frame in flight does not end a suspension", () => {
  const switched = onSwitched(onBound(EMPTY_SLOT, A), 1, 1_000, 0);
  const late = onFrame(onSuspended(switched, 1), 1_000, 5);
  assert.equal(suspendedOf(late)?.seat, "a");
});

test("a snapshot keeps what it confirms and covers what it does not", () => {
  const now = showing();
  assert.equal(onSnapshot(now, A, 100), now);
  const other = onSnapshot(now, B, 100);
  assert.equal(visible(other), undefined);
  assert.equal(visible(onFrame(other, 5_000, 100 + SNAPSHOT_BLIND_MS - 1)), undefined);
  assert.equal(visible(onFrame(other, 5_000, 100 + SNAPSHOT_BLIND_MS))?.seat, "b");
});

test("a snapshot tells of a suspension that was missed, and of one that is over", () => {
  const still = onSnapshot(showing(), { ...A, suspended: true }, 100);
  assert.equal(suspendedOf(still)?.seat, "a");
  assert.equal(suspendedOf(onSnapshot(still, A, 200)), undefined);
  assert.equal(suspendedOf(onSnapshot(EMPTY_SLOT, { ...B, suspended: true }, 100))?.seat, "b");
  assert.equal(suspendedOf(onBound(showing(), { ...B, suspended: true }))?.seat, "b");
});

test("no order of messages and frames puts a picture under another name", () => {
  // The stream: frames of source n have timestamps from 1000 n. Messages come before or after them; only `bound` is early.
  let random = 7;
  const next = (n: number): number => (random = (random * 48_271) % 0x7fff_ffff) % n;
  for (let run = 0; run < 2_000; run++) {
    let slot: SlotState = EMPTY_SLOT;
    let told = 0;
    for (let source = 1; source <= 4; source++) {
      slot = onBound(slot, { slot: 4, binding: source, seat: `seat${source}`, source: "camera" });
      slot = onSwitched(slot, source, source * 1_000, source);
      told = source;
      for (let frames = next(4); frames > 0; frames--) {
        const from = 1 + next(told);
        slot = onFrame(slot, from * 1_000 + next(900), source);
        const seen = visible(slot);
        if (seen && slot.shown?.binding === told) assert.equal(seen.seat, `seat${told}`);
      }
    }
  }
});
