import assert from "node:assert/strict";
import { test } from "node:test";
import { seat } from "../../test/fakeserver";
import { rosterRows, sortKey, visibleRows } from "./roster";
import type { RosterRow } from "./roster";

const texts = (rows: readonly RosterRow[]): string[] => rows.map((r) => (r.kind === "group" ? `# ${r.org} ${r.here}/${r.all}` : r.seat.name));

test("seats are grouped by organisation and both are sorted by pinyin", () => {
  const seats = [seat("1", { name: "张村", org: "西乡" }), seat("2", { name: "李村", org: "东乡" }), seat("3", { name: "安村", org: "西乡", presence: "away" })];
  assert.deepEqual(texts(rosterRows(seats, "", "", new Set())), ["# 东乡 1/1", "李村", "# 西乡 1/2", "安村", "张村"]);
});

test("Chinese ordinals sort as numbers", () => {
  assert.equal(sortKey("城关镇第二十三支部"), "城关镇第23支部");
  assert.equal(sortKey("第十支部"), "第10支部");
  const names = ["第十支部", "第二支部", "第一支部", "第十一支部"];
  const rows = rosterRows(names.map((name, n) => seat(String(n), { name })), "", "", new Set());
  assert.deepEqual(texts(rows).slice(1), ["第一支部", "第二支部", "第十支部", "第十一支部"]);
});

test("the own seat leads its group, then hosts", () => {
  const seats = [seat("1", { name: "甲" }), seat("2", { name: "乙", role: "host" }), seat("3", { name: "丙" })];
  assert.deepEqual(texts(rosterRows(seats, "3", "", new Set())).slice(1), ["丙", "乙", "甲"]);
});

test("a search looks at names and organisations and opens closed groups", () => {
  const seats = [seat("1", { name: "张村", org: "西乡" }), seat("2", { name: "李村", org: "东乡" })];
  const closed = new Set(["西乡", "东乡"]);
  assert.deepEqual(texts(rosterRows(seats, "", "", closed)), ["# 东乡 1/1", "# 西乡 1/1"]);
  assert.deepEqual(texts(rosterRows(seats, "", "西乡 张", closed)), ["# 西乡 1/1", "张村"]);
  assert.deepEqual(rosterRows(seats, "", "王", closed), []);
});

test("who has no organisation comes last", () => {
  assert.deepEqual(texts(rosterRows([seat("1"), seat("2", { org: "西乡" })], "", "", new Set()))[0], "# 西乡 1/1");
});

test("only the rows in the window are drawn", () => {
  const span = visibleRows(10_000, 50, 25_000, 500);
  assert.ok(span.first <= 500 && span.last >= 510 && span.last - span.first < 30);
  assert.deepEqual(visibleRows(3, 50, 0, 500), { first: 0, last: 3 });
});

test("nine thousand seats sort in well under a second", () => {
  const seats = Array.from({ length: 9_000 }, (_, n) => seat(String(n), { name: `第${n}支部`, org: `镇${n % 300}` }));
  const start = performance.now();
  rosterRows(seats, "", "", new Set());
  assert.ok(performance.now() - start < 1_000);
});
