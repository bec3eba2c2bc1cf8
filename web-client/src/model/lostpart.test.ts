import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeLost, mayReload } from "./lostpart";

const ENTRY = "/assets/index-AAAA.js";

test("a part is lost with the line, with the version, or for no known reason", () => {
  assert.equal(judgeLost(undefined, ENTRY), "offline");
  assert.equal(judgeLost('<script type="module" src="/assets/index-BBBB.js"></script>', ENTRY), "updated");
  assert.equal(judgeLost('<script type="module" src="/assets/index-AAAA.js"></script>', ENTRY), "broken");
});

test("a new version is loaded by itself, once", () => {
  let kept: string | undefined;
  const mark = { get: () => kept, set: (value: string | undefined) => { kept = value; } };
  assert.equal(mayReload("offline", ENTRY, mark), false);
  assert.equal(mayReload("updated", ENTRY, mark), true);
  assert.equal(mayReload("updated", ENTRY, mark), false, "the reload brought the old version again");
  assert.equal(mayReload("updated", "/assets/index-BBBB.js", mark), true, "the next version");
});
