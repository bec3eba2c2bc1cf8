// What a superior's page knows of the running rooms: the list, and the details of one. Pure: replies and events in, the next state out.
import type { EventOf, LookCheck, LookOrg, LookRoom, LookSeat, LookSite, ReplyOf } from "../protocol/messages";

export interface RoomDetail {
  readonly name: string;
  readonly room: LookRoom;
  readonly orgs: ReadonlyMap<number, LookOrg>;
  readonly sites: ReadonlyMap<number, LookSite>;
  /** Who is no site's: own seats, the studio, seats of rooms without a class. */
  readonly seats: ReadonlyMap<string, LookSeat>;
  readonly check?: LookCheck;
  /** More pages of sites are still being read. */
  readonly partial: boolean;
}

export interface Looking {
  /** Undefined until the first answer. */
  readonly rooms?: ReadonlyMap<string, LookRoom>;
  /** Running rooms that the list leaves out. */
  readonly more: number;
  readonly detail?: RoomDetail;
}

export const NOT_LOOKING: Looking = { more: 0 };

function mapBy<K, V>(items: readonly V[], key: (item: V) => K, into?: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  const map = new Map(into);
  for (const item of items) map.set(key(item), item);
  return map;
}

function without<K, V>(map: ReadonlyMap<K, V>, gone: readonly K[]): ReadonlyMap<K, V> {
  if (gone.length === 0) return map;
  const rest = new Map(map);
  for (const key of gone) rest.delete(key);
  return rest;
}

export function onRoomList(state: Looking, reply: ReplyOf<"look.open">): Looking {
  return { ...state, rooms: mapBy(reply.rooms, (r) => r.room), more: reply.more };
}

export function onRooms(state: Looking, event: EventOf<"look.rooms">): Looking {
  const rooms = without(mapBy(event.rooms, (r) => r.room, state.rooms), event.gone);
  const fresh = event.rooms.find((r) => r.room === state.detail?.name);
  const detail = state.detail && fresh ? { ...state.detail, room: fresh } : state.detail;
  return { ...state, rooms, ...(detail ? { detail } : {}) };
}

/** The first page of a room's details. Without the room itself it is not there, or not in sight. */
export function onRoom(state: Looking, name: string, reply: ReplyOf<"look.room">): Looking {
  const { detail: _, ...rest } = state;
  if (!reply.room) return rest;
  const detail: RoomDetail = {
    name, room: reply.room, orgs: mapBy(reply.orgs ?? [], (o) => o.org), sites: mapBy(reply.sites ?? [], (s) => s.site), seats: mapBy(reply.seats ?? [], (s) => s.seat),
    partial: reply.next !== undefined, ...(reply.check ? { check: reply.check } : {}),
  };
  return { ...rest, detail };
}

/** A further page. What an event has told meanwhile of a site is newer than the page. */
export function onMoreSites(state: Looking, name: string, reply: ReplyOf<"look.room">): Looking {
  const { detail } = state;
  if (detail?.name !== name) return state;
  const sites = new Map(mapBy(reply.sites ?? [], (s) => s.site));
  for (const [id, site] of detail.sites) sites.set(id, site);
  return { ...state, detail: { ...detail, sites, orgs: mapBy(reply.orgs ?? [], (o) => o.org, detail.orgs), partial: reply.next !== undefined } };
}

export function onDetail(state: Looking, event: EventOf<"look.detail">): Looking {
  const { detail } = state;
  if (detail?.name !== event.room) return state;
  const check = event.check ?? detail.check;
  return {
    ...state,
    detail: {
      ...detail, orgs: mapBy(event.orgs, (o) => o.org, detail.orgs), sites: without(mapBy(event.sites, (s) => s.site, detail.sites), event.gone_sites),
      seats: without(mapBy(event.seats, (s) => s.seat, detail.seats), event.gone_seats), ...(check ? { check } : {}),
    },
  };
}

const ORDER: Readonly<Record<LookRoom["state"], number>> = { open: 0, paused: 1, lobby: 2, closed: 3 };

/** Classes that are on first, then what only runs; within that by the beginning. */
export function roomsInOrder(rooms: Iterable<LookRoom>): readonly LookRoom[] {
  const rank = (r: LookRoom): number => (r.class === undefined ? 2.5 : ORDER[r.state]);
  return [...rooms].sort((a, b) => rank(a) - rank(b) || a.start_ms - b.start_ms || a.since_ms - b.since_ms || a.room.localeCompare(b.room));
}

/** Over all classes that are on: how many are expected and there. */
export function sumOfRooms(rooms: Iterable<LookRoom>): { readonly rooms: number; readonly expected: number; readonly arrived: number; readonly absent: number } {
  let count = 0, expected = 0, arrived = 0, absent = 0;
  for (const room of rooms) {
    if (room.state === "closed") continue;
    count++;
    expected += room.expected;
    arrived += room.arrived;
    absent += room.absent;
  }
  return { rooms: count, expected, arrived, absent };
}
