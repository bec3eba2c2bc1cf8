import assert from "node:assert/strict";
import { test } from "node:test";
import { attendanceRate, followed, namesByHome, sameEdit, speechesOnlyOf, theirsOf, tidied } from "./minutes";
import type { Minutes, MinutesEdit } from "../protocol/minutes";

const EMPTY: MinutesEdit = { place: "", recorder: "", notes: ["", ""], speeches: [], conclusion: "" };

test("who has leave is out of the rate", () => {
  assert.equal(attendanceRate({ expected: 10, present: 6, leave: 2, absent: 2, visitors: 1 }), 0.75);
  assert.equal(attendanceRate({ expected: 2, present: 0, leave: 2, absent: 0, visitors: 0 }), undefined);
});

test("names stand under their home, in the order of the sites, and the erased are counted", () => {
  const minutes = { sites: [{ site: 2, name: "二支部" }, { site: 1, name: "一支部" }] } as unknown as Minutes;
  const persons = [{ name: "安", home: 1, state: "absent" }, { name: "", home: 2, state: "absent" }, { name: "外", home: 9, home_name: "他处", state: "visitor" }] as const;
  assert.deepEqual(namesByHome(minutes, persons, "（已删除）"), [{ place: "二支部", names: ["（已删除）"] }, { place: "一支部", names: ["安"] }, { place: "他处", names: ["外"] }]);
});

test("empty ends are not sent, and change nothing", () => {
  assert.deepEqual(tidied({ ...EMPTY, notes: [" 一 ", ""], speeches: [{ speaker: " ", text: "" }], conclusion: "好 " }), { ...EMPTY, notes: ["一"], conclusion: "好" });
  assert.ok(sameEdit(EMPTY, { ...EMPTY, notes: [], conclusion: " " }));
  assert.ok(!sameEdit(EMPTY, { ...EMPTY, notes: ["", "二"] }));
});

test("of two who write at once the second keeps the own text, takes over what it left alone, and sees the rest", () => {
  const base = { ...EMPTY, conclusion: "原" };
  const theirs = { ...base, place: "二楼", conclusion: "他们的", notes: ["他们", ""], speeches: [{ speaker: "甲", text: "同意" }] };
  const own = { ...base, conclusion: "我的", notes: ["", "我"], speeches: [{ speaker: "乙", text: "不同意" }] };
  const merged = followed(base, theirs, own);
  assert.deepEqual(merged, { ...base, place: "二楼", conclusion: "我的", notes: ["他们", "我"], speeches: own.speeches });
  assert.deepEqual([...theirsOf(base, theirs, merged)], [["conclusion", "他们的"]]);
  assert.deepEqual(speechesOnlyOf(theirs, merged), [{ speaker: "甲", text: "同意" }]);
});
