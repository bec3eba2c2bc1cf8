import assert from "node:assert/strict";
import { test } from "node:test";
import { isCode, tidyCode } from "./linkcode";

test("a code may be typed in any way", () => {
  assert.equal(tidyCode("ABCD efgh-1234.5678"), "abcd-efgh-1234-5678");
  assert.equal(tidyCode("Ab"), "ab");
  assert.equal(tidyCode(""), "");
  assert.equal(isCode("ABCD-EFGH-1234-5678"), true);
  assert.equal(isCode("ABCD-EFGH-1234-567"), false);
});
