import assert from "node:assert/strict";
import { test } from "node:test";
import { encodingOf, NO_BOUNDS } from "./sending";

const VILLAGE = { up_bps: 200_000, up_height: 180 };
const camera = { source: "camera", pictures: 1, width: 1280, height: 720 } as const;

test("without bounds each layer has its usual rate", () => {
  assert.deepEqual([0, 1, 2].map((layer) => encodingOf({ ...camera, count: 3, layer, bounds: NO_BOUNDS }).maxBitrate), [150_000, 500_000, 1_500_000]);
  assert.equal(encodingOf({ ...camera, count: 1, layer: 0, bounds: NO_BOUNDS }).maxBitrate, 1_500_000);
  assert.equal(encodingOf({ source: "screen", pictures: 1, width: 1920, height: 1080, count: 2, layer: 0, bounds: NO_BOUNDS }).maxBitrate, 600_000);
});

test("layers are halves of each other; only the thumbnail is slow", () => {
  const layers = [0, 1, 2].map((layer) => encodingOf({ ...camera, count: 3, layer, bounds: NO_BOUNDS }));
  assert.deepEqual(layers.map((e) => e.scaleResolutionDownBy), [4, 2, 1]);
  assert.deepEqual(layers.map((e) => e.maxFramerate), [15, 30, 30]);
  assert.ok(layers.every((e) => e.active && e.scalabilityMode === "L1T2"));
  const screen = [0, 1].map((layer) => encodingOf({ source: "screen", pictures: 1, width: 1920, height: 1080, count: 2, layer, bounds: NO_BOUNDS }));
  assert.deepEqual(screen.map((e) => e.scaleResolutionDownBy), [2, 1]);
  assert.deepEqual(screen.map((e) => e.maxFramerate), [15, 15]);
  assert.ok(screen.every((e) => !("scalabilityMode" in e)));
  assert.deepEqual(encodingOf({ source: "mic", pictures: 0, width: 0, height: 0, count: 1, layer: 0, bounds: NO_BOUNDS }), { active: true, maxBitrate: 48_000 });
});

test("a small camera has fewer layers, and its whole picture is one of them", () => {
  const sizes = [[320, 180, [1]], [640, 360, [2, 1]], [640, 480, [2, 1]], [960, 540, [4, 2, 1]], [720, 1280, [4, 2, 1]], [0, 0, [4, 2, 1]]] as const;
  for (const [width, height, scales] of sizes) {
    const layers = [0, 1, 2].map((layer) => encodingOf({ ...camera, width, height, count: 3, layer, bounds: NO_BOUNDS }));
    assert.deepEqual(layers.filter((e) => e.active).map((e) => e.scaleResolutionDownBy), [...scales]);
    assert.deepEqual(layers.map((e) => e.active), [0, 1, 2].map((layer) => layer < scales.length));
  }
  const phone = [0, 1, 2].map((layer) => encodingOf({ ...camera, width: 720, height: 1280, count: 3, layer, bounds: VILLAGE }));
  assert.equal(phone[0]?.scaleResolutionDownBy, 4);
  const small_window = [0, 1].map((layer) => encodingOf({ source: "screen", pictures: 1, width: 400, height: 300, count: 2, layer, bounds: NO_BOUNDS }));
  assert.deepEqual(small_window.map((e) => [e.active, e.scaleResolutionDownBy]), [[true, 1], [false, 1]]);
});

test("a village's simulcast is its lowest layer, of 180 lines whatever the camera", () => {
  for (const height of [360, 720, 1080]) {
    const layers = [0, 1, 2].map((layer) => encodingOf({ ...camera, width: (height * 16) / 9, height, count: 3, layer, bounds: VILLAGE }));
    assert.deepEqual(layers.map((e) => e.active), [true, false, false]);
    assert.equal(height / (layers[0]?.scaleResolutionDownBy ?? 0), 180);
    assert.ok((layers[0]?.maxBitrate ?? 0) <= 160_000);
  }
});

test("a bounded line is filled from the lowest layer up", () => {
  const bounds = { up_bps: 800_000, up_height: 0 };
  const layers = [0, 1, 2].map((layer) => encodingOf({ ...camera, count: 3, layer, bounds }));
  assert.deepEqual(layers.map((e) => e.active), [true, true, false]);
  assert.ok((layers[0]?.maxBitrate ?? 0) + (layers[1]?.maxBitrate ?? 0) <= 760_000);
  const wide = [0, 1, 2].map((layer) => encodingOf({ ...camera, count: 3, layer, bounds: { up_bps: 3_000_000, up_height: 360 } }));
  assert.deepEqual(wide.map((e) => e.active), [true, true, false]);
});

test("layers that nobody wants are off; before one is told all are on", () => {
  assert.equal(encodingOf({ ...camera, count: 3, layer: 2, bounds: NO_BOUNDS }).active, true);
  assert.equal(encodingOf({ ...camera, count: 3, layer: 2, wanted: [0, 1], bounds: NO_BOUNDS }).active, false);
  assert.equal(encodingOf({ ...camera, count: 3, layer: 0, wanted: [0, 1], bounds: NO_BOUNDS }).active, true);
});

test("a village sends 180 lines and its voice in 200 kbit/s", () => {
  const picture = encodingOf({ ...camera, count: 1, layer: 0, bounds: VILLAGE });
  const voice = encodingOf({ source: "mic", pictures: 1, width: 0, height: 0, count: 1, layer: 0, bounds: VILLAGE });
  assert.equal(picture.scaleResolutionDownBy, 4);
  assert.ok(picture.maxBitrate + voice.maxBitrate <= 200_000);
  const both = encodingOf({ ...camera, pictures: 2, count: 1, layer: 0, bounds: VILLAGE });
  assert.ok(2 * both.maxBitrate + voice.maxBitrate <= 200_000);
  assert.equal(encodingOf({ ...camera, width: 0, height: 0, count: 1, layer: 0, bounds: VILLAGE }).scaleResolutionDownBy, 1);
});

test("VP9 sends what is wanted in one stream, in place of the lowest layer", () => {
  const lean = (more: object) => [0, 1, 2].map((layer) => encodingOf({ ...camera, count: 3, layer, bounds: NO_BOUNDS, coding: "vp9", ...more }));
  const whole = lean({});
  assert.deepEqual(whole.map((e) => e.active), [true, false, false]);
  assert.equal(whole[0]?.scalabilityMode, "L3T3_KEY");
  assert.equal(whole[0]?.scaleResolutionDownBy, 1);
  assert.ok((whole[0]?.maxBitrate ?? 0) * 3 <= (150_000 + 500_000 + 1_500_000) * 2);
  assert.deepEqual([lean({ wanted: [0, 1] })[0], lean({ wanted: [0] })[0]].map((e) => [e?.scalabilityMode, e?.scaleResolutionDownBy]), [["L2T3_KEY", 2], ["L1T3", 4]]);
  assert.deepEqual([lean({ width: 640, height: 360 })[0], lean({ width: 320, height: 180 })[0]].map((e) => [e?.scalabilityMode, e?.scaleResolutionDownBy]), [["L2T3_KEY", 1], ["L1T3", 1]]);
  assert.equal(lean({ wanted: [] })[0]?.active, false);
});

test("bounds of a line hold for VP9 and AV1, too", () => {
  for (const coding of ["vp9", "av1"] as const) {
    const village = encodingOf({ ...camera, count: 3, layer: 0, coding, bounds: VILLAGE });
    assert.equal(village.scaleResolutionDownBy, 4);
    assert.ok(village.maxBitrate <= 160_000);
    assert.equal(encodingOf({ ...camera, count: 3, layer: 0, coding, bounds: { up_bps: 800_000, up_height: 360 } }).scaleResolutionDownBy, 2);
  }
  const small = encodingOf({ ...camera, count: 3, layer: 0, coding: "av1", wanted: [0], bounds: NO_BOUNDS });
  assert.deepEqual([small.scalabilityMode, small.scaleResolutionDownBy], ["L1T1", 4]);
});

test("a line for voices alone sends no picture", () => {
  const voice_only = { up_bps: 48_000, up_height: 0 };
  assert.equal(encodingOf({ ...camera, count: 1, layer: 0, bounds: voice_only }).active, false);
  assert.equal(encodingOf({ source: "mic", pictures: 0, width: 0, height: 0, count: 1, layer: 0, bounds: voice_only }).active, true);
});
