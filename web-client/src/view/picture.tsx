// A picture that a slot lends to a place on the page. Who is asked for is named by the place; the slot that shows that source now lends
// its element, so that a picture cannot stand under another name.
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Player } from "../engine/player";
import type { Binding, SlotState } from "../engine/slots";
import { suspendedOf, visible } from "../engine/slots";
import type { Source } from "../protocol/messages";

export interface PictureOf {
  /** On a wall only. */
  readonly room?: string;
  readonly seat: string;
  readonly source: Source;
}

export interface Held {
  /** Undefined while the slot still shows another's picture. */
  readonly slot?: number;
  readonly shown: boolean;
  readonly suspended: boolean;
}

function isOf(binding: Binding | undefined, of: PictureOf): boolean {
  return binding?.seat === of.seat && binding.source === of.source && binding.room === of.room;
}

/** The slot whose element holds this picture, whether it may be seen, and whether it is a still for want of line. */
export function slotOf(slots: ReadonlyMap<number, SlotState>, of: PictureOf): Held | undefined {
  let waiting: Held | undefined;
  for (const [slot, state] of slots) {
    const holder = state.next?.not_before_ms !== undefined ? state.next : state.shown;
    const suspended = isOf(suspendedOf(state), of);
    if (isOf(holder, of)) return { slot, shown: visible(state) !== undefined, suspended };
    if (suspended) waiting = { shown: false, suspended };
  }
  return waiting;
}

export function LentPicture({ player, held }: { readonly player: Player; readonly held: Held | undefined }) {
  const host = useRef<HTMLDivElement>(null);
  const slot = held?.slot;
  const element = slot === undefined ? undefined : player.element(slot);
  useLayoutEffect(() => {
    const place = host.current;
    if (!place || !element || slot === undefined) return undefined;
    place.append(element);
    void element.play().catch(() => undefined); // moving pauses in some browsers
    return () => player.giveBack(slot, place);
  }, [slot, element]);
  return <div class={held?.suspended ? "tile-host still" : "tile-host"} ref={host} />;
}
