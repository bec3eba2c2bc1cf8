import assert from "node:assert/strict";
import { test } from "node:test";
import type { ImportRow } from "../protocol/imports";
import { RefusedRows } from "./refusedrows";

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

/** 30 rows, ten a page; the third cannot be read when it is asked to fail. */
function makeRows(fails = false) {
  let pages = 0;
  const rows = async function* (): AsyncGenerator<readonly ImportRow[]> {
    for (; pages < 3; ) {
      pages++;
      if (fails && pages === 3) throw new Error("no line");
      yield Array.from({ length: 10 }, (_, n) => ({ row: pages * 10 + n, name: "x", fate: "refused" as const }));
    }
  };
  return { list: new RefusedRows({ rows }, 1), pages: () => pages };
}

test("only the pages that are looked at are read, each once", async () => {
  const { list, pages } = makeRows();
  list.need(5);
  list.need(8);
  await settled();
  assert.deepEqual([pages(), list.state.value.rows.length], [1, 10]);
  list.need(15);
  await settled();
  assert.deepEqual([pages(), list.state.value.rows.length], [2, 20]);
  list.need(100);
  await settled();
  list.need(200);
  await settled();
  assert.deepEqual([pages(), list.state.value.rows.length], [3, 30]);
});

test("what was read stays when the rest cannot be", async () => {
  const { list } = makeRows(true);
  list.need(30);
  await settled();
  assert.equal(list.state.value.rows.length, 20);
  assert.notEqual(list.state.value.error, undefined);
});
