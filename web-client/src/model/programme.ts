// The clock of a class and its programme: how long it has been taught, what is left, and which item of the agenda is on.
import type { AgendaItem, ClassState } from "../protocol/classes";

export interface Timed {
  readonly state: ClassState;
  readonly start_ms: number;
  readonly end_ms: number;
  /** Taught until `told_ms`, pauses left out. */
  readonly taught_s: number;
}

export type ClassClock =
  | { readonly kind: "before"; readonly to_start_ms: number }
  | { readonly kind: "running"; readonly elapsed_ms: number; readonly left_ms: number }
  | { readonly kind: "over"; readonly elapsed_ms: number };

/** `told_ms`: when `taught_s` was true, by the clock of `now_ms`. What is left is what was planned less what was taught; negative when it takes longer. */
export function classClock(timed: Timed, told_ms: number, now_ms: number): ClassClock {
  const running = timed.state === "open";
  const elapsed_ms = timed.taught_s * 1_000 + (running ? Math.max(0, now_ms - told_ms) : 0);
  if (running || timed.state === "paused") return { kind: "running", elapsed_ms, left_ms: timed.end_ms - timed.start_ms - elapsed_ms };
  if (timed.state === "planned") return { kind: "before", to_start_ms: timed.start_ms - now_ms };
  return { kind: "over", elapsed_ms };
}

export interface ProgrammeAt {
  /** Index of the item that is on; undefined: none has a length, or all are over. */
  readonly now?: number;
  readonly left_ms: number;
}

/** By the minutes of the items, one after another; those without minutes take no time of their own. */
export function programmeAt(agenda: readonly AgendaItem[], elapsed_ms: number): ProgrammeAt {
  let end_ms = 0;
  for (const [n, item] of agenda.entries()) {
    end_ms += (item.minutes ?? 0) * 60_000;
    if (elapsed_ms < end_ms) return { now: n, left_ms: end_ms - elapsed_ms };
  }
  return { left_ms: 0 };
}

/** 1:02:05, or 12:05 */
export function longClock(span_ms: number): string {
  const seconds = Math.floor(Math.abs(span_ms) / 1_000);
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3_600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
