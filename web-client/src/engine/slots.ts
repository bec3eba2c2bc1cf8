// Which source each slot shows: pure, so that "no picture under a wrong name" can be tested without a browser.
//
//            bound(B)               switched(B, t)              a frame at or after t
//   shows A ----------> shows A,  ------------------> covered, ----------------------> shows B
//                       B is next                     B is next
//
// Between `switched` and that frame the slot is covered: the tile has the new name and no picture. A frame without a timestamp
// (Firefox) counts as the new source's when it comes at least BLIND_MS after the message, when the old one can no longer be in flight.
//
// A slot is suspended while the line has no room for its picture: what was shown last stands as a still, under its own name.
import type { BoundSlot, Source } from "../protocol/messages";

export interface Binding {
  readonly binding: number;
  /** On a wall only: in a room it is the room. */
  readonly room?: string;
  readonly seat: string;
  readonly source: Source;
}

interface Next extends Binding {
  /** The new source's first timestamp, once it is known. */
  readonly rtp?: number;
  /** Frames before this time may still be the old source's. */
  readonly not_before_ms?: number;
}

export interface SlotState {
  readonly shown?: Binding;
  readonly next?: Next;
  /** The source stopped sending: what stands in the element is old. */
  readonly quiet: boolean;
  /** The binding for whose picture the line has no room. */
  readonly suspended?: number;
}

export const EMPTY_SLOT: SlotState = { quiet: false };
export const BLIND_MS = 250;
/** After a snapshot the switch itself may have been missed; the server keeps an old source for a second at the most. */
export const SNAPSHOT_BLIND_MS = 1_200;

function placeOf({ room }: { readonly room?: string }): { readonly room?: string } {
  return room === undefined ? {} : { room };
}

function bindingOf(bound: BoundSlot): Binding | undefined {
  if (bound.seat === undefined || bound.source === undefined) return undefined;
  return { binding: bound.binding, ...placeOf(bound), seat: bound.seat, source: bound.source };
}

function sameSource(a: Binding | undefined, b: Binding): boolean {
  return a !== undefined && a.room === b.room && a.seat === b.seat && a.source === b.source;
}

export function onBound(slot: SlotState, bound: BoundSlot): SlotState {
  const next = bindingOf(bound);
  if (!next) return EMPTY_SLOT;
  if (sameSource(slot.shown, next) && !slot.next) return suspendedAs(bound, { ...slot, shown: next });
  return suspendedAs(bound, { ...slot, next });
}

/** What is told of a whole slot says whether it is suspended now, too. */
function suspendedAs({ binding, suspended }: BoundSlot, slot: SlotState): SlotState {
  if (suspended) return onSuspended(slot, binding);
  return slot.suspended === binding ? withoutSuspension(slot) : slot;
}

/** A slot as a snapshot has it: nothing is known about when it switched. */
export function onSnapshot(slot: SlotState, bound: BoundSlot, now_ms: number): SlotState {
  const next = bindingOf(bound);
  if (!next) return EMPTY_SLOT;
  if (slot.shown?.binding === next.binding && !slot.next) return suspendedAs(bound, slot);
  return suspendedAs(bound, { quiet: false, next: { ...next, not_before_ms: now_ms + SNAPSHOT_BLIND_MS } });
}

export function onSwitched(slot: SlotState, binding: number, rtp: number, now_ms: number): SlotState {
  const target = slot.next?.binding === binding ? slot.next : slot.shown?.binding === binding ? slot.shown : undefined;
  if (!target) return slot;
  if (target === slot.shown && !slot.quiet) return slot.suspended === binding ? withoutSuspension(slot) : slot;
  const { seat, source } = target;
  return { quiet: false, next: { binding, ...placeOf(target), seat, source, rtp, not_before_ms: now_ms + BLIND_MS } };
}

export function onQuiet(slot: SlotState, binding: number): SlotState {
  return slot.shown?.binding === binding && !slot.quiet ? { ...slot, quiet: true } : slot;
}

function withoutSuspension({ suspended: _, ...slot }: SlotState): SlotState {
  return slot;
}

export function onSuspended(slot: SlotState, binding: number): SlotState {
  const known = slot.next?.binding === binding || slot.shown?.binding === binding;
  return known && slot.suspended !== binding ? { ...slot, suspended: binding } : slot;
}

/** The source for whose picture the line has no room. */
export function suspendedOf(slot: SlotState): Binding | undefined {
  const { suspended, next, shown } = slot;
  if (suspended === undefined) return undefined;
  return next?.binding === suspended ? next : shown?.binding === suspended ? shown : undefined;
}

/** Whether the 32-bit timestamp `a` is at or after `b`. */
export function rtpReached(a: number, b: number): boolean {
  return ((a - b) | 0) >= 0;
}

/** A frame is on the screen. `rtp` is missing where the browser does not tell. */
export function onFrame(slot: SlotState, rtp: number | undefined, now_ms: number): SlotState {
  const next = slot.next;
  if (!next || next.not_before_ms === undefined) return slot;
  const is_new = rtp !== undefined && next.rtp !== undefined ? rtpReached(rtp, next.rtp) : now_ms >= next.not_before_ms;
  if (!is_new) return slot;
  const suspended = slot.suspended === next.binding ? { suspended: next.binding } : {};
  return { quiet: false, shown: { binding: next.binding, ...placeOf(next), seat: next.seat, source: next.source }, ...suspended };
}

/** What may be seen in the element now; undefined while it is covered. */
export function visible(slot: SlotState): Binding | undefined {
  return slot.quiet || slot.next?.not_before_ms !== undefined ? undefined : slot.shown;
}
