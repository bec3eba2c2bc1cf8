// How good a line is, in one word, and how the words of all lines are sorted. Pure.
import type { LineSecond, Seat, SeatLine } from "../protocol/messages";

/** What troubles a line or its computer; the first that holds is told. */
export type Judgement = "good" | "lossy_up" | "slow_computer" | "narrow" | "lossy_down" | "delayed";

export interface Look {
  /** Shares of packets, 0 to 1. */
  readonly loss_up: number;
  readonly loss_down: number;
  /** 0: unknown. */
  readonly rtt_ms: number;
  readonly suspended: number;
  readonly cpu_limited: boolean;
  readonly dropped_share: number;
}

const LOSSY = 0.05;
const DELAYED_MS = 500;
const DROPPED = 0.1;

export function judge(look: Look): Judgement {
  if (look.loss_up > LOSSY) return "lossy_up";
  if (look.cpu_limited || look.dropped_share > DROPPED) return "slow_computer";
  if (look.suspended > 0) return "narrow";
  if (look.loss_down > LOSSY) return "lossy_down";
  return look.rtt_ms > DELAYED_MS ? "delayed" : "good";
}

/** A word is said after two looks in a row, and taken back after two. */
export interface Settled {
  readonly said: Judgement;
  readonly seen: Judgement;
}

export const SETTLED_GOOD: Settled = { said: "good", seen: "good" };

export function settle(before: Settled, now: Judgement): Settled {
  return { said: now === before.seen ? now : before.said, seen: now };
}

export function lookOf(line: SeatLine): Look {
  return { loss_up: line.loss_up / 1_000, loss_down: line.loss_down / 1_000, rtt_ms: line.rtt_ms, suspended: line.suspended, cpu_limited: line.cpu_limited, dropped_share: 0 };
}

/** The mean of the last seconds. */
export function lookAt(seconds: readonly LineSecond[], page: Pick<Look, "cpu_limited" | "dropped_share">): Look | undefined {
  const last = seconds[seconds.length - 1];
  if (!last) return undefined;
  const mean = (field: "loss_up" | "loss_down" | "rtt_ms"): number => seconds.reduce((sum, s) => sum + s[field], 0) / seconds.length;
  return { ...page, loss_up: mean("loss_up") / 1_000, loss_down: mean("loss_down") / 1_000, rtt_ms: mean("rtt_ms"), suspended: last.suspended };
}

// The host's table

export type LineColumn = "name" | "line" | "loss_up" | "loss_down" | "rtt" | "estimate" | "freezes";

export interface LineRow {
  readonly seat: Seat;
  /** Undefined: no figures, as of who sends and receives nothing. */
  readonly line?: SeatLine;
  readonly judgement?: Judgement;
}

const BADNESS: Readonly<Record<Judgement, number>> = { lossy_up: 5, slow_computer: 4, narrow: 3, lossy_down: 2, delayed: 1, good: 0 };

function weight(row: LineRow, column: LineColumn): number {
  const { line } = row;
  if (!line) return -1;
  switch (column) {
    case "loss_up":
      return line.loss_up;
    case "loss_down":
      return line.loss_down;
    case "rtt":
      return line.rtt_ms;
    case "estimate":
      return line.estimate_bps === 0 ? -1 : 1 / line.estimate_bps; // the narrowest first
    case "freezes":
      return line.freezes;
    default:
      return BADNESS[row.judgement ?? "good"];
  }
}

/** Bad ones first, names from their beginning; `turned` the other way round. Equal ones keep the order of names. */
export function lineRows(seats: Iterable<Seat>, lines: ReadonlyMap<string, SeatLine>, column: LineColumn, turned: boolean): readonly LineRow[] {
  const rows = [...seats].filter((s) => s.presence !== "gone").map((seat): LineRow => {
    const line = lines.get(seat.id);
    return line ? { seat, line, judgement: judge(lookOf(line)) } : { seat };
  });
  const by_name = (a: LineRow, b: LineRow): number => a.seat.name.localeCompare(b.seat.name, "zh-CN");
  rows.sort((a, b) => (column === "name" ? 0 : weight(b, column) - weight(a, column)) || by_name(a, b));
  return turned ? rows.reverse() : rows;
}
