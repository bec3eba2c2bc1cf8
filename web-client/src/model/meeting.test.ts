import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePath } from "../../test/fakepath";
import { FakeServer, seat, smallRoom } from "../../test/fakeserver";
import { FakeClock } from "../base/clock";
import { Capture } from "../engine/capture";
import { Player } from "../engine/player";
import { Meeting } from "./meeting";

class FakeAudio {
  readonly state = "running";
  createMediaStreamSource = () => ({ connect: () => undefined, disconnect: () => undefined });
  createAnalyser = () => ({ fftSize: 0, getFloatTimeDomainData: () => undefined });
}

class FakeTrack {
  onended: (() => void) | null = null;
  stopped = false;
  contentHint = "";

  constructor(readonly kind: string) {}

  stop(): void {
    this.stopped = true;
  }
}

Object.assign(globalThis, { RTCPeerConnection: FakePath, AudioContext: FakeAudio, MediaStream: class {} });
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: { mediaDevices: { getUserMedia: async ({ audio }: { audio?: unknown }) => ({ getTracks: () => [new FakeTrack(audio ? "audio" : "video")] }) } },
});

const settle = async (): Promise<void> => {
  for (let n = 0; n < 5; n++) await new Promise((done) => setImmediate(done));
};

async function joined(mic = true, camera = true, turn?: string) {
  const server = new FakeServer(smallRoom({ seats: [seat("a", { role: "host", on: ["mic", "camera"] }), seat("b", { on: ["camera", "mic"] })] }));
  server.turn = turn;
  const clock = new FakeClock();
  const kept: { token?: string; inside: boolean } = { inside: false };
  const capture = new Capture();
  if (mic) await capture.openMic();
  if (camera) await capture.openCamera();
  const meeting = new Meeting({
    room: "r1", profile: "desktop", mic, camera, people: async () => [], open: () => server.open(), clock, random: () => 0, lang: () => "zh-CN",
    resume: { get: () => kept.token, set: (token) => { if (token === undefined) delete kept.token; else kept.token = token; } },
    onInside: (inside) => { kept.inside = inside; },
  }, capture, new Player({} as HTMLElement));
  FakePath.all.length = 0;
  meeting.start();
  server.connect();
  await settle();
  const path = (): FakePath => {
    const last = FakePath.all[FakePath.all.length - 1];
    if (!last) throw new Error("no path");
    return last;
  };
  const comeBack = async (): Promise<void> => {
    server.socket.cut();
    clock.advance(200);
    server.connect();
    await settle();
  };
  return { server, clock, meeting, capture, kept, path, comeBack, end: () => meeting.leave() };
}

async function finish(s: Awaited<ReturnType<typeof joined>>): Promise<void> {
  const left = s.end();
  await settle();
  s.clock.advance(1_000); // a server that cannot be reached is not waited for
  await left;
  await settle();
}

test("joining answers the offer once, with the own lines ready to send", async () => {
  const s = await joined();
  assert.equal(s.meeting.phase.value.kind, "room");
  assert.deepEqual(s.server.of("answer").map((r) => r["sdp"]), ["answer 1"]);
  assert.deepEqual(s.path().directions, ["sendonly", "sendonly", "sendonly", "sendonly"]);
  assert.equal(s.path().sent.get("0"), s.capture.track("mic"));
  assert.equal(s.kept.inside, true);
  await finish(s);
  assert.equal(s.kept.inside, false);
});

test("a resume with living media keeps the path and joins no second time", async () => {
  const s = await joined();
  s.path().become("connected");
  s.server.resumed = true;
  await s.comeBack();
  assert.equal(s.server.of("join").length, 1);
  assert.equal(s.server.of("ice.restart").length, 0);
  assert.equal(FakePath.all.length, 1);
  await finish(s);
});

test("a resume with dead media restarts ICE on the same path", async () => {
  const s = await joined();
  s.server.resumed = true;
  s.server.media_alive = false;
  await s.comeBack();
  assert.equal(s.server.of("ice.restart").length, 1);
  assert.equal(s.server.of("answer").length, 2);
  assert.equal(FakePath.all.length, 1);
  await finish(s);
});

test("the path is told the server's TURN servers, and fresh credentials at each restart", async () => {
  const s = await joined(true, true, "turns:turn.example:443?transport=tcp");
  s.server.resumed = true;
  s.server.media_alive = false;
  await s.comeBack();
  assert.deepEqual(s.path().configurations.map((c) => c.iceServers?.map((i) => [i.urls, i.username])), [
    [[["turns:turn.example:443?transport=tcp"], "user-1"]], [[["turns:turn.example:443?transport=tcp"], "user-2"]],
  ]);
  await finish(s);
});

test("another epoch: a new path, the same tracks, joined by itself", async () => {
  const s = await joined();
  const mic = s.capture.track("mic");
  const first = s.path();
  s.server.epoch = "epoch-2";
  await s.comeBack();
  assert.equal(first.closed, true);
  assert.equal(FakePath.all.length, 2);
  assert.equal(s.path().sent.get("0"), mic);
  assert.equal((mic as unknown as FakeTrack).stopped, false);
  assert.equal(s.server.of("join").length, 2);
  await finish(s);
});

test("a path that fails is restarted, not oftener than every five seconds", async () => {
  const s = await joined();
  s.path().become("connected");
  s.clock.advance(10_000);
  for (let n = 0; n < 4; n++) {
    s.path().become("failed");
    s.clock.advance(1);
    s.path().become("connecting");
  }
  await settle();
  assert.equal(s.server.of("ice.restart").length, 1);
  await finish(s);
});

test("a restart to which nothing answers is asked for over a new socket, with the same id", async () => {
  const s = await joined();
  s.path().become("connected");
  s.server.ignore.add("ice.restart");
  s.path().become("failed");
  s.clock.advance(0);
  await settle();
  assert.equal(s.server.of("ice.restart").length, 1);
  s.clock.advance(2_500);
  assert.equal(s.server.sockets.length, 2);
  s.server.ignore.clear();
  s.server.resumed = true;
  s.server.connect();
  await settle();
  const [first, again] = s.server.of("ice.restart");
  assert.equal(first?.id, again?.id);
  assert.equal(s.path().offers.length, 2);
  await finish(s);
});

test("a restart's offer that is not taken makes a new path", async () => {
  const s = await joined();
  s.path().become("connected");
  FakePath.refuses = true;
  s.path().become("failed");
  s.clock.advance(0);
  for (let n = 0; n < 3; n++) await new Promise((done) => setImmediate(done));
  FakePath.refuses = false;
  await settle();
  assert.equal(s.server.of("join").length, 2);
  await finish(s);
});

test("the network is there again: new ways are looked for at once", async () => {
  const s = await joined();
  s.path().become("connected");
  s.meeting.networkChanged();
  await settle();
  assert.equal(s.server.of("ice.restart").length, 1);
  await finish(s);
});

test("muted by the host: nothing is sent any more, and the page says so", async () => {
  const s = await joined();
  s.server.emit({ event: "notice", notice: "muted_by_host", by: "主持人" });
  await settle();
  assert.equal(s.meeting.own.isOn("mic"), false);
  assert.equal(s.path().sent.get("0"), null);
  assert.equal(s.meeting.notices.items.value[0]?.kind, "muted_by_host");
  await finish(s);
});

test("a blocked microphone cannot be switched on, and the server is not even asked", async () => {
  const s = await joined();
  s.server.emit({ event: "roster.delta", seats: [seat("a", { blocked: ["mic"], on: ["camera"] })], gone: [], here: 2 });
  await settle();
  assert.equal(s.meeting.own.isOn("mic"), false);
  await s.meeting.own.toggle("mic");
  assert.equal(s.server.of("source.set").length, 0);
  assert.equal(s.meeting.own.isOn("mic"), false);
  await finish(s);
});

test("switching off silences first and tells then; switching on waits for the server's word", async () => {
  const s = await joined();
  s.server.ignore.add("source.set");
  void s.meeting.own.toggle("mic");
  await settle();
  assert.equal(s.path().sent.get("0"), null);
  s.server.ignore.clear();
  s.server.refuse.set("source.set", "forbidden");
  await s.meeting.own.toggle("camera");
  await s.meeting.own.toggle("camera");
  assert.equal(s.meeting.own.isOn("camera"), false);
  await finish(s);
});

test("the roster is read page by page", async () => {
  const s = await joined();
  await finish(s);
  const server = new FakeServer(smallRoom({ seats: [seat("a"), ...Array.from({ length: 199 }, (_, n) => seat(`s${n}`))] }));
  const meeting = new Meeting({
    room: "r1", profile: "desktop", mic: false, camera: false, people: async () => [], open: () => server.open(), clock: new FakeClock(), random: () => 0, lang: () => "en",
    resume: { get: () => undefined, set: () => undefined }, onInside: () => undefined,
  }, new Capture(), new Player({} as HTMLElement));
  meeting.start();
  server.connect();
  await settle();
  await settle();
  assert.equal(meeting.room.value?.seats.size, 200);
  assert.equal(server.of("roster.page").length, 3);
  await meeting.leave();
});

test("what is watched is sent once: a new page at once, what changes right after it a moment later", async () => {
  const s = await joined();
  const before = s.server.of("watch").length;
  s.meeting.watch([{ seat: "b", source: "camera" }]);
  s.meeting.watch([{ seat: "b", source: "screen" }]);
  s.clock.advance(0);
  s.meeting.watch([{ seat: "b", source: "screen" }]);
  s.meeting.watch([{ seat: "a", source: "camera" }]);
  s.clock.advance(149);
  assert.deepEqual(s.server.of("watch").slice(before).map((r) => r["items"]), [[{ seat: "b", source: "screen" }]]);
  s.clock.advance(1);
  assert.deepEqual(s.server.of("watch").slice(before + 1).map((r) => r["items"]), [[{ seat: "a", source: "camera" }]]);
  await finish(s);
});

test("a wish to watch that went down with the socket is told after the resume", async () => {
  const s = await joined();
  s.server.resumed = true;
  s.server.ignore.add("watch");
  s.meeting.watch([{ seat: "b", source: "camera" }]);
  s.clock.advance(0);
  const before = s.server.of("watch").length;
  assert.ok(before > 0);
  s.server.ignore.delete("watch");
  await s.comeBack();
  assert.deepEqual(s.server.of("watch").slice(before).map((r) => r["items"]), [[{ seat: "b", source: "camera" }]]);
  await s.comeBack(); // it is known now
  assert.equal(s.server.of("watch").length, before + 1);
  await finish(s);
});

test("a wish to watch that came too soon for the server is told again later", async () => {
  const s = await joined();
  s.server.refuse.set("watch", "rate_limited");
  s.meeting.watch([{ seat: "b", source: "camera" }]);
  s.clock.advance(0);
  await settle();
  const before = s.server.of("watch").length;
  s.server.refuse.delete("watch");
  s.clock.advance(3_000);
  await settle();
  s.clock.advance(0);
  assert.deepEqual(s.server.of("watch").slice(before).map((r) => r["items"]), [[{ seat: "b", source: "camera" }]]);
  await finish(s);
});

test("a page that nobody sees asks for no pictures after a while, and for all of them at once when it is seen", async () => {
  const s = await joined();
  s.meeting.watch([{ seat: "b", source: "camera" }], ["b"]);
  s.clock.advance(150);
  const before = s.server.of("watch").length;
  s.meeting.seen(false);
  s.clock.advance(4_000);
  s.meeting.seen(true);
  await settle();
  s.clock.advance(2_000);
  await settle();
  const again = s.server.of("watch").length;
  assert.deepEqual(s.server.of("watch").slice(before).map((r) => r["items"]).filter((i) => (i as unknown[]).length === 0), []);
  s.meeting.seen(false);
  await settle();
  s.clock.advance(5_000);
  await settle();
  assert.deepEqual([s.server.of("watch").at(-1)?.["items"], s.server.of("watch").at(-1)?.["pinned"]], [[], ["b"]]);
  s.meeting.watch([{ seat: "a", source: "camera" }], ["b"]); // somebody came meanwhile
  s.clock.advance(1_000);
  await settle();
  assert.deepEqual(s.server.of("watch").at(-1)?.["items"], []);
  s.meeting.seen(true);
  assert.deepEqual(s.server.of("watch").at(-1)?.["items"], [{ seat: "a", source: "camera" }]);
  assert.ok(s.server.of("watch").length >= again + 2);
  await finish(s);
});

test("a line found narrow bounds what is sent and is told; the choice goes into the next join", async () => {
  const s = await joined();
  const line = { choice: "auto", profile: "village", down_bps: 1_200_000, up_bps: 200_000, videos: 2, height: 360, up_height: 180 } as const;
  s.server.emit({ event: "line", line });
  await settle();
  assert.equal(s.meeting.bounds.value.videos, 2);
  assert.deepEqual(s.meeting.notices.items.value.map((i) => i.kind), ["line_narrow"]);
  assert.equal(s.path().limits("1")?.["maxBitrate"], 160_000);
  s.server.emit({ event: "source.layers", source: "camera", layers: [] });
  await settle();
  assert.equal(s.path().limits("1")?.["active"], false);
  s.server.emit({ event: "line", line: { ...line, choice: "voice", profile: "voice" } });
  s.server.emit({ event: "media.down", rejoin: true });
  await settle();
  assert.equal(s.server.of("join")[1]?.["line"], "voice");
  assert.equal(s.meeting.notices.items.value.length, 2); // the second: back in the meeting
  await finish(s);
});

test("mute all without self-unmute can be undone for five seconds", async () => {
  const s = await joined();
  await s.meeting.host.muteAll(false);
  const notice = s.meeting.notices.items.value[0];
  assert.equal(notice?.kind, "muted_all");
  notice?.undo?.();
  await settle();
  assert.equal(s.server.of("room.allow_unmute").length, 1);
  await s.meeting.host.muteAll(false);
  s.clock.advance(5_000);
  assert.equal(s.meeting.notices.items.value.some((n) => n.kind === "muted_all"), false);
  await s.meeting.host.muteAll(true);
  assert.equal(s.meeting.notices.items.value.find((n) => n.kind === "muted_all")?.undo, undefined);
  await finish(s);
});

test("removed: the stay is over, devices are released, and the page says why", async () => {
  const s = await joined();
  const mic = s.capture.track("mic") as unknown as FakeTrack;
  s.server.emit({ event: "ended", reason: "removed" });
  await settle();
  const phase = s.meeting.phase.value;
  assert.equal(phase.kind === "over" && phase.failure?.kind, "removed");
  assert.equal(mic.stopped, true);
  assert.equal(s.path().closed, true);
  s.clock.advance(60_000);
  assert.equal(s.server.sockets.length, 1);
});

test("a server that closes for a restart is waited for", async () => {
  const s = await joined();
  s.server.emit({ event: "server.closing" });
  s.server.socket.cut();
  s.clock.advance(100);
  assert.equal(s.meeting.phase.value.kind, "room");
  assert.equal(s.meeting.line.value.why, "server");
  await finish(s);
});

test("a full or locked room is told, with the devices released", async () => {
  for (const code of ["room_full", "room_locked"]) {
    const server = new FakeServer(smallRoom());
    server.refuse.set("join", code);
    const meeting = new Meeting({
      room: "r1", profile: "phone", mic: false, camera: false, people: async () => [], open: () => server.open(), clock: new FakeClock(), random: () => 0, lang: () => "en",
      resume: { get: () => undefined, set: () => undefined }, onInside: () => undefined,
    }, new Capture(), new Player({} as HTMLElement));
    meeting.start();
    server.connect();
    await settle();
    const phase = meeting.phase.value;
    assert.equal(phase.kind === "over" && phase.failure?.kind, code);
  }
});

test("a stay leaves no timer behind", async () => {
  const s = await joined();
  await finish(s);
  s.clock.advance(30_000);
  assert.equal(s.clock.waiting, 0);
});
