import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeServer, smallRoom } from "../../test/fakeserver";
import { FakeClock } from "../base/clock";
import type { HelloReply, ServerEvent } from "./messages";
import { backoff_ms, Link, RequestError } from "./socket";
import type { LinkConfig } from "./socket";

interface Setup {
  readonly server: FakeServer;
  readonly clock: FakeClock;
  readonly link: Link;
  readonly welcomes: HelloReply[];
  readonly events: ServerEvent[];
  readonly refused: RequestError[];
  readonly kept: { token?: string };
}

function setup(fields: Partial<LinkConfig> = {}): Setup {
  const server = new FakeServer(smallRoom());
  const clock = new FakeClock();
  const welcomes: HelloReply[] = [];
  const events: ServerEvent[] = [];
  const refused: RequestError[] = [];
  const kept: { token?: string } = {};
  const link = new Link({
    open: () => server.open(), clock, random: () => 0, lang: () => "zh-CN",
    resume: { get: () => kept.token, set: (token) => { if (token === undefined) delete kept.token; else kept.token = token; } },
    onWelcome: (w) => welcomes.push(w), onEvent: (e) => events.push(e), onRefused: (e) => refused.push(e), ...fields,
  });
  return { server, clock, link, welcomes, events, refused, kept };
}

const settle = (): Promise<void> => new Promise((done) => setImmediate(done));

async function greeted(fields: Partial<LinkConfig> = {}): Promise<Setup> {
  const s = setup(fields);
  s.link.start();
  s.server.connect();
  await settle();
  return s;
}

test("the first message of a socket is hello, and requests follow it", async () => {
  const s = setup();
  s.link.start();
  const asked = s.link.request("room.lock", { locked: true });
  s.server.connect();
  assert.deepEqual(s.server.received.map((r) => r.type), ["hello"]);
  await asked;
  assert.deepEqual(s.server.received.map((r) => r.type), ["hello", "room.lock"]);
  assert.equal(s.link.state.value.phase, "ready");
});

test("a typed error rejects the request with its code and field", async () => {
  const s = await greeted();
  s.server.refuse.set("room.lock", "forbidden");
  await assert.rejects(s.link.request("room.lock", { locked: true }), (e: unknown) => e instanceof RequestError && e.code === "forbidden");
});

test("a dropped line is taken up again after 0.2 s, and so while a server may be restarting", async () => {
  const s = await greeted();
  s.server.socket.cut();
  assert.equal(s.link.state.value.phase, "waiting");
  s.clock.advance(199);
  assert.equal(s.server.sockets.length, 1);
  s.clock.advance(1);
  assert.equal(s.server.sockets.length, 2);
  s.server.socket.cut();
  s.clock.advance(200);
  assert.equal(s.server.sockets.length, 3);
});

test("the wait has jitter and an upper bound", () => {
  assert.equal(backoff_ms(0, 0), 200);
  assert.equal(backoff_ms(0, 1), 1_200);
  assert.equal(backoff_ms(20, 1), 1_200);
  assert.ok(backoff_ms(24, 0) > 2_000);
  for (let attempt = 0; attempt < 60; attempt++) assert.ok(backoff_ms(attempt, 1) <= 13_000);
});

test("after a resume an unanswered request is sent again with the same id and answered once", async () => {
  const s = await greeted();
  s.kept.token = "resume-0";
  s.server.ignore.add("chat.send");
  const said = s.link.request("chat.send", { text: "你好" });
  s.server.socket.cut();
  s.server.resumed = true;
  s.server.ignore.clear();
  s.clock.advance(200);
  s.server.connect();
  await said;
  const ids = s.server.of("chat.send").map((r) => r.id);
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
});

test("without a resume what was sent fails as lost, what was not is sent", async () => {
  const s = await greeted();
  s.server.ignore.add("chat.send");
  const said = s.link.request("chat.send", { text: "甲" });
  s.server.socket.cut();
  const locked = s.link.request("room.lock", { locked: true });
  s.clock.advance(200);
  s.server.connect();
  await assert.rejects(said, (e: unknown) => e instanceof RequestError && e.code === "lost");
  await locked;
});

test("hello carries the resume token and the last event seen; repeated events are dropped", async () => {
  const s = await greeted();
  s.kept.token = "resume-0";
  s.server.emit({ event: "media.up" });
  s.server.emit({ event: "media.up" });
  s.server.resumed = true;
  s.server.socket.cut();
  s.clock.advance(200);
  s.server.connect();
  await settle();
  const hello = s.server.of("hello")[1];
  assert.equal(hello?.["resume"], "resume-0");
  assert.equal(hello?.["last_seq"], 2);
  assert.equal(s.kept.token, "resume-1");
  s.server.socket.onmessage?.(JSON.stringify({ event: "media.up", seq: 2 }));
  assert.equal(s.events.length, 2);
  s.server.socket.onmessage?.(JSON.stringify({ event: "media.up", seq: 3 }));
  assert.equal(s.events.length, 3);
});

test("a refused resume is forgotten and the seat is asked for anew", async () => {
  const s = setup();
  s.kept.token = "old";
  s.server.refuse.set("hello", "resume_refused");
  s.link.start();
  s.server.connect();
  await settle();
  assert.equal(s.kept.token, undefined);
  s.server.refuse.clear();
  s.clock.advance(200);
  s.server.connect();
  await settle();
  assert.equal(s.link.state.value.phase, "ready");
  assert.equal(s.server.of("hello")[1]?.["resume"], undefined);
});

test("a refusal for good ends the link and says why", async () => {
  const s = setup();
  s.server.refuse.set("hello", "token_invalid");
  s.link.start();
  s.server.connect();
  await settle();
  assert.equal(s.refused[0]?.code, "token_invalid");
  assert.equal(s.link.state.value.phase, "over");
  s.clock.advance(60_000);
  assert.equal(s.server.sockets.length, 1);
});

test("a line that swallows requests is given up and taken up again", async () => {
  const s = await greeted();
  s.kept.token = "resume-0";
  s.server.ignore.add("room.lock");
  void s.link.request("room.lock", { locked: true }).catch(() => undefined);
  s.clock.advance(11_000);
  assert.equal(s.server.sockets.length, 2);
});

test("a silent line is probed", async () => {
  let probes = 0;
  const s = await greeted({ probe: () => { probes++; } });
  s.clock.advance(4_000);
  assert.equal(probes, 0);
  s.clock.advance(4_000);
  assert.ok(probes > 0);
});

test("a socket that never opens is given up", () => {
  const s = setup();
  s.link.start();
  s.clock.advance(8_000);
  assert.equal(s.link.state.value.phase, "waiting");
  s.clock.advance(1_000);
  assert.equal(s.server.sockets.length, 2);
});

test("what is no message is ignored", async () => {
  const s = await greeted();
  for (const junk of ["", "{", "[]", "null", '{"reply":"x"}', '{"event":"y"}', new ArrayBuffer(4)]) s.server.socket.onmessage?.(junk);
  assert.equal(s.events.length, 0);
  assert.equal(s.link.state.value.phase, "ready");
});

test("stopping leaves no timer and no socket behind", async () => {
  const s = await greeted();
  s.link.stop();
  assert.equal(s.clock.waiting, 0);
  assert.equal(s.server.socket.closed, true);
  await assert.rejects(s.link.request("leave", {}));
});
