// The room as this page knows it: a read-only value, and the one function that takes it from event to event.
import type { ChatLine, Hands, JoinReply, Room, Seat, ServerEvent, Source } from "../protocol/messages";

export interface RoomState {
  readonly me: string;
  readonly room: Room;
  /** In the order of their arrival here. */
  readonly seats: ReadonlyMap<string, Seat>;
  readonly here: number;
  /** Who speaks, the latest first. */
  readonly speakers: readonly string[];
  /** The last other seat that spoke; stays when it is silent. */
  readonly last_speaker?: string;
  /** When that was, by the clock. */
  readonly spoke_ms: number;
  readonly chat: readonly ChatLine[];
  readonly unread: number;
  /** "seat/source" of pictures that this browser cannot decode. */
  readonly unplayable: ReadonlySet<string>;
  readonly recording_failed: boolean;
  /** For which organisations somebody looks on from outside just now, "" unnamed; none: nobody does. */
  readonly looks: readonly string[];
  /** Raised hands: all of them to leaders and presenters, else the own one. */
  readonly hands: Hands;
}

const CHAT_KEPT = 500;
/** Two who talk at once do not chase each other off the stage faster than this. */
const STAGE_MS = 3_000;

export function roomFromJoin(reply: JoinReply): RoomState {
  return {
    me: reply.seat, room: reply.room, seats: bySeat(reply.roster), here: reply.room.here, speakers: [], chat: reply.chat,
    spoke_ms: -STAGE_MS, unread: 0, unplayable: new Set(), recording_failed: false, looks: [], hands: reply.hands,
  };
}

function bySeat(seats: readonly Seat[]): ReadonlyMap<string, Seat> {
  return new Map(seats.map((seat) => [seat.id, seat]));
}

/** The next page of the roster. Deltas that came while it was asked for are newer: they stay. */
export function withPage(state: RoomState, page: readonly Seat[], gone: ReadonlySet<string>): RoomState {
  const seats = new Map(state.seats);
  for (const seat of page) if (!seats.has(seat.id) && !gone.has(seat.id)) seats.set(seat.id, seat);
  return { ...state, seats };
}

export function withEvent(state: RoomState, event: ServerEvent, now_ms: number): RoomState {
  switch (event.event) {
    case "roster.delta":
      return withDelta(state, event.seats, event.gone, event.here);
    case "room.changed":
      return { ...state, room: event.room, here: event.room.here };
    case "speakers":
      return withSpeakers(state, event.seats, now_ms);
    case "chat.line":
      return withLine(state, event.line);
    case "slot.unplayable":
      return { ...state, unplayable: new Set(state.unplayable).add(`${event.seat}/${event.source}`) };
    case "journal.state":
      return { ...state, recording_failed: event.state === "failing" };
    case "hands":
      return { ...state, hands: event.hands };
    case "looks":
      return { ...state, looks: event.looking && event.orgs.length === 0 ? [""] : event.orgs };
    case "snapshot":
      return event.chat.reduce(withLine, { ...state, room: event.room, here: event.room.here, seats: bySeat(event.roster), speakers: [], looks: [], hands: event.hands });
    default:
      return state;
  }
}

function withDelta(state: RoomState, changed: readonly Seat[], gone: readonly string[], here: number): RoomState {
  const seats = new Map(state.seats);
  for (const seat of changed) seats.set(seat.id, seat);
  for (const id of gone) seats.delete(id);
  return { ...state, seats, here };
}

function withSpeakers(state: RoomState, speakers: readonly string[], now_ms: number): RoomState {
  const other = speakers.find((id) => id !== state.me);
  const still = state.last_speaker !== undefined && speakers.includes(state.last_speaker);
  if (other === undefined || other === state.last_speaker || (still && now_ms - state.spoke_ms < STAGE_MS)) return { ...state, speakers };
  return { ...state, speakers, last_speaker: other, spoke_ms: now_ms };
}

function withLine(state: RoomState, line: ChatLine): RoomState {
  if (state.chat.some((c) => c.id === line.id)) return state;
  const unread = line.seat === state.me ? state.unread : state.unread + 1;
  return { ...state, chat: [...state.chat, line].slice(-CHAT_KEPT), unread };
}

export function isOn(seat: Seat | undefined, source: Source): boolean {
  return seat?.on.includes(source) ?? false;
}

export function isBlocked(seat: Seat | undefined, source: Source): boolean {
  return seat?.blocked.includes(source) ?? false;
}

export function mayHost(seat: Seat | undefined): boolean {
  return seat?.role === "host" || seat?.role === "cohost";
}

/** Whether the seat can ever have a picture: players and lookers-on have none. */
export function sends(seat: Seat): boolean {
  return seat.kind !== "whep" && seat.role !== "viewer" && seat.role !== "inspector";
}

/** How many microphones a mute of all would switch off. */
export function mutable(state: RoomState): number {
  return [...state.seats.values()].filter((s) => isOn(s, "mic") && !mayHost(s)).length;
}
