// Hands, the floor, stage and spotlight, and rules for sources: what a seat or who leads does, and what the room says of them.
import type { Hand, Seat, SourcePlace, SourceRule, SourceRuleFields } from "../protocol/messages";
import type { Link } from "../protocol/socket";
import type { Notices } from "./notices";
import type { RoomState } from "./room";

/** Times that the floor is given for, in minutes. */
export const FLOOR_MINUTES = [1, 3, 5, 10] as const;

export class Floor {
  constructor(private readonly link: Link, private readonly notices: Notices, private readonly onFailure: (error: unknown) => void) {}

  raise(speaker: string): Promise<boolean> {
    return this.attempt(() => this.link.request("hand.raise", speaker === "" ? {} : { speaker }));
  }

  /** The own hand, or another's. */
  lower(seat?: string): Promise<boolean> {
    return this.attempt(() => this.link.request("hand.lower", seat === undefined ? {} : { seat }));
  }

  give(seat: string, minutes: number): Promise<boolean> {
    return this.attempt(() => this.link.request("floor.give", { seat, span_s: minutes * 60 }));
  }

  extend(seat: string): Promise<boolean> {
    return this.attempt(() => this.link.request("floor.extend", { seat, span_s: 60 }));
  }

  end(seat: string): Promise<boolean> {
    return this.attempt(() => this.link.request("floor.end", { seat }));
  }

  stage(seat: string, on: boolean): Promise<boolean> {
    return this.attempt(() => this.link.request("stage.set", { seat, on }));
  }

  spotlight(seat: string, on: boolean): Promise<boolean> {
    return this.attempt(() => this.link.request("spotlight.set", { seat, on }));
  }

  /** For five seconds it can be undone: the rule that stood there before stands again. What was switched off stays off. */
  async rule(fields: SourceRuleFields, before: SourceRule | undefined): Promise<boolean> {
    return this.attempt(async () => {
      const { changed } = await this.link.request("source.rule", fields);
      this.notices.add({ kind: "rule_set", count: changed }, () => void this.attempt(() => this.link.request("source.rule", { ...fields, rule: before?.rule ?? "clear" })));
    });
  }

  async places(): Promise<readonly SourcePlace[]> {
    try {
      return (await this.link.request("source.places", {})).places;
    } catch (error) {
      this.onFailure(error);
      return [];
    }
  }

  private async attempt(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      this.onFailure(error);
      return false;
    }
  }
}

export function ownHand(state: RoomState): Hand | undefined {
  return state.hands.hands.find((h) => h.seat === state.me);
}

export function hasFloor(state: RoomState): boolean {
  return state.room.floor?.seat === state.me;
}

export function isOnStage(state: RoomState, seat: string): boolean {
  return state.room.stage.includes(seat);
}

/** Whoever may call hands, or see them called. */
export function seesHands(seat: Seat | undefined): boolean {
  return seat?.role === "host" || seat?.role === "cohost" || seat?.role === "presenter";
}

/** A presenter moves sites, leaders anybody. */
export function mayStage(me: Seat | undefined, seat: Seat): boolean {
  if (seat.kind === "whep" || seat.role === "viewer" || seat.role === "inspector") return false;
  return me?.role === "host" || me?.role === "cohost" || (me?.role === "presenter" && seat.role === "participant");
}

/** "name · speaker", or the name alone. */
export function whoSpeaks(seat: Seat | undefined, speaker: string | undefined): string {
  return [seat?.name, speaker].filter((t) => t !== undefined && t !== "").join(" · ");
}

/** The rule in force for the same source and the same people. */
export function sameRule(rules: readonly SourceRule[], fields: SourceRuleFields): SourceRule | undefined {
  return rules.find((r) => r.source === fields.source && r.role === fields.role && r.org === fields.org && (r.subtree ?? false) === (fields.subtree ?? false));
}

/** What the room says of the own seat just now, most important first. */
export type OwnStanding = "floor" | "spotlight" | "stage" | "hand" | undefined;

export function ownStanding(state: RoomState): OwnStanding {
  if (hasFloor(state)) return "floor";
  if (state.room.spotlight === state.me) return "spotlight";
  if (isOnStage(state, state.me)) return "stage";
  return ownHand(state) ? "hand" : undefined;
}
