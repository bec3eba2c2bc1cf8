// What each encoder may send: the usual bitrates, a narrow line's bounds, and the simulcast layers that somebody wants. Pure.
import type { Source } from "../protocol/messages";

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

/** A voice on a narrow line, with what its packets weigh beside it. */
const NARROW_VOICE_BPS = 24_000;
const VOICE_RESERVE_BPS = 40_000;

export interface EncodingIn {
  readonly source: Source;
  /** How many layers the browser encodes. */
  readonly count: number;
  readonly layer: number;
  /** Layers that somebody wants; undefined: not told, so all. */
  readonly wanted?: readonly number[];
  readonly bounds: SendBounds;
  /** How many pictures share the bound. */
  readonly pictures: number;
  /** Of what the camera or screen gives, in pixels; 0 unknown. */
  readonly height: number;
}

export interface Encoding {
  readonly active: boolean;
  readonly maxBitrate: number;
  /** Only where one layer must be made smaller; simulcast layers are small by themselves. */
  readonly scaleResolutionDownBy?: number;
}

function isSound(source: Source): boolean {
  return source === "mic" || source === "screen_audio";
}

function usual(source: Source, count: number, layer: number): number {
  const rates = USUAL_BPS[source];
  return rates[rates.length - count + layer] ?? rates[rates.length - 1] ?? 0;
}

export function encodingOf({ source, count, layer, wanted, bounds, pictures, height }: EncodingIn): Encoding {
  const active = wanted === undefined || wanted.includes(layer);
  const rate = usual(source, count, layer);
  if (bounds.up_bps === 0) return { active, maxBitrate: rate, ...(count === 1 && !isSound(source) ? { scaleResolutionDownBy: 1 } : {}) };
  if (isSound(source)) return { active, maxBitrate: Math.min(rate, NARROW_VOICE_BPS) };
  const share = Math.max(0, bounds.up_bps - VOICE_RESERVE_BPS) / Math.max(1, pictures);
  const scale = bounds.up_height > 0 && height > 0 ? Math.max(1, height / bounds.up_height) : 1;
  return { active: active && share >= 50_000, maxBitrate: Math.max(50_000, Math.min(rate, Math.floor(share))), ...(count === 1 ? { scaleResolutionDownBy: scale } : {}) };
}
