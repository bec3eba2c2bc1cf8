// Who stands where: stage, strip and grid pages. Pure: the same room and window give the same picture.
import type { Rank, Seat, Source, Watched } from "../protocol/messages";
import { isOn, sends } from "./room";
import type { RoomState } from "./room";

export type ViewKind = "speaker" | "grid";

export interface TileRef {
  readonly seat: string;
  readonly source: Source;
}

export interface LayoutIn {
  readonly state: RoomState;
  readonly view: ViewKind;
  readonly page: number;
  readonly pinned?: string;
  /** Of the stage, in CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly strip: number;
  readonly most: number;
}

export interface Layout {
  readonly stage?: TileRef;
  readonly tiles: readonly TileRef[];
  readonly columns: number;
  readonly rows: number;
  readonly page: number;
  readonly pages: number;
  /** How many seats may have a tile at all. */
  readonly total: number;
}

/** 4, 9, 16 or 25 by the size of the window: a tile stays at least 190 pixels wide. */
export function gridSize(width: number, height: number, most: number): number {
  for (const side of [5, 4, 3]) if (side * side <= most && width / side >= 190 && height / side >= 120) return side * side;
  return 4;
}

/** Columns and rows that give `count` 16:9 pictures the largest tiles. */
export function gridShape(count: number, width: number, height: number): { readonly columns: number; readonly rows: number } {
  let best = { columns: 1, rows: Math.max(1, count) };
  let best_width = 0;
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.ceil(count / columns);
    const tile = Math.min(width / columns, ((height / rows) * 16) / 9);
    const even = tile * (1 - (0.3 * (columns * rows - count)) / (columns * rows)); // a full last row is worth slightly smaller tiles
    if (even > best_width + 0.5) {
      best = { columns, rows };
      best_width = even;
    }
  }
  return best;
}

/** The own seat leads, so that it is always on the first page; then who is on the stage, then pictures, each in order of arrival. */
function inOrder(state: RoomState): readonly Seat[] {
  const seats = [...state.seats.values()].filter((s) => sends(s) && s.presence !== "gone");
  const rank = (s: Seat): number => (s.id === state.me ? 0 : state.room.stage.includes(s.id) ? 1 : isOn(s, "camera") ? 2 : 3);
  return seats.sort((a, b) => rank(a) - rank(b));
}

function sharer(state: RoomState): TileRef | undefined {
  const found = [...state.seats.values()].find((s) => isOn(s, "screen") && s.id !== state.me);
  return found && { seat: found.id, source: "screen" };
}

/** Of those on the stage who spoke last, else the first: the site, then presenters. */
function staged(state: RoomState): Seat | undefined {
  const seats = state.room.stage.filter((id) => id !== state.me).map((id) => state.seats.get(id)).filter((s) => s !== undefined);
  return seats.find((s) => s.id === state.last_speaker) ?? seats[0];
}

/** What has the main place: the spotlight, a pin, a shared screen, the stage, who has the floor, the last voice, the first picture, anyone, oneself. */
export function stageOf(state: RoomState, pinned: string | undefined): TileRef | undefined {
  const seats = inOrder(state);
  const by = (id: string | undefined): Seat | undefined => seats.find((s) => s.id === id);
  const spotlit = by(state.room.spotlight);
  if (spotlit && spotlit.id !== state.me) return { seat: spotlit.id, source: isOn(spotlit, "screen") ? "screen" : "camera" };
  const pin = by(pinned);
  if (pin) return { seat: pin.id, source: "camera" };
  const screen = sharer(state);
  if (screen) return screen;
  const others = seats.filter((s) => s.id !== state.me);
  const holder = state.room.floor?.seat;
  const chosen = staged(state) ?? (holder === state.me ? undefined : by(holder)) ?? by(state.last_speaker) ?? others.find((s) => isOn(s, "camera")) ?? others[0] ?? by(state.me);
  return chosen && { seat: chosen.id, source: "camera" };
}

function pageOf<T>(all: readonly T[], size: number, wanted: number): { readonly part: readonly T[]; readonly page: number; readonly pages: number } {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  return { part: all.slice(page * size, (page + 1) * size), page, pages };
}

export function layoutOf(input: LayoutIn): Layout {
  const { state, view, width, height } = input;
  const seats = inOrder(state);
  const refs = seats.map((s): TileRef => ({ seat: s.id, source: "camera" }));
  const stage = view === "speaker" ? stageOf(state, input.pinned) : undefined;
  if (view === "speaker") {
    const rest = refs.filter((r) => stage?.source !== "camera" || r.seat !== stage.seat);
    const { part, page, pages } = pageOf(rest, Math.max(1, input.strip), input.page);
    return { ...(stage ? { stage } : {}), tiles: part, columns: Math.max(1, input.strip), rows: 1, page, pages, total: refs.length };
  }
  const screen = sharer(state);
  const all = screen ? [screen, ...refs] : refs;
  const { part, page, pages } = pageOf(all, gridSize(width, height, input.most), input.page);
  return { tiles: part, ...gridShape(part.length, width, height), page, pages, total: refs.length };
}

/** Sizes are told in steps: a picture that grows by a few pixels is no news. */
const HEIGHT_STEP_PX = 20;
const HEIGHT_MAX_PX = 2_160;

/** A height for `watch`, in pixels of the screen; undefined while it is not known. */
export function watchHeight(css_px: number, pixel_ratio: number): number | undefined {
  const steps = Math.ceil((css_px * pixel_ratio) / HEIGHT_STEP_PX);
  return steps > 0 ? Math.min(HEIGHT_MAX_PX, steps * HEIGHT_STEP_PX) : undefined;
}

function rankOf(tile: TileRef, layout: Layout, state: RoomState): Rank {
  if (tile === layout.stage) return "stage";
  const beside_slides = layout.stage?.source === "screen" && tile.seat === state.last_speaker && tile.source === "camera";
  return beside_slides ? "spotlight" : "tile";
}

/** What the server should put into slots: the stage first, beside slides who speaks, then the other tiles; each with its height. */
export function watchOf(layout: Layout, state: RoomState, most: number, heightOf: (tile: TileRef) => number | undefined = () => undefined): readonly Watched[] {
  const shown = layout.stage ? [layout.stage, ...layout.tiles] : layout.tiles;
  const items = shown.filter((t) => t.seat !== state.me).map((tile): Watched => {
    const height = heightOf(tile);
    return { seat: tile.seat, source: tile.source, rank: rankOf(tile, layout, state), ...(height === undefined ? {} : { height }) };
  });
  const order = { stage: 0, spotlight: 1, tile: 2 } satisfies Record<Rank, number>;
  return items.sort((a, b) => order[a.rank ?? "tile"] - order[b.rank ?? "tile"]).slice(0, most);
}
