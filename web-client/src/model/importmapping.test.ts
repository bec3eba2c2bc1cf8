import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf, profileOf, withField } from "./importmapping";

const run = {
  mapping: [{ column: "B", header: "姓名", field: "name" }, { column: "A", header: "支部", field: "org" }],
  ignored: [{ column: "AA", header: "备注" }, { column: "C", header: "单位" }],
};

test("columns stand as in the table", () => {
  assert.deepEqual(columnsOf(run).map((c) => c.column), ["A", "B", "C", "AA"]);
  assert.deepEqual(columnsOf({}), []);
});

test("a field is of one column", () => {
  const columns = withField(columnsOf(run), "C", "org");
  assert.deepEqual(columns.map((c) => c.field), ["", "name", "org", ""]);
  assert.deepEqual(profileOf(columns), { 支部: null, 姓名: "name", 单位: "org", 备注: null });
});
