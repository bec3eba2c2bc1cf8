import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePath } from "../../test/fakepath";
import { FakeServer, smallRoom } from "../../test/fakeserver";
import { FakeClock } from "../base/clock";
import type { WallSlot } from "../protocol/messages";
import { Player } from "./player";
import { Wall } from "./wall";

Object.assign(globalThis, { RTCPeerConnection: FakePath });

const settle = async (): Promise<void> => {
  for (let n = 0; n < 5; n++) await new Promise((done) => setImmediate(done));
};

const ANN: WallSlot = { slot: 4, room: "r1", seat: "ann", source: "camera", height: 180 };
const BOB: WallSlot = { slot: 5, room: "r2", seat: "bob", source: "camera" };

async function opened() {
  const server = new FakeServer(smallRoom());
  const clock = new FakeClock();
  const kept: { token?: string } = {};
  const wall = new Wall({
    profile: "desktop", open: () => server.open(), clock, random: () => 0, lang: () => "zh-CN",
    resume: { get: () => kept.token, set: (token) => { if (token === undefined) delete kept.token; else kept.token = token; } },
  }, new Player({} as HTMLElement));
  FakePath.all.length = 0;
  wall.start();
  server.connect();
  await settle();
  const comeBack = async (): Promise<void> => {
    server.socket.cut();
    clock.advance(200);
    server.connect();
    await settle();
  };
  return { server, clock, kept, wall, comeBack };
}

test("a wall opens, answers the offer and sends nothing of its own", async () => {
  const { server, kept, wall } = await opened();
  assert.deepEqual(server.received.map((r) => r.type), ["hello", "wall.open", "wall.show", "answer"]);
  assert.equal(server.of("answer")[0]?.["sdp"], "answer 1");
  assert.deepEqual(FakePath.all[0]?.directions, ["recvonly", "recvonly", "recvonly", "recvonly"]);
  assert.equal(wall.state.value.phase, "open");
  assert.equal(kept.token, "resume-1");
});

test("a page is sent whole, and only the last of those turned meanwhile", async () => {
  const { server, wall } = await opened();
  wall.show([ANN]);
  wall.show([BOB]);
  wall.show([ANN, BOB]);
  await settle();
  assert.deepEqual(server.of("wall.show").map((r) => r["slots"]), [[], [ANN], [ANN, BOB]]);
});

test("a page over the rate is sent again later", async () => {
  const { server, clock, wall } = await opened();
  server.refuse.set("wall.show", "rate_limited");
  wall.show([ANN]);
  await settle();
  server.refuse.clear();
  clock.advance(3_000);
  await settle();
  assert.equal(server.of("wall.show").length, 3);
  assert.deepEqual(server.of("wall.show")[2]?.["slots"], [ANN]);
});

test("a page for which the server has no time just now is sent again later", async () => {
  const { server, clock, wall } = await opened();
  server.refuse.set("wall.show", "overloaded");
  wall.show([ANN]);
  await settle();
  server.refuse.clear();
  wall.show([BOB]);
  clock.advance(3_000);
  await settle();
  assert.deepEqual(server.of("wall.show").at(-1)?.["slots"], [BOB]);
});

test("an offer that the browser does not take is asked for again, and then the wall is over", async () => {
  const { server, clock, wall } = await opened();
  const told: string[] = [];
  wall.state.subscribe((s) => told.push(s.phase));
  FakePath.refuses = true;
  server.emit({ event: "media.down", rejoin: true });
  await settle();
  assert.equal(wall.state.value.phase, "opening");
  FakePath.refuses = false;
  clock.advance(3_000);
  await settle();
  assert.equal(wall.state.value.phase, "open");
  FakePath.refuses = true;
  server.emit({ event: "media.down", rejoin: true });
  for (let n = 0; n < 3; n++) {
    await settle();
    clock.advance(3_000);
  }
  FakePath.refuses = false;
  assert.equal(wall.state.value.why, "bad_sdp");
  assert.equal(clock.waiting, 0);
});

test("what may not be seen is refused, until the next page", async () => {
  const { server, wall } = await opened();
  wall.show([ANN, BOB]);
  await settle();
  server.emit({ event: "slot.bound", slots: [{ slot: 4, binding: 1, room: "r1", seat: "ann", source: "camera" }] });
  server.emit({ event: "wall.refused", slot: 5, reason: "not_found" });
  assert.equal(wall.state.value.refused.get(5), "not_found");
  assert.equal(wall.player.view.value.slots.get(4)?.next?.room, "r1");
  wall.show([ANN]);
  await settle();
  assert.equal(wall.state.value.refused.size, 0);
});

test("a picture that the browser cannot play is known, until there is another path", async () => {
  const { server, wall } = await opened();
  server.emit({ event: "slot.unplayable", room: "r1", seat: "ann", source: "camera" });
  assert.deepEqual([...wall.state.value.unplayable], ["r1/ann/camera"]);
  server.emit({ event: "media.down", rejoin: true });
  await settle();
  assert.equal(wall.state.value.unplayable.size, 0);
});

test("after a resume the path stays and the page is shown again", async () => {
  const { server, wall, comeBack } = await opened();
  wall.show([ANN]);
  await settle();
  server.resumed = true;
  await comeBack();
  assert.equal(server.of("wall.open").length, 1);
  assert.equal(FakePath.all.length, 1);
  assert.deepEqual(server.of("wall.show")[2]?.["slots"], [ANN]);
});

test("a server that does not know the wall any more opens another, which shows the page", async () => {
  const { server, wall, comeBack } = await opened();
  wall.show([ANN]);
  await settle();
  await comeBack();
  assert.equal(server.of("wall.open").length, 2);
  assert.equal(FakePath.all[0]?.closed, true);
  assert.equal(FakePath.all.length, 2);
  assert.deepEqual(server.of("wall.show").at(-1)?.["slots"], [ANN]);
});

test("a path that fails is restarted, and a dead one is opened anew", async () => {
  const { server, clock } = await opened();
  FakePath.all[0]?.become("failed");
  clock.advance(0);
  await settle();
  assert.equal(server.of("ice.restart").length, 1);
  assert.equal(FakePath.all[0]?.offers.length, 2);
  FakePath.all[0]?.become("connected");
  clock.advance(2_000);
  server.emit({ event: "media.silent" });
  await settle();
  assert.equal(server.of("ice.restart").length, 2);
  server.emit({ event: "media.down", rejoin: true });
  await settle();
  assert.equal(server.of("wall.open").length, 2);
  assert.equal(FakePath.all.length, 2);
});

test("a refusal for good and a takeover end it", async () => {
  const { server, wall, kept } = await opened();
  server.emit({ event: "ended", reason: "taken_over" });
  assert.equal(wall.state.value.phase, "over");
  assert.equal(wall.state.value.why, "taken_over");
  assert.equal(FakePath.all[0]?.closed, true);
  assert.equal(kept.token, undefined);
  const refused = new FakeServer(smallRoom());
  const other = new Wall({ profile: "phone", open: () => refused.open(), clock: new FakeClock(), random: () => 0, lang: () => "en", resume: { get: () => undefined, set: () => undefined } }, new Player({} as HTMLElement));
  refused.refuse.set("wall.open", "forbidden");
  other.start();
  refused.connect();
  await settle();
  assert.equal(other.state.value.why, "forbidden");
});

test("closing gives the wall up and leaves nothing behind", async () => {
  const { server, clock, wall } = await opened();
  wall.close();
  await settle();
  assert.equal(server.of("wall.close").length, 1);
  assert.equal(wall.state.value.phase, "over");
  assert.equal(clock.waiting, 0);
});
