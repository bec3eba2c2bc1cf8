import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page, PeopleFilter, PersonRow } from "../protocol/records";
import { PeopleList } from "./peoplelist";

const row = (id: number): PersonRow => ({ id, name: `P${id}`, kind: "member", posts: [] });
const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

/** 25 persons, ten a page. */
function makeList(people?: (filter: PeopleFilter, cursor?: string) => Promise<Page<PersonRow>>) {
  const asked: (string | undefined)[] = [];
  const usual = async (_filter: PeopleFilter, cursor?: string): Promise<Page<PersonRow>> => {
    asked.push(cursor);
    const from = Number(cursor ?? 0);
    const items = Array.from({ length: Math.min(10, 25 - from) }, (_, n) => row(from + n + 1));
    return { items, total: 25, ...(from + 10 < 25 ? { next: String(from + 10) } : {}) };
  };
  return { list: new PeopleList({ people: people ?? usual }), asked };
}

test("the first page says how many there are; more is read when it comes into view", async () => {
  const { list, asked } = makeList();
  list.show({});
  await settled();
  assert.deepEqual([list.state.value.rows.length, list.state.value.total], [10, 25]);
  list.need(9);
  await settled();
  assert.deepEqual(asked, [undefined]);
  list.need(24);
  await settled();
  assert.deepEqual(asked, [undefined, "10", "20"]);
  assert.deepEqual(list.state.value.rows.map((r) => r.id), Array.from({ length: 25 }, (_, n) => n + 1));
});

test("an answer to an earlier question is dropped", async () => {
  const answers: (() => void)[] = [];
  const { list } = makeList((filter) => new Promise((done) => answers.push(() => done({ items: [row(filter.q === "a" ? 1 : 2)], total: 1 }))));
  list.show({ q: "a" });
  list.show({ q: "b" });
  answers[1]?.();
  await settled();
  answers[0]?.();
  await settled();
  assert.deepEqual(list.state.value.rows.map((r) => r.id), [2]);
});

test("a refusal is told, and what was there stays", async () => {
  let fail = false;
  const { list } = makeList(async () => {
    if (fail) throw new Error("no");
    return { items: [row(1)], total: 3, next: "1" };
  });
  list.show({});
  await settled();
  fail = true;
  list.need(3);
  await settled();
  assert.equal(list.state.value.rows.length, 1);
  assert.ok(list.state.value.error instanceof Error);
});
