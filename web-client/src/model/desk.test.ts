import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeServer, smallRoom } from "../../test/fakeserver";
import { FakeClock } from "../base/clock";
import type { OrgNotice } from "../protocol/messages";
import { Desk } from "./desk";

const settle = async (): Promise<void> => {
  for (let n = 0; n < 5; n++) await new Promise((done) => setImmediate(done));
};

const notice = (id: number): OrgNotice => ({ id, org: 1, org_name: "市委", kind: "absentees", at_ms: id, read: false });
const SITE = { site: 7, name: "一支部" };

function desk() {
  const server = new FakeServer(smallRoom());
  const clock = new FakeClock();
  server.answers.set("look.open", { rooms: [{ room: "class-1", state: "open" }], more: 0 });
  server.answers.set("look.room", { room: { room: "class-1" }, orgs: [], sites: [SITE], seats: [] });
  server.answers.set("notices.open", { notices: [notice(1)], unread: 1, upto: 1 });
  const connect = async (): Promise<void> => {
    server.connect();
    await settle();
  };
  return { server, clock, connect, desk: new Desk({ open: () => server.open(), clock, random: () => 0, lang: () => "zh-CN", wall: () => 90_000 }) };
}

test("there is no socket until somebody uses it, one for all, and none after the last", async () => {
  const s = desk();
  assert.equal(s.server.sockets.length, 0);
  const notices = s.desk.useNotices();
  const look = s.desk.useLook("class-1");
  await s.connect();
  assert.equal(s.server.sockets.length, 1);
  assert.deepEqual(s.server.received.map((r) => r.type), ["hello", "notices.open", "look.open", "look.room"]);
  assert.equal(s.desk.live.value, true);
  look();
  look();
  s.clock.advance(2_000);
  await settle();
  assert.equal(s.server.of("look.close").length, 1);
  assert.equal(s.desk.looking.value.rooms, undefined);
  notices();
  s.clock.advance(2_000);
  assert.equal(s.server.socket.closed, true);
  assert.equal(s.desk.live.value, false);
  assert.equal(s.clock.waiting, 0);
});

test("the details come in pages and change with events", async () => {
  const s = desk();
  let page = 0;
  s.server.answers.set("look.room", { room: { room: "class-1" }, orgs: [], seats: [], get sites() { return [{ ...SITE, site: ++page }]; }, get next() { return page < 3 ? page : undefined; } });
  s.desk.useLook("class-1");
  await s.connect();
  assert.deepEqual(s.server.of("look.room").map((r) => r["after"]), [undefined, 1, 2]);
  assert.equal(s.desk.looking.value.detail?.partial, false);
  assert.equal(s.desk.looking.value.detail?.sites.size, 3);
  s.server.emit({ event: "look.detail", room: "class-1", orgs: [], sites: [{ ...SITE, site: 2, name: "二支部" } as never], seats: [], gone_sites: [], gone_seats: [] });
  assert.equal(s.desk.looking.value.detail?.sites.get(2)?.name, "二支部");
});

test("a server that gives the same page again and again is not asked for ever", async () => {
  const s = desk();
  s.server.answers.set("look.room", { room: { room: "class-1" }, sites: [SITE], next: 7 });
  s.desk.useLook("class-1");
  await s.connect();
  assert.equal(s.server.of("look.room").length, 2);
});

test("a line that comes back is asked anew for all that is used", async () => {
  const s = desk();
  s.desk.useNotices();
  s.desk.useLook("class-1");
  await s.connect();
  s.server.socket.cut();
  assert.equal(s.desk.live.value, false);
  s.clock.advance(200);
  await s.connect();
  assert.deepEqual(["notices.open", "look.open", "look.room"].map((t) => s.server.of(t).length), [2, 2, 2]);
});

test("one room after the other: what was of the first goes away", async () => {
  const s = desk();
  const first = s.desk.useLook("class-1");
  await s.connect();
  const second = s.desk.useLook("class-2");
  assert.equal(s.desk.looking.value.detail, undefined);
  first();
  s.clock.advance(2_000);
  await settle();
  assert.equal(s.server.of("look.room").at(-1)?.["room"], "class-2");
  second();
});

test("from one page to the next of the same room nothing is asked again", async () => {
  const s = desk();
  const page = s.desk.useLook("class-1");
  await s.connect();
  page();
  s.desk.useLook("class-1");
  s.clock.advance(2_000);
  await settle();
  assert.equal(s.server.of("look.room").length, 1);
  assert.equal(s.server.of("look.close").length, 0);
  assert.equal(s.desk.looking.value.detail?.name, "class-1");
});

test("who may not look is told, and again when the right ends", async () => {
  const s = desk();
  s.server.refuse.set("look.open", "forbidden");
  s.desk.useLook();
  await s.connect();
  assert.equal(s.desk.looking.value.refused, "forbidden");
  const t = desk();
  t.desk.useLook();
  await t.connect();
  t.server.emit({ event: "look.ended" });
  assert.equal(t.desk.looking.value.refused, "forbidden");
  assert.equal(t.desk.looking.value.rooms, undefined);
});

test("a busy server is asked again a little later", async () => {
  const s = desk();
  s.server.refuse.set("look.open", "overloaded");
  s.desk.useLook();
  await s.connect();
  s.server.refuse.clear();
  s.clock.advance(3_000);
  await settle();
  assert.equal(s.desk.looking.value.rooms?.size, 1);
});

test("notices: a new one stands first, reading takes the number away", async () => {
  const s = desk();
  s.desk.useNotices();
  await s.connect();
  s.server.emit({ event: "notices.new", notice: notice(2), unread: 2 });
  assert.deepEqual(s.desk.notices.value.list.map((n) => n.id), [2, 1]);
  assert.equal(s.desk.notices.value.unread, 2);
  s.server.emit({ event: "notices.unread", unread: 0 });
  assert.equal(s.desk.notices.value.list.every((n) => n.read), true);
});

test("times go by the server's clock, however wrong this machine's is", async () => {
  const s = desk();
  s.desk.useLook();
  await s.connect();
  assert.equal(s.desk.now(), 0); // the fake server says nought
});

test("a silence is broken by what changes nothing: a new list would end the details", async () => {
  const s = desk();
  s.desk.useLook("class-1");
  await s.connect();
  for (let n = 0; n < 4; n++) {
    s.clock.advance(2_000);
    await settle();
  }
  assert.equal(s.server.of("look.open").length, 1);
  assert.equal(s.server.of("look.room").length, 2);
  assert.equal(s.server.of("look.room")[1]?.["after"], Number.MAX_SAFE_INTEGER);
  assert.equal(s.desk.looking.value.detail?.sites.size, 1);
});
