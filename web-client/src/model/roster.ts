// The roster as rows: searched, grouped by organisation, sorted by pinyin. Pure; thousands of seats.
import type { Seat } from "../protocol/messages";

export type RosterRow =
  | { readonly kind: "group"; readonly org: string; readonly here: number; readonly all: number; readonly open: boolean }
  | { readonly kind: "seat"; readonly seat: Seat };

const byPinyin = new Intl.Collator("zh-CN-u-co-pinyin", { numeric: true, sensitivity: "base" });
const RANK: Readonly<Record<Seat["role"], number>> = { host: 0, cohost: 1, presenter: 2, participant: 3, inspector: 4, viewer: 5 };

function matches(seat: Seat, words: readonly string[]): boolean {
  const text = `${seat.name} ${seat.org}`.toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

function compareSeats(me: string): (a: Seat, b: Seat) => number {
  return (a, b) => Number(b.id === me) - Number(a.id === me) || RANK[a.role] - RANK[b.role] || byPinyin.compare(a.name, b.name);
}

/** Groups with their seats; a search opens every group that has a match. */
export function rosterRows(seats: Iterable<Seat>, me: string, search: string, closed: ReadonlySet<string>): readonly RosterRow[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, Seat[]>();
  for (const seat of seats) {
    if (!matches(seat, words)) continue;
    const group = groups.get(seat.org);
    if (group) group.push(seat);
    else groups.set(seat.org, [seat]);
  }
  return [...groups.entries()].sort(([a], [b]) => Number(a === "") - Number(b === "") || byPinyin.compare(a, b)).flatMap(([org, members]) => {
    const open = words.length > 0 || !closed.has(org);
    const here = members.filter((s) => s.presence === "here").length;
    const head: RosterRow = { kind: "group", org, here, all: members.length, open };
    if (!open) return [head];
    return [head, ...members.sort(compareSeats(me)).map((seat): RosterRow => ({ kind: "seat", seat }))];
  });
}

export interface Span {
  readonly first: number;
  readonly last: number;
}

/** Which of `count` rows of one height stand in the window, with a few more on either side. */
export function visibleRows(count: number, row_px: number, top_px: number, window_px: number): Span {
  const first = Math.max(0, Math.floor(top_px / row_px) - 4);
  return { first, last: Math.min(count, Math.ceil((top_px + window_px) / row_px) + 4) };
}
