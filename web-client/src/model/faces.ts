// The return view of an expert: which sites' pictures stand on it, and what the server is asked for them.
import type { Seat, Watched } from "../protocol/messages";
import { watchHeight } from "./layout";
import type { TileRef } from "./layout";
import { isOn, mayHost } from "./room";
import type { RoomState } from "./room";

/** Beyond it faces are too small to be read. */
export const FACES_MAX = 9;

/** The sites that can be looked at, pictures first, by name. */
export function facesToChoose(state: RoomState, query = ""): readonly Seat[] {
  const wanted = query.trim().toLowerCase();
  const sites = [...state.seats.values()].filter((s) => s.id !== state.me && s.role === "participant" && s.presence !== "gone");
  const found = wanted === "" ? sites : sites.filter((s) => `${s.org} ${s.name}`.toLowerCase().includes(wanted));
  return found.sort((a, b) => Number(isOn(b, "camera")) - Number(isOn(a, "camera")) || a.name.localeCompare(b.name, "zh-CN"));
}

/** What was chosen and is here; without a choice the first few that have a picture. */
export function facesShown(state: RoomState, chosen: readonly string[] | undefined, some = 4): readonly Seat[] {
  if (chosen === undefined) return facesToChoose(state).filter((s) => isOn(s, "camera")).slice(0, some);
  return chosen.map((id) => state.seats.get(id)).filter((s): s is Seat => s !== undefined && s.presence !== "gone").slice(0, FACES_MAX);
}

/** Whoever is on air by an encoder under the own name: the seat beside this page's. */
export function encoderOf(state: RoomState): Seat | undefined {
  const name = state.seats.get(state.me)?.name;
  return [...state.seats.values()].find((s) => s.kind === "whip" && s.name === name && s.presence !== "gone");
}

/** Who leads, and shares a screen: what the expert must see whatever is chosen. */
export function hostOf(state: RoomState): Seat | undefined {
  const leaders = [...state.seats.values()].filter((s) => mayHost(s) && s.presence !== "gone");
  return leaders.find((s) => s.role === "host") ?? leaders[0];
}

/** What is to be seen of a seat: a screen that it shares goes before its camera. */
export function faceOf(seat: Seat): TileRef {
  return { seat: seat.id, source: isOn(seat, "screen") ? "screen" : "camera" };
}

export function watchFaces(seats: readonly Seat[], height_px: number, pixel_ratio: number): readonly Watched[] {
  const height = watchHeight(height_px, pixel_ratio);
  return seats.map((seat): Watched => ({ ...faceOf(seat), rank: "tile", ...(height === undefined ? {} : { height }) }));
}
