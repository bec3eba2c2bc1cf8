// What getStats says, as the few figures that a person can use.
import type { SlotReport } from "../protocol/messages";
import type { Traffic } from "./pulse";

export interface Figures {
  readonly up_bps: number;
  readonly down_bps: number;
  /** Share of packets that did not arrive, 0 to 1. */
  readonly loss_up: number;
  readonly loss_down: number;
  readonly rtt_ms?: number;
  readonly sending?: { readonly width: number; readonly height: number; readonly fps: number; readonly codec: string };
  readonly receiving: number;
  readonly transport: string;
  /** Pictures that stood still since the last look, and for how long; a browser that does not tell has none. */
  readonly freezes: number;
  readonly freeze_ms: number;
  /** Frames that came and were not shown, and their share of all. */
  readonly dropped: number;
  readonly dropped_share: number;
  /** The encoder makes pictures smaller since the computer is too slow. */
  readonly cpu_limited: boolean;
  /** By slot, of those that froze since the last look. */
  readonly slot_freezes: readonly SlotReport[];
}

interface SlotCounters {
  readonly slot: number;
  readonly freezes: number;
}

export interface Counters {
  readonly time_ms: number;
  readonly sent_bytes: number;
  readonly received_bytes: number;
  readonly received: number;
  readonly lost: number;
  readonly freezes: readonly SlotCounters[];
  readonly freeze_s: number;
  readonly frames: number;
  readonly dropped: number;
}

interface Row {
  readonly [field: string]: unknown;
}

function number(row: Row | undefined, field: string): number {
  const value = row?.[field];
  return typeof value === "number" ? value : 0;
}

function text(row: Row | undefined, field: string): string {
  const value = row?.[field];
  return typeof value === "string" ? value : "";
}

function rowsOf(report: ReadonlyMap<string, unknown>): readonly Row[] {
  return [...report.values()].filter((r): r is Row => typeof r === "object" && r !== null);
}

function sum(rows: readonly Row[], field: string): number {
  return rows.reduce((total, row) => total + number(row, field), 0);
}

export function countersOf(report: ReadonlyMap<string, unknown>, time_ms: number): Counters {
  const rows = rowsOf(report);
  const inbound = rows.filter((r) => r["type"] === "inbound-rtp");
  const outbound = rows.filter((r) => r["type"] === "outbound-rtp");
  return {
    time_ms, sent_bytes: sum(outbound, "bytesSent"), received_bytes: sum(inbound, "bytesReceived"),
    received: sum(inbound, "packetsReceived"), lost: Math.max(0, sum(inbound, "packetsLost")),
    freezes: inbound.flatMap(freezesOf), freeze_s: sum(inbound, "totalFreezesDuration"), frames: sum(inbound, "framesReceived"), dropped: sum(inbound, "framesDropped"),
  };
}

/** Of all pairs of addresses together: which of them is in use changes. */
export function trafficOf(report: ReadonlyMap<string, unknown>): Traffic | undefined {
  const pairs = rowsOf(report).filter((r) => r["type"] === "candidate-pair");
  return pairs.length > 0 ? { sent: sum(pairs, "bytesSent"), received: sum(pairs, "bytesReceived") } : undefined;
}

/** A slot's m-line is named s<slot>. */
function freezesOf(row: Row): readonly SlotCounters[] {
  const slot = /^s(\d+)$/.exec(text(row, "mid"))?.[1];
  return slot === undefined || row["kind"] !== "video" ? [] : [{ slot: Number(slot), freezes: number(row, "freezeCount") }];
}

/** Slots whose count has grown; one that came anew counts from nothing. */
function frozenSince(now: Counters, before: Counters | undefined): readonly SlotReport[] {
  const known = new Map(before?.freezes.map((s) => [s.slot, s.freezes]));
  return now.freezes
    .map(({ slot, freezes }) => ({ slot, freezes: Math.min(255, before ? Math.max(0, freezes - (known.get(slot) ?? 0)) : 0) }))
    .filter((s) => s.freezes > 0);
}

function rate(now: number, before: number, span_ms: number): number {
  return span_ms <= 0 ? 0 : Math.max(0, ((now - before) * 8_000) / span_ms);
}

/** The figures between two looks. */
export function figuresOf(report: ReadonlyMap<string, unknown>, now: Counters, before: Counters | undefined): Figures {
  const rows = rowsOf(report);
  const span = before ? now.time_ms - before.time_ms : 0;
  const got = now.received - (before?.received ?? 0);
  const lost = Math.max(0, now.lost - (before?.lost ?? 0));
  const pair = rows.find((r) => r["type"] === "candidate-pair" && r["nominated"] === true && r["state"] === "succeeded");
  const remote = rows.filter((r) => r["type"] === "remote-inbound-rtp");
  const rtt = number(pair, "currentRoundTripTime");
  const sending = sendingOf(rows, report);
  const slot_freezes = frozenSince(now, before);
  const dropped = before ? Math.max(0, now.dropped - before.dropped) : 0;
  const frames = before ? Math.max(0, now.frames - before.frames) : 0;
  return {
    up_bps: before ? rate(now.sent_bytes, before.sent_bytes, span) : 0,
    down_bps: before ? rate(now.received_bytes, before.received_bytes, span) : 0,
    loss_down: got + lost > 0 ? lost / (got + lost) : 0,
    loss_up: Math.max(0, ...remote.map((r) => number(r, "fractionLost"))),
    ...(rtt > 0 ? { rtt_ms: rtt * 1_000 } : {}),
    ...(sending ? { sending } : {}),
    receiving: rows.filter((r) => r["type"] === "inbound-rtp" && r["kind"] === "video" && number(r, "framesPerSecond") > 0).length,
    transport: transportOf(report, pair),
    freezes: slot_freezes.reduce((n, s) => n + s.freezes, 0), slot_freezes,
    freeze_ms: before ? Math.max(0, Math.round((now.freeze_s - before.freeze_s) * 1_000)) : 0,
    dropped, dropped_share: frames > 0 ? Math.min(1, dropped / frames) : 0,
    cpu_limited: rows.some((r) => r["type"] === "outbound-rtp" && r["qualityLimitationReason"] === "cpu"),
  };
}

function sendingOf(rows: readonly Row[], report: ReadonlyMap<string, unknown>): Figures["sending"] {
  const layers = rows.filter((r) => r["type"] === "outbound-rtp" && r["kind"] === "video" && number(r, "framesPerSecond") > 0);
  const video = layers.sort((a, b) => number(b, "frameHeight") - number(a, "frameHeight"))[0]; // what the best served sees
  if (!video) return undefined;
  const codec = report.get(text(video, "codecId")) as Row | undefined;
  return {
    width: number(video, "frameWidth"), height: number(video, "frameHeight"), fps: Math.round(number(video, "framesPerSecond")),
    codec: text(codec, "mimeType").replace(/^video\//, ""),
  };
}

function transportOf(report: ReadonlyMap<string, unknown>, pair: Row | undefined): string {
  const candidate = report.get(text(pair, "remoteCandidateId")) as Row | undefined;
  return text(candidate, "protocol").toUpperCase();
}
