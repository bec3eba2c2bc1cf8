// The wall: which sites stand on which page, which are large, and what is asked for. Pure.
import type { WallSlot } from "../protocol/messages";
import { gridShape, gridSize, watchHeight } from "./layout";

/** Pictures a page. */
export const WALL_SIZES = [4, 9, 16, 25] as const;
export type WallSize = "auto" | (typeof WALL_SIZES)[number];
/** What stands large at one time beside the page. */
export const MOST_PINS = 4;
/** Slots 0 to 3 are of sound. */
const FIRST_VIDEO_SLOT = 4;
const SOUND_SLOTS = { mic: 0, screen_audio: 1 } as const;

/** One source of pictures that the wall can show. */
export interface WallSeat {
  /** Its name on this page: room and seat. */
  readonly key: string;
  readonly room: string;
  /** Empty: it has a place, but nothing can be asked for. */
  readonly seat: string;
}

export interface WallIn<T extends WallSeat> {
  readonly seats: readonly T[];
  /** Keys; those that are not there any more count as not pinned. */
  readonly pinned: readonly string[];
  readonly big?: string;
  readonly size: WallSize;
  readonly page: number;
  readonly width: number;
  readonly height: number;
  /** Slots of pictures. */
  readonly most: number;
}

export interface WallPage<T extends WallSeat> {
  readonly big?: T;
  readonly pinned: readonly T[];
  /** The page, without what is pinned. */
  readonly tiles: readonly T[];
  readonly columns: number;
  readonly rows: number;
  readonly page: number;
  readonly pages: number;
  readonly per_page: number;
}

/** Pictures a page, in a space of this size beside what is pinned. */
export function perPage(size: WallSize, width: number, height: number, most: number): number {
  const wanted = size === "auto" ? gridSize(width, height, most) : size;
  return Math.max(1, Math.min(wanted, most));
}

function found<T extends WallSeat>(seats: readonly T[], keys: readonly string[]): readonly T[] {
  return keys.flatMap((key) => seats.find((s) => s.key === key) ?? []).slice(0, MOST_PINS);
}

export function wallPage<T extends WallSeat>(input: WallIn<T>): WallPage<T> {
  const { seats, width, height } = input;
  const pinned = found(seats, input.pinned);
  const big = input.big === undefined ? undefined : seats.find((s) => s.key === input.big);
  const rest = pinned.length === 0 ? seats : seats.filter((s) => !pinned.includes(s));
  const per_page = Math.max(1, Math.min(perPage(input.size, width, height, input.most), input.most - pinned.length));
  const pages = Math.max(1, Math.ceil(rest.length / per_page));
  const page = Math.min(Math.max(0, input.page), pages - 1);
  const tiles = rest.slice(page * per_page, (page + 1) * per_page);
  return { pinned, tiles, page, pages, per_page, ...gridShape(tiles.length, width, height), ...(big ? { big } : {}) };
}

/** On which page somebody stands; -1: on none, or large. */
export function pageWith<T extends WallSeat>(page: WallPage<T>, seats: readonly T[], key: string): number {
  const rest = seats.filter((s) => !page.pinned.some((p) => p.key === s.key));
  const at = rest.findIndex((s) => s.key === key);
  return at < 0 ? -1 : Math.floor(at / page.per_page);
}

/** Who stays on the screen keeps the slot, and with it the picture that is running; who comes gets a free one. */
export function keepSlots(held: ReadonlyMap<string, number>, wanted: readonly string[], most: number): ReadonlyMap<string, number> {
  const slots = new Map<string, number>();
  const last = FIRST_VIDEO_SLOT + most;
  for (const key of wanted) {
    const slot = held.get(key);
    if (slot !== undefined && slot < last) slots.set(key, slot);
  }
  const taken = new Set(slots.values());
  let next = FIRST_VIDEO_SLOT;
  for (const key of wanted) {
    if (slots.has(key)) continue;
    while (taken.has(next)) next++;
    if (next >= last) break;
    slots.set(key, next);
    taken.add(next);
  }
  return slots;
}

export interface Asked<T extends WallSeat> {
  readonly page: WallPage<T>;
  readonly slots: ReadonlyMap<string, number>;
  /** How high each is drawn, in CSS pixels; what is not drawn yet is not known. */
  readonly heights: ReadonlyMap<string, number>;
  readonly pixel_ratio: number;
  /** Whose sound is heard. */
  readonly heard?: T;
}

/** What is on the screen, by key: while one picture is large it is the only one. */
export function onScreen<T extends WallSeat>(page: WallPage<T>): readonly T[] {
  return page.big ? [page.big] : [...page.pinned, ...page.tiles];
}

/** What the server is asked for: what is on the screen, as high as it is drawn there, and one sound at the most. */
export function askedOf<T extends WallSeat>({ page, slots, heights, pixel_ratio, heard }: Asked<T>): readonly WallSlot[] {
  const pictures = onScreen(page).flatMap((seat): readonly WallSlot[] => {
    const slot = slots.get(seat.key);
    if (slot === undefined || seat.seat === "") return [];
    const height = watchHeight(heights.get(seat.key) ?? 0, pixel_ratio);
    const rank = seat === page.big ? "stage" : page.pinned.includes(seat) ? "spotlight" : "tile";
    return [{ slot, room: seat.room, seat: seat.seat, source: "camera", rank, ...(height === undefined ? {} : { height }) }];
  });
  if (!heard || heard.seat === "") return pictures;
  const { room, seat } = heard;
  return [...pictures, { slot: SOUND_SLOTS.mic, room, seat, source: "mic" }, { slot: SOUND_SLOTS.screen_audio, room, seat, source: "screen_audio" }];
}

/** Whether two pages ask for the same, so that nothing need be said. */
export function sameAsked(a: readonly WallSlot[], b: readonly WallSlot[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((s, n) => {
    const t = b[n];
    return t !== undefined && s.slot === t.slot && s.room === t.room && s.seat === t.seat && s.source === t.source && s.height === t.height && s.rank === t.rank;
  });
}

/** The next smaller page, for a line that does not carry this one. */
export function smaller(per_page: number): (typeof WALL_SIZES)[number] | undefined {
  return [...WALL_SIZES].reverse().find((size) => size < per_page);
}
