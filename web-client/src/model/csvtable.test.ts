import assert from "node:assert/strict";
import { test } from "node:test";
import { csvTable } from "./csvtable";

test("a table is quoted, and nothing in it is a formula", () => {
  assert.equal(csvTable([["姓名", "a\"b"], ["=1+1", "-2"]]), "\ufeff\"姓名\",\"a\"\"b\"\r\n\"'=1+1\",\"'-2\"\r\n");
  assert.equal(csvTable([]), "\ufeff");
});
