// How good a line is, in one word, and how the words of all lines are sorted. Pure.
import type { LineSecond, Seat, SeatLine } from "../protocol/messages";
import { compareNames, matches, searchWords } from "./roster";

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

/** How bad it is by this column; undefined: nothing is known. Names are no worse than each other. */
function weight({ line, judgement }: LineRow, column: LineColumn): number | undefined {
  if (column === "name") return 0;
  if (!line) return undefined;
  switch (column) {
    case "loss_up":
      return line.loss_up;
    case "loss_down":
      return line.loss_down;
    case "rtt":
      return line.rtt_ms;
    case "estimate":
      return line.estimate_bps === 0 ? undefined : -line.estimate_bps;
    case "freezes":
      return line.freezes;
    default:
      return BADNESS[judgement ?? "good"];
  }
}

/** Whether the column's values grow from row to row: names from their beginning and the narrowest line first; else the largest first. */
export function isAscending(column: LineColumn, turned: boolean): boolean {
  return (column === "name" || column === "estimate") !== turned;
}

/** Bad ones first, names from their beginning; `turned` the other way round. Equal ones keep the order of names, unknown ones stand last. */
export function lineRows(seats: Iterable<Seat>, lines: ReadonlyMap<string, SeatLine>, column: LineColumn, turned: boolean, search = ""): readonly LineRow[] {
  const words = searchWords(search);
  const turn = turned ? -1 : 1;
  const compare = (a: LineRow, b: LineRow): number => {
    const of_a = weight(a, column);
    const of_b = weight(b, column);
    if (of_a === undefined || of_b === undefined) return Number(of_a === undefined) - Number(of_b === undefined) || compareNames(a.seat.name, b.seat.name);
    return turn * (of_b - of_a) || (column === "name" ? turn : 1) * compareNames(a.seat.name, b.seat.name);
  };
  return [...seats].filter((s) => s.presence !== "gone" && matches(s, words)).map((seat): LineRow => {
    const line = lines.get(seat.id);
    return line ? { seat, line, judgement: judge(lookOf(line)) } : { seat };
  }).sort(compare);
}
