import assert from "node:assert/strict";
import { test } from "node:test";
import { seat } from "../../test/fakeserver";
import type { LineSecond, SeatLine } from "../protocol/messages";
import { isAscending, judge, lineRows, lookAt, lookOf, settle, SETTLED_GOOD } from "./quality";

const GOOD = { loss_up: 0, loss_down: 0, rtt_ms: 30, suspended: 0, cpu_limited: false, dropped_share: 0 };

function line(id: string, fields: Partial<SeatLine> = {}): SeatLine {
  return { seat: id, rtt_ms: 30, loss_down: 0, loss_up: 0, estimate_bps: 4_000_000, sent_bps: 0, received_bps: 0, suspended: 0, freezes: 0, cpu_limited: false, ...fields };
}

test("the one word: what others suffer from goes first", () => {
  assert.equal(judge(GOOD), "good");
  assert.equal(judge({ ...GOOD, loss_up: 0.06, cpu_limited: true, suspended: 2 }), "lossy_up");
  assert.equal(judge({ ...GOOD, dropped_share: 0.2, suspended: 2 }), "slow_computer");
  assert.equal(judge({ ...GOOD, suspended: 1, loss_down: 0.2 }), "narrow");
  assert.equal(judge({ ...GOOD, loss_down: 0.2, rtt_ms: 900 }), "lossy_down");
  assert.equal(judge({ ...GOOD, rtt_ms: 501 }), "delayed");
});

test("a word is said after two looks in a row, and taken back after two", () => {
  const once = settle(SETTLED_GOOD, "narrow");
  assert.equal(once.said, "good");
  assert.equal(settle(once, "good").said, "good");
  const twice = settle(once, "narrow");
  assert.equal(twice.said, "narrow");
  assert.equal(settle(twice, "good").said, "narrow");
  assert.equal(settle(settle(twice, "good"), "good").said, "good");
});

test("a look is the mean of the last seconds", () => {
  const second = (loss_up: number, suspended: number): LineSecond => ({ rtt_ms: 100, loss_down: 0, loss_up, estimate_bps: 0, sent_bps: 0, received_bps: 0, suspended, freezes: 0 });
  assert.equal(lookAt([], GOOD), undefined);
  const look = lookAt([second(0, 3), second(100, 0)], GOOD);
  assert.equal(look?.loss_up, 0.05);
  assert.equal(look?.suspended, 0);
});

test("the host's table is filtered by name and place, and sorted by pinyin with numbers as numbers", () => {
  const seats = ["张庄第十支部", "张庄第二支部", "白沙支部", "Alpha"].map((name, n) => seat(`s${n}`, { name, org: n < 2 ? "城关镇" : "河东乡" }));
  const names = (search: string, turned = false): readonly string[] => lineRows(seats, new Map(), "name", turned, search).map((r) => r.seat.name);
  assert.deepEqual(names("支部"), ["白沙支部", "张庄第二支部", "张庄第十支部"]);
  assert.deepEqual(names("支部", true), ["张庄第十支部", "张庄第二支部", "白沙支部"]);
  assert.deepEqual(names("城关 十"), ["张庄第十支部"]);
  assert.deepEqual(names("alpha"), ["Alpha"]);
  assert.deepEqual(names("nowhere"), []);
});

test("the host's table: bad ones first, those without figures last, by any column", () => {
  const seats = [seat("a"), seat("b"), seat("c"), seat("d"), seat("e", { presence: "gone" })];
  const lines = new Map([line("a"), line("b", { loss_up: 80 }), line("c", { rtt_ms: 700, estimate_bps: 500_000 })].map((l) => [l.seat, l]));
  assert.deepEqual(lineRows(seats, lines, "line", false).map((r) => r.seat.id), ["b", "c", "a", "d"]);
  assert.deepEqual(lineRows(seats, lines, "line", false).map((r) => r.judgement), ["lossy_up", "delayed", "good", undefined]);
  assert.deepEqual(lineRows(seats, lines, "rtt", false).map((r) => r.seat.id)[0], "c");
  assert.deepEqual(lineRows(seats, lines, "estimate", false).map((r) => r.seat.id)[0], "c");
  assert.deepEqual(lineRows(seats, lines, "name", false).map((r) => r.seat.id), ["a", "b", "c", "d"]);
  assert.deepEqual(lineRows(seats, lines, "name", true).map((r) => r.seat.id), ["d", "c", "b", "a"]);
  assert.deepEqual(lineRows(seats, lines, "estimate", true).map((r) => r.seat.id), ["a", "b", "c", "d"]); // turned, unknown ones are last all the same
  assert.deepEqual([isAscending("estimate", false), isAscending("estimate", true), isAscending("rtt", false), isAscending("name", false)], [true, false, false, true]);
  assert.equal(lookOf(line("x", { loss_up: 50 })).loss_up, 0.05);
});
