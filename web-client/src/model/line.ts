// How bad the connection is, in three steps: a dot, a sentence, a dialogue. Pure.
import type { LinkState } from "../protocol/socket";

import type { Judgement } from "./quality";

export type LineWhy = "fine" | Exclude<Judgement, "good"> | "link" | "media" | "blocked" | "server";

export interface Line {
  /** 0 fine, 1 a dot, 2 a sentence, 3 a dialogue. */
  readonly step: 0 | 1 | 2 | 3;
  readonly why: LineWhy;
}

export const FINE: Line = { step: 0, why: "fine" };

export interface LineIn {
  readonly now_ms: number;
  readonly link: LinkState;
  /** Since when media are not connected; undefined while they are. */
  readonly media_down_ms?: number;
  readonly ever_connected: boolean;
  readonly server_closing: boolean;
  readonly judgement: Judgement;
}

const SENTENCE_MS = 2_000;
const DIALOGUE_MS = 15_000;
/** Browsers doubt a way that loses packets for a moment, while pictures go on. */
const PASSING_MS = 1_000;
/** Media that never came up are told after this long. */
export const BLOCKED_MS = 10_000;

function stepAfter(since_ms: number): 1 | 2 | 3 {
  if (since_ms >= DIALOGUE_MS) return 3;
  return since_ms >= SENTENCE_MS ? 2 : 1;
}

export function lineOf(input: LineIn): Line {
  const { now_ms, link } = input;
  if (link.lost_at_ms !== undefined) return { step: stepAfter(now_ms - link.lost_at_ms), why: input.server_closing ? "server" : "link" };
  if (input.media_down_ms !== undefined) {
    const since = now_ms - input.media_down_ms;
    if (!input.ever_connected) return since >= BLOCKED_MS ? { step: 3, why: "blocked" } : FINE;
    if (since >= PASSING_MS) return { step: stepAfter(since), why: "media" };
  }
  return input.judgement === "good" ? FINE : { step: 1, why: input.judgement };
}
