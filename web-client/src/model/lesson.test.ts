import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeServer, smallRoom } from "../../test/fakeserver";
import { FakeClock } from "../base/clock";
import type { Ask, ClassPerson } from "../protocol/messages";
import { Link } from "../protocol/socket";
import { atSite, Lesson } from "./lesson";

const person = (id: number, fields: Partial<ClassPerson> = {}): ClassPerson => ({ person: id, name: `P${id}`, home: 4, site: 0, expected: true, leave: "none", ...fields });
const settle = (): Promise<void> => new Promise((done) => setImmediate(done));

async function entered(read: readonly ClassPerson[] = []) {
  const server = new FakeServer(smallRoom());
  const clock = new FakeClock();
  server.answers.set("class.code", { class: 17, site: 4, code: "ABCDEFGHJK", valid_ms: 15_000 });
  server.answers.set("ask.list", { asks: [{ ask: 1, state: "open" } as Ask] });
  let lesson: Lesson | undefined;
  const link = new Link({
    open: () => server.open(), clock, random: () => 0, lang: () => "en", resume: { get: () => undefined, set: () => undefined },
    onWelcome: () => undefined, onEvent: (event) => lesson?.onEvent(event), onRefused: () => undefined,
  });
  lesson = new Lesson(link, clock, async () => read);
  link.start();
  server.connect();
  lesson.enter(17);
  await settle();
  await settle();
  return { server, clock, lesson };
}

test("the site's code is renewed as it runs out, and not after the seat has left", async () => {
  const { server, clock, lesson } = await entered();
  assert.equal(lesson.state.value.code?.code, "ABCDEFGHJK");
  clock.advance(15_100);
  assert.equal(server.of("class.code").length, 2);
  await settle();
  lesson.stop();
  clock.advance(60_000);
  assert.equal(server.of("class.code").length, 2);
});

test("events are newer than the roster that was read; who has leave is not missing", async () => {
  const { server, lesson } = await entered([person(1), person(2), person(3, { leave: "granted" })]);
  server.emit({ event: "class.people", people: [person(2, { site: 4, grade: "delegate" })] });
  const { here, missing } = atSite(lesson.state.value);
  assert.deepEqual([here.map((p) => p.person), missing.map((p) => p.person)], [[2], [1]]);
});

test("asks are kept in order, each as it was told last", async () => {
  const { server, lesson } = await entered();
  server.emit({ event: "ask.changed", ask: { ask: 2, state: "open" } as Ask });
  server.emit({ event: "ask.changed", ask: { ask: 1, state: "closed" } as Ask });
  assert.deepEqual(lesson.state.value.asks.map((a) => [a.ask, a.state]), [[1, "closed"], [2, "open"]]);
});

test("a refusal is kept until the next act", async () => {
  const { server, lesson } = await entered();
  server.refuse.set("class.mark", "not_now");
  assert.equal(await lesson.mark([1], true), false);
  assert.ok(lesson.error.value);
  server.refuse.clear();
  assert.equal(await lesson.mark([1], true), true);
  assert.equal(lesson.error.value, undefined);
});
