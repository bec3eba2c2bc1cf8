// Short messages at the edge of the page: what was done to this seat, and what an own act did. They leave by themselves.
import { Cell } from "../base/cell";
import type { Clock } from "../base/clock";
import type { Notice as SeatNotice, Role } from "../protocol/messages";
import type { Failure } from "./failure";
import type { Judgement } from "./quality";

export type NoticeBody =
  | { readonly kind: SeatNotice; readonly by: string; readonly role?: Role }
  | { readonly kind: "muted_all"; readonly count: number; readonly self_unmute: boolean }
  | { readonly kind: "rule_set"; readonly count: number }
  | { readonly kind: "locked" | "unlocked" | "link_copied" | "back" | "talking_muted" | "unmute_lifted" | "handed_over" | "removed_seat" | "device_lost" | "line_narrow" | "line_wide" | "coding_lean" | "coding_unable" }
  | { readonly kind: "coding_lacking"; readonly count: number }
  | { readonly kind: "line"; readonly judgement: Judgement }
  | { readonly kind: "failure"; readonly failure: Failure };

export type NoticeItem = NoticeBody & { readonly id: number; readonly undo?: () => void };

/** What a notice makes untrue takes its place. */
const OVERTAKES: Readonly<Partial<Record<NoticeBody["kind"], NoticeBody["kind"]>>> = {
  unmute_allowed: "muted_by_host", muted_by_host: "unmute_allowed", locked: "unlocked", unlocked: "locked", unmute_lifted: "muted_all", muted_all: "unmute_lifted",
  line_narrow: "line_wide", line_wide: "line_narrow", coding_lean: "coding_lacking", coding_lacking: "coding_lean",
};

const STAY_MS = 6_000;
/** An undo is offered for this long. */
export const UNDO_MS = 5_000;
const MOST = 3;

export class Notices {
  readonly items = new Cell<readonly NoticeItem[]>([]);
  private next_id = 1;

  constructor(private readonly clock: Clock) {}

  add(body: NoticeBody, undo?: () => void): void {
    const id = this.next_id++;
    const act = undo && (() => {
      this.remove(id);
      undo();
    });
    const item: NoticeItem = { ...body, id, ...(act ? { undo: act } : {}) };
    this.items.update((items) => [...items.filter((i) => i.kind !== OVERTAKES[body.kind] && (i.kind !== body.kind || body.kind === "failure")), item].slice(-MOST));
    this.clock.after(undo ? UNDO_MS : STAY_MS, () => this.remove(id));
  }

  remove(id: number): void {
    this.items.update((items) => items.filter((i) => i.id !== id));
  }
}
