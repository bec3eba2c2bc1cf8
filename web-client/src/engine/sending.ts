// What each encoder may send: the usual bitrates, a narrow line's bounds, and the simulcast layers that somebody wants. Pure.
import type { PictureCoding, Source } from "../protocol/messages";

export interface SendBounds {
  /** 0: no bound. Of everything that is sent. */
  readonly up_bps: number;
  /** 0: no bound. Of pictures, in pixels. */
  readonly up_height: number;
}

export const NO_BOUNDS: SendBounds = { up_bps: 0, up_height: 0 };

/** Per source and layer, the lowest first; a source of one layer has the last. */
const USUAL_BPS: Readonly<Record<Source, readonly number[]>> = {
  mic: [48_000], camera: [150_000, 500_000, 1_500_000], screen: [600_000, 2_500_000], screen_audio: [96_000],
};

/**
 * What a camera has in all, by how many layers it sends, in the codings that need newer computers: VP9 sends its layers in one stream,
 * where each stands upon those below it; AV1 sends one, as large as somebody wants it.
 */
const LEAN_BPS: Readonly<Record<LeanCoding, readonly number[]>> = { vp9: [120_000, 420_000, 1_400_000], av1: [110_000, 350_000, 1_000_000] };

/** A voice on a narrow line, with what its packets weigh beside it. */
const NARROW_VOICE_BPS = 24_000;
const VOICE_RESERVE_BPS = 40_000;

export type LeanCoding = Exclude<PictureCoding, "usual">;

export interface EncodingIn {
  readonly source: Source;
  /** How many layers the browser encodes. */
  readonly count: number;
  readonly layer: number;
  /** Layers that somebody wants; undefined: not told, so all. */
  readonly wanted?: readonly number[];
  readonly bounds: SendBounds;
  /** Of cameras; undefined: usual. */
  readonly coding?: PictureCoding;
  /** How many pictures share the bound. */
  readonly pictures: number;
  /** Of what the camera or screen gives, in pixels; 0 unknown. */
  readonly width: number;
  readonly height: number;
}

export interface Encoding {
  readonly active: boolean;
  readonly maxBitrate: number;
  /** Of pictures, always said: parameters keep what was said last. */
  readonly scaleResolutionDownBy?: number;
  readonly maxFramerate?: number;
  /** "L1T2": every other picture can be left out by the server, where a small tile needs no 30 a second. */
  readonly scalabilityMode?: string;
}

/** Tiles are what the lowest layer is for; text moves seldom and must be sharp. */
const THUMBNAIL_FPS = 15;
const CAMERA_FPS = 30;
const SCREEN_FPS = 15;

/** Below this a picture is a smear. */
const LEAST_PICTURE_BPS = 50_000;

function isSound(source: Source): boolean {
  return source === "mic" || source === "screen_audio";
}

function usual(source: Source, count: number, layer: number): number {
  const rates = USUAL_BPS[source];
  return rates[rates.length - count + layer] ?? rates[rates.length - 1] ?? 0;
}

/**
 * How many layers a picture is worth. Chromium encodes no more than these of the first ones (libwebrtc's simulcast formats), so that a
 * small camera's whole picture would never be sent unless a lower layer is it.
 */
function worth({ count, width, height }: EncodingIn): number {
  const area = width * height;
  if (area === 0 || area >= 960 * 540) return count;
  return Math.min(count, area >= 480 * 270 ? 2 : 1);
}

/** Lines of a picture, however it is held. */
function lines({ width, height }: EncodingIn): number {
  return Math.min(width, height);
}

/** Layers are halves of each other; one layer alone is as tall as the bound. The lowest of a narrow line may be taller than a quarter. */
function scaleOf(encoding: EncodingIn): number {
  const { layer, bounds } = encoding;
  const simulcast = 2 ** Math.max(0, worth(encoding) - 1 - layer);
  if (layer > 0 || bounds.up_height === 0 || lines(encoding) === 0) return simulcast;
  return Math.max(1, lines(encoding) / bounds.up_height);
}

/** What of the line is left for a layer, when those below it have theirs; 0: it is too much, or too tall. */
function roomFor(encoding: EncodingIn): number {
  const { source, count, layer, bounds, pictures } = encoding;
  const rate = usual(source, count, layer);
  if (layer >= worth(encoding)) return 0;
  if (bounds.up_bps === 0) return rate;
  let room = Math.max(0, bounds.up_bps - VOICE_RESERVE_BPS) / Math.max(1, pictures);
  for (let below = 0; below < layer; below++) room -= usual(source, count, below);
  if (layer > 0 && (room < rate / 2 || (bounds.up_height > 0 && lines(encoding) / scaleOf(encoding) > bounds.up_height))) return 0;
  return Math.min(rate, Math.floor(room));
}

/** The best layer that somebody wants and that the line carries together with those below it. */
function bestOf(encoding: EncodingIn, rates: readonly number[], room: number): number {
  const { wanted, bounds } = encoding;
  const asked = wanted === undefined ? Infinity : Math.max(0, ...wanted);
  let best = Math.min(worth(encoding) - 1, asked);
  while (best > 0 && (room < (rates[best] ?? 0) / 2 || (bounds.up_height > 0 && lines(encoding) / 2 ** (worth(encoding) - 1 - best) > bounds.up_height))) best--;
  return best;
}

/** One stream for all layers goes where the lowest would; the others rest. */
function leanEncoding(encoding: EncodingIn, coding: LeanCoding): Encoding {
  const { layer, wanted, bounds, pictures } = encoding;
  const rates = LEAN_BPS[coding];
  const room = bounds.up_bps === 0 ? Infinity : Math.max(0, bounds.up_bps - VOICE_RESERVE_BPS) / Math.max(1, pictures);
  const best = layer === 0 ? bestOf(encoding, rates, room) : 0;
  return {
    active: layer === 0 && wanted?.length !== 0 && room >= LEAST_PICTURE_BPS,
    maxBitrate: Math.max(LEAST_PICTURE_BPS, Math.floor(Math.min(rates[best] ?? 0, room))),
    scaleResolutionDownBy: layer === 0 && best === 0 ? scaleOf(encoding) : 2 ** (worth(encoding) - 1 - best),
    maxFramerate: worth(encoding) > 1 && best === 0 ? THUMBNAIL_FPS : CAMERA_FPS,
    scalabilityMode: coding === "av1" ? "L1T1" : best > 0 ? `L${best + 1}T3_KEY` : "L1T3",
  };
}

export function encodingOf(encoding: EncodingIn): Encoding {
  const { source, count, layer, wanted, bounds, coding = "usual" } = encoding;
  if (source === "camera" && coding !== "usual") return leanEncoding(encoding, coding);
  const active = wanted === undefined || wanted.includes(layer);
  const rate = usual(source, count, layer);
  if (isSound(source)) return { active, maxBitrate: bounds.up_bps === 0 ? rate : Math.min(rate, NARROW_VOICE_BPS) };
  const room = roomFor(encoding);
  return {
    active: active && room >= LEAST_PICTURE_BPS,
    maxBitrate: Math.max(LEAST_PICTURE_BPS, room),
    scaleResolutionDownBy: scaleOf(encoding),
    maxFramerate: source === "screen" ? SCREEN_FPS : worth(encoding) > 1 && layer === 0 ? THUMBNAIL_FPS : CAMERA_FPS,
    ...(source === "camera" ? { scalabilityMode: "L1T2" } : {}),
  };
}
