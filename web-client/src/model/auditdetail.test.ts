import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf } from "./auditdetail";

const plain = (): undefined => undefined;

test("of two states only what differs is told", () => {
  const detail = { before: { name: "A", kind: "branch" }, after: { name: "B", kind: "branch" }, why: "" };
  assert.deepEqual(changesOf(detail, plain), [{ field: "name", before: "A", after: "B" }]);
});

test("places and bare values stand as they are; what is beyond sight stays empty", () => {
  assert.deepEqual(changesOf({ before: { id: 1, name: "X" }, after: null, why: "moved" }, plain), [{ field: "value", before: "X" }, { field: "why", after: "moved" }]);
  assert.deepEqual(changesOf({ key: "ranking", before: null, after: "off" }, plain), [{ field: "value", after: "off" }, { field: "key", after: "ranking" }]);
});

test("values are said in words", () => {
  const yes = (field: string, value: unknown): string | undefined => (field === "subtree" ? (value === true ? "yes" : "no") : undefined);
  assert.deepEqual(changesOf({ subtree: true }, yes), [{ field: "subtree", after: "yes" }]);
});

test("of what ended it is told what it was", () => {
  assert.deepEqual(changesOf({ before: { role: "leader" }, why: "election" }, plain), [{ field: "role", after: "leader" }, { field: "why", after: "election" }]);
});

test("two records that were merged are named once, as they are called now and, if that differs, then", () => {
  const detail = { from: { id: 3, name: "甲" }, from_name: "甲", into: { id: 4, name: "乙新" }, into_name: "乙", why: "x" };
  assert.deepEqual(changesOf(detail, () => undefined), [{ field: "from", after: "甲" }, { field: "into", after: "乙新" }, { field: "into_name", after: "乙" }, { field: "why", after: "x" }]);
});
