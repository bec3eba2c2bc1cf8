import assert from "node:assert/strict";
import { test } from "node:test";
import { loudness } from "./meter";
import { countersOf, figuresOf } from "./stats";

function report(sent: number, received: number, packets: number, lost: number): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ["o", { type: "outbound-rtp", kind: "video", bytesSent: sent, framesPerSecond: 30, frameWidth: 1280, frameHeight: 720, codecId: "c" }],
    ["q", { type: "outbound-rtp", kind: "video", bytesSent: 0, framesPerSecond: 15, frameWidth: 320, frameHeight: 180, codecId: "c" }],
    ["c", { type: "codec", mimeType: "video/VP8" }],
    ["i", { type: "inbound-rtp", kind: "video", bytesReceived: received, packetsReceived: packets, packetsLost: lost, framesPerSecond: 25 }],
    ["p", { type: "candidate-pair", nominated: true, state: "succeeded", currentRoundTripTime: 0.02, remoteCandidateId: "r" }],
    ["r", { type: "remote-candidate", protocol: "udp" }],
  ]);
}

test("bitrate and loss are those since the last look", () => {
  const before = countersOf(report(0, 1_000, 100, 50), 0);
  const second = report(125_000, 251_000, 190, 60);
  const figures = figuresOf(second, countersOf(second, 1_000), before);
  assert.equal(figures.up_bps, 1_000_000);
  assert.equal(figures.down_bps, 2_000_000);
  assert.equal(figures.loss_down, 0.1);
  assert.equal(figures.rtt_ms, 20);
  assert.deepEqual(figures.sending, { width: 1280, height: 720, fps: 30, codec: "VP8" });
  assert.equal(figures.transport, "UDP");
});

test("freezes, dropped frames and a slow computer are told since the last look, by slot", () => {
  const look = (freezes: number, dropped: number, reason: string): ReadonlyMap<string, unknown> => new Map<string, unknown>([
    ["a", { type: "inbound-rtp", kind: "video", mid: "s4", freezeCount: freezes, totalFreezesDuration: freezes * 0.3, framesReceived: 10 * dropped, framesDropped: dropped }],
    ["b", { type: "inbound-rtp", kind: "video", mid: "s5", framesReceived: 100 }], // Firefox: no freezes
    ["o", { type: "outbound-rtp", kind: "video", qualityLimitationReason: reason }],
  ]);
  const before = countersOf(look(1, 10, "none"), 0);
  const second = look(3, 20, "cpu");
  const figures = figuresOf(second, countersOf(second, 5_000), before);
  assert.deepEqual([figures.freezes, figures.freeze_ms, figures.dropped, figures.dropped_share, figures.cpu_limited], [2, 600, 10, 0.1, true]);
  assert.deepEqual(figures.slot_freezes, [{ slot: 4, freezes: 2 }]);
  assert.deepEqual(figuresOf(second, countersOf(second, 5_000), undefined).slot_freezes, []);
});

test("an empty report gives zeros, not nonsense", () => {
  const none = new Map<string, unknown>();
  const figures = figuresOf(none, countersOf(none, 5), countersOf(none, 5));
  assert.deepEqual([figures.up_bps, figures.loss_down, figures.receiving, figures.sending], [0, 0, 0, undefined]);
});

test("silence is 0, loud speech is near 1", () => {
  assert.equal(loudness(new Float32Array(1024)), 0);
  assert.ok(loudness(new Float32Array(1024).fill(0.25)) > 0.9);
});
