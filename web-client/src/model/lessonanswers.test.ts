import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeServer, smallRoom } from "../../test/fakeserver";
import { FakeClock } from "../base/clock";
import { Link } from "../protocol/socket";
import { Lesson } from "./lesson";
import { whyOf } from "./refusal";

function site() {
  const server = new FakeServer(smallRoom());
  const clock = new FakeClock();
  const link = new Link({
    open: () => server.open(), clock, random: () => 0, lang: () => "en", resume: { get: () => undefined, set: () => undefined },
    onWelcome: () => undefined, onEvent: (event) => lesson.onEvent(event), onRefused: () => undefined,
  });
  const lesson: Lesson = new Lesson(link, clock, async () => []);
  link.start();
  server.connect();
  return { server, lesson };
}

test("a site answers person by person, and knows for whom it has", async () => {
  const { server, lesson } = site();
  const refused = await lesson.answerFor(3, [7, 8], []);
  assert.equal(refused.size, 0);
  assert.deepEqual([...(lesson.state.value.told.get(3) ?? [])], [7, 8]);
  assert.equal(server.of("ask.answer").length, 2);
});

test("what was refused is told by person, and the others stay open", async () => {
  const { server, lesson } = site();
  server.refuse.set("ask.answer", "answer_refused");
  const refused = await lesson.answerFor(3, [7, 8], [1]);
  assert.deepEqual([...refused.keys()], [7, 8]);
  assert.equal(lesson.state.value.told.get(3), undefined);
});

test("an ask that is refused is thrown, so that the form keeps what was typed", async () => {
  const { server, lesson } = site();
  server.refuse.set("ask.open", "not_now");
  await assert.rejects(lesson.openAsk({ kind: "poll", audience: "persons", prompt: "?", options: ["a", "b"], span_s: 60 }), (error) => whyOf(error) === "not_now");
  assert.equal(lesson.error.value, undefined);
});

test("districts are kept as they were told last", () => {
  const { server, lesson } = site();
  const one = { org: 2, name: "城关镇", own: false, sites: 3, here: 1, came: 1, late: 0, expected: 9, arrived: 2, on_leave: 0, unproved: 0 };
  server.emit({ event: "class.districts", districts: [one] });
  server.emit({ event: "class.districts", districts: [{ ...one, here: 2, came: 2, late: 1 }] });
  assert.deepEqual(lesson.state.value.districts.map((d) => [d.here, d.late]), [[2, 1]]);
});
