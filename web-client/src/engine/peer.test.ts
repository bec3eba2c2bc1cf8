import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePath } from "../../test/fakepath";
import { Peer } from "./peer";

Object.assign(globalThis, { RTCPeerConnection: FakePath });

const VILLAGE = { up_bps: 200_000, up_height: 180 };

async function accepted(prepare: (path: FakePath) => void = () => undefined): Promise<{ peer: Peer; path: FakePath }> {
  const peer = new Peer([], () => undefined);
  const path = FakePath.all.at(-1);
  assert.ok(path);
  path.layers.set("1", 3).set("2", 2);
  prepare(path);
  assert.equal(await peer.accept("offer"), "answer 1");
  return { peer, path };
}

function active(path: FakePath, mid: string): unknown[] {
  return (path.encodings.get(mid) ?? []).map((e) => e["active"]);
}

test("after the answer camera and screen send all their layers", async () => {
  const { path } = await accepted();
  assert.deepEqual(path.encodings.get("1")?.map((e) => e["scaleResolutionDownBy"]), [4, 2, 1]);
  assert.deepEqual(path.encodings.get("2")?.map((e) => e["scaleResolutionDownBy"]), [2, 1]);
  assert.deepEqual(active(path, "1"), [true, true, true]);
  assert.equal(path.encodings.get("0")?.length, 1);
});

test("a browser without temporal layers keeps the other limits", async () => {
  const { path } = await accepted((p) => { p.unknown_field = "scalabilityMode"; });
  assert.deepEqual(path.encodings.get("1")?.map((e) => e["maxBitrate"]), [150_000, 500_000, 1_500_000]);
  assert.ok(path.encodings.get("1")?.every((e) => !("scalabilityMode" in e)));
});

test("a browser that takes no limits is left to itself", async () => {
  const { peer, path } = await accepted((p) => { p.unknown_field = "active"; });
  await peer.setLayers("camera", [0]);
  assert.equal(path.encodings.size, 0);
});

test("layers that nobody watches are left out and come back", async () => {
  const { peer, path } = await accepted();
  await peer.setLayers("camera", [0, 1]);
  assert.deepEqual(active(path, "1"), [true, true, false]);
  await peer.setLayers("screen", []);
  assert.deepEqual(active(path, "2"), [false, false]);
  assert.deepEqual(active(path, "1"), [true, true, false]);
  await peer.setLayers("camera", [0, 1, 2]);
  assert.deepEqual(active(path, "1"), [true, true, true]);
});

test("a narrow line's bound and what is watched hold together", async () => {
  const { peer, path } = await accepted();
  await peer.setLayers("camera", [0, 1]);
  await peer.setBounds(VILLAGE);
  assert.deepEqual(active(path, "1"), [true, false, false]);
  await peer.setBounds({ up_bps: 0, up_height: 0 });
  assert.deepEqual(active(path, "1"), [true, true, false]);
});

test("fresh servers are used where the browser can, and nothing fails where it cannot", async () => {
  const servers = [{ urls: ["turn:t"], username: "u", credential: "c" }];
  const { peer, path } = await accepted();
  peer.useServers([]);
  assert.equal(path.configurations.length, 1);
  peer.useServers(servers);
  assert.deepEqual(path.configurations.at(-1)?.iceServers, servers);
  Object.assign(path, { setConfiguration: () => { throw new Error("not now"); } });
  peer.useServers(servers);
  Object.assign(path, { setConfiguration: undefined });
  peer.useServers(servers);
  assert.equal(path.configurations.length, 2);
  assert.equal(await peer.accept("restart"), "answer 2");
});

test("changes at once come one after the other, the last holds", async () => {
  const { peer, path } = await accepted();
  await Promise.all([peer.setLayers("camera", [0]), peer.setBounds(VILLAGE), peer.setLayers("camera", [0, 1, 2]), peer.setBounds({ up_bps: 0, up_height: 0 })]);
  assert.deepEqual(active(path, "1"), [true, true, true]);
});

test("limits follow the picture that is sent", async () => {
  const { peer, path } = await accepted();
  const small = { getSettings: () => ({ width: 640, height: 360 }) } as unknown as MediaStreamTrack;
  await peer.send("camera", small);
  assert.deepEqual(active(path, "1"), [true, true, false]);
  assert.deepEqual(path.encodings.get("1")?.map((e) => e["scaleResolutionDownBy"]), [2, 1, 1]);
});

const mimes = (path: FakePath): unknown[] => (path.encodings.get("1") ?? []).map((e) => (e["codec"] as { mimeType: string } | undefined)?.mimeType);

test("another coding is one stream of that codec, and goes back to what it was", async () => {
  const { peer, path } = await accepted((p) => { p.codecs = ["video/VP8", "video/VP9"]; });
  assert.ok(mimes(path).every((m) => m === undefined));
  assert.equal(await peer.setCoding("vp9"), true);
  assert.deepEqual(active(path, "1"), [true, false, false]);
  assert.equal(path.limits("1")?.["scalabilityMode"], "L3T3_KEY");
  assert.deepEqual(mimes(path), ["video/VP9", "video/VP9", "video/VP9"]);
  await peer.setLayers("camera", [0]);
  assert.equal(path.limits("1")?.["scalabilityMode"], "L1T3");
  assert.deepEqual(active(path, "2"), [true, true]);
  await peer.setLayers("camera", [0, 1, 2]);
  assert.equal(await peer.setCoding("usual"), true);
  assert.deepEqual(active(path, "1"), [true, true, true]);
  assert.deepEqual(mimes(path), ["video/VP8", "video/VP8", "video/VP8"]);
});

test("a browser that cannot change the codec goes on as usual and says so", async () => {
  const { peer, path } = await accepted((p) => { p.codecs = ["video/VP8", "video/VP9"]; p.ignored_field = "codec"; });
  assert.equal(await peer.setCoding("vp9"), false);
  assert.deepEqual(active(path, "1"), [true, true, true]);
  assert.deepEqual(path.encodings.get("1")?.map((e) => e["scaleResolutionDownBy"]), [4, 2, 1]);
  assert.equal(await peer.setCoding("av1"), false);
});
