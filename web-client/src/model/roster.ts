// The roster as rows: searched, grouped by organisation, sorted by pinyin. Pure; thousands of seats.
import type { Seat } from "../protocol/messages";

export type RosterRow =
  | { readonly kind: "group"; readonly org: string; readonly here: number; readonly all: number; readonly open: boolean }
  | { readonly kind: "seat"; readonly seat: Seat };

const byPinyin = new Intl.Collator("zh-CN-u-co-pinyin", { numeric: true, sensitivity: "base" });
const RANK: Readonly<Record<Seat["role"], number>> = { host: 0, cohost: 1, presenter: 2, participant: 3, inspector: 4, viewer: 5 };

const DIGITS = "零一二三四五六七八九";

/** 二十三 -> 23, for ordinals up to 99. */
function ordinal(text: string): number {
  const [tens, ones] = text.includes("十") ? text.split("十") : ["", text];
  const digit = (t: string | undefined, none: number): number => (t ? DIGITS.indexOf(t) : none);
  return text.includes("十") ? digit(tens, 1) * 10 + digit(ones, 0) : digit(ones, 0);
}

/** A name as it is sorted: 第二 before 第十, which pinyin alone would not do. */
export function sortKey(name: string): string {
  return name.replace(/第([一二三四五六七八九]?十?[一二三四五六七八九]?)(?=[^一二三四五六七八九十百千])/g, (whole, number: string) => (number ? `第${ordinal(number)}` : whole));
}

/** By pinyin, with numbers as numbers, also Chinese ones. */
export function compareNames(a: string, b: string): number {
  return byPinyin.compare(sortKey(a), sortKey(b));
}

/** What was searched for, as words of which each has to be found. */
export function searchWords(search: string): readonly string[] {
  return search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
}

export function matches(seat: Seat, words: readonly string[]): boolean {
  const text = `${seat.name} ${seat.org}`.toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

function compareSeats(me: string): (a: Seat, b: Seat) => number {
  return (a, b) => Number(b.id === me) - Number(a.id === me) || RANK[a.role] - RANK[b.role] || compareNames(a.name, b.name);
}

/** Groups with their seats; a search opens every group that has a match. */
export function rosterRows(seats: Iterable<Seat>, me: string, search: string, closed: ReadonlySet<string>): readonly RosterRow[] {
  const words = searchWords(search);
  const groups = new Map<string, Seat[]>();
  for (const seat of seats) {
    if (!matches(seat, words)) continue;
    const group = groups.get(seat.org);
    if (group) group.push(seat);
    else groups.set(seat.org, [seat]);
  }
  return [...groups.entries()].sort(([a], [b]) => Number(a === "") - Number(b === "") || compareNames(a, b)).flatMap(([org, members]) => {
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
