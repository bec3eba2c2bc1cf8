// The page on a member's phone: no seat and no media; it shows that its person is there, and answers what is asked.
//
//   busy --code counts--> signed in on this phone, or named before --> page ─► left
//     |          \------> name (who are you?) ----------------------/
//     scan: the code is no longer good                      a line that drops comes back by itself
import { Cell } from "../base/cell";
import type { Clock } from "../base/clock";
import { later, Scope } from "../base/scope";
import type { CompanionApi, ScanAddress, Visit } from "../protocol/companion";
import type { Account } from "../protocol/http";
import type { Ask, Companion, HelloReply, ServerEvent } from "../protocol/messages";
import { Link, RequestError } from "../protocol/socket";
import type { LinkPhase, SocketLike } from "../protocol/socket";
import type { Keeper } from "./prefs";
import { whyOf } from "./refusal";

export type PhoneView =
  | { readonly kind: "busy" | "scan" | "left" | "password" }
  | { readonly kind: "name"; readonly visit: Visit }
  | { readonly kind: "page"; readonly state: Companion; readonly read_ms: number }
  | { readonly kind: "refused"; readonly error: unknown };

/** An answer on its way, or what became of it. */
export interface Sending {
  readonly ask: number;
  readonly choice: readonly number[];
  readonly error?: unknown;
}

export interface PhoneConfig {
  readonly at: ScanAddress;
  readonly api: CompanionApi;
  readonly whoAmI: () => Promise<Account | undefined>;
  /** Kept by the tab for this class. */
  readonly kept: Keeper;
  /** The page's own random name for this device. */
  readonly device: string;
  readonly open: () => SocketLike;
  readonly clock: Clock;
  /** Milliseconds since 1970, as this device has them. */
  readonly wall: () => number;
  readonly random: () => number;
  readonly lang: () => string;
}

interface Kept extends Visit {
  readonly code: string;
  readonly named: boolean;
  readonly left?: boolean;
}

const SPREAD_MS = 60_000;
const AGAIN_MS = 3_000;
const PASSING: readonly string[] = ["overloaded", "rate_limited", "not_recorded"];

function readKept(text: string | undefined): Kept | undefined {
  try {
    const value = JSON.parse(text ?? "") as Kept;
    return typeof value.claim === "string" && typeof value.code === "string" ? value : undefined;
  } catch {
    return undefined; // nothing, or not ours
  }
}

export class Phone {
  readonly view = new Cell<PhoneView>({ kind: "busy" });
  readonly line = new Cell<LinkPhase>("idle");
  readonly sending = new Cell<Sending | undefined>(undefined);
  /** Asks that were acknowledged here: of a ballot the server tells nobody. */
  readonly acknowledged = new Cell<ReadonlySet<number>>(new Set());
  private readonly scope = new Scope();
  private readonly link: Link;
  private kept: Kept | undefined;
  private opened = false;
  private ahead_ms = 0;

  constructor(private readonly cfg: PhoneConfig) {
    this.link = new Link({
      ...cfg, spread_ms: SPREAD_MS, resume: { get: () => undefined, set: () => undefined },
      companion: () => (this.kept?.named ? this.kept.claim : undefined),
      onWelcome: (welcome) => this.onWelcome(welcome), onEvent: (event) => this.onEvent(event), onRefused: (error) => this.onRefused(error),
    });
    this.scope.add(this.link.state.subscribe(({ phase }) => {
      if (phase !== "ready") this.opened = false;
      this.line.set(phase);
    }));
    this.scope.add(() => this.link.stop());
  }

  /** The server's time, in milliseconds since 1970. */
  now(): number {
    return this.cfg.wall() + this.ahead_ms;
  }

  async start(): Promise<void> {
    const kept = readKept(this.cfg.kept.get());
    if (kept?.left && kept.code === this.cfg.at.code) return this.view.set({ kind: "left" });
    try {
      this.keep(kept && kept.code === this.cfg.at.code ? kept : await this.visit(kept));
      await this.identify();
    } catch (error) {
      this.refuse(error);
    }
  }

  stop(): void {
    this.scope.end();
  }

  /** The page is looked at again, or the network is back. */
  nudge(): void {
    this.link.nudge();
    if (this.opened) void this.open();
  }

  async name(name: string, card: string): Promise<void> {
    const kept = this.kept;
    if (!kept) return;
    this.keep({ ...kept, claim: await this.cfg.api.name(kept.claim, name, card), named: true });
    this.connect();
  }

  /** Acknowledged only by the reply. What a dropped line swallowed is sent again: the same answer counts once. */
  async answer(ask: number, choice: readonly number[]): Promise<void> {
    this.sending.set({ ask, choice });
    this.link.nudge();
    if (this.opened) await this.send();
  }

  /** Throws what was refused. */
  async leave(): Promise<void> {
    await this.link.request("companion.leave", {});
    if (this.kept) this.keep({ ...this.kept, left: true });
    this.link.stop();
    this.view.set({ kind: "left" });
  }

  private keep(kept: Kept): void {
    this.kept = kept;
    this.cfg.kept.set(JSON.stringify(kept));
  }

  /** Who scanned an old code but is known in this class from before stays where they are. */
  private async visit(before: Kept | undefined): Promise<Kept> {
    try {
      return { ...(await this.cfg.api.visit(this.cfg.at)), code: this.cfg.at.code, named: false };
    } catch (error) {
      if (before?.named && !before.left && whyOf(error) === "class.code") return before;
      throw error;
    }
  }

  private async identify(): Promise<void> {
    if (this.kept?.named) return this.connect();
    const who = await this.cfg.whoAmI();
    if (who?.must_change) this.view.set({ kind: "password" });
    else if (who && who.person > 0) this.connect();
    else if (this.kept) this.view.set({ kind: "name", visit: this.kept });
  }

  private connect(): void {
    if (this.scope.ended) return;
    this.view.set({ kind: "busy" });
    this.link.start();
  }

  private onWelcome(welcome: HelloReply): void {
    this.ahead_ms = welcome.time_ms - this.cfg.wall();
    void this.open();
  }

  private async open(): Promise<void> {
    const kept = this.kept;
    if (!kept) return;
    try {
      const { state } = await this.link.request("companion.open", { class: this.cfg.at.class, device: this.cfg.device, ...(kept.named ? {} : { visit: kept.claim }) });
      this.opened = true;
      this.take(state);
      if (this.sending.value && this.sending.value.error === undefined) await this.send();
    } catch (error) {
      if (PASSING.includes(whyOf(error))) later(this.scope, this.cfg.clock, AGAIN_MS, () => void this.open());
      else if (whyOf(error) !== "lost") this.refuse(error); // lost: the next welcome opens again
    }
  }

  private async send(): Promise<void> {
    const sent = this.sending.value;
    if (!sent) return;
    try {
      const { state } = await this.link.request("companion.answer", { ask: sent.ask, choice: sent.choice });
      this.acknowledged.update((all) => new Set(all).add(sent.ask));
      if (this.sending.value === sent) this.sending.set(undefined);
      this.take(state);
    } catch (error) {
      if (whyOf(error) !== "lost" && this.sending.value === sent) this.sending.set({ ...sent, error });
    }
  }

  private onEvent(event: ServerEvent): void {
    if (event.event === "companion.state") this.take(event.state);
  }

  private take(state: Companion | undefined): void {
    if (state && this.view.value.kind !== "left") this.view.set({ kind: "page", state, read_ms: this.now() });
  }

  private onRefused(error: RequestError): void {
    if (error.code === "token_invalid" || error.code === "not_signed_in") this.forget();
    this.refuse(error);
  }

  private refuse(error: unknown): void {
    if (this.scope.ended) return;
    this.link.stop();
    const gone = ["class.code", "token_invalid", "not_signed_in"].includes(whyOf(error));
    this.view.set(gone ? { kind: "scan" } : { kind: "refused", error });
  }

  private forget(): void {
    this.kept = undefined;
    this.cfg.kept.set(undefined);
  }
}

/** How long of the class the person has been there as far as the phone can tell: what is taught since signing in. The server's count holds. */
export function there_ms({ state, read_ms }: { readonly state: Companion; readonly read_ms: number }, now_ms: number): number {
  if (state.since_ms === undefined) return 0;
  const on_ms = state.class.state === "open" ? Math.max(0, now_ms - read_ms) : 0;
  return Math.max(0, Math.min(state.class.taught_s * 1_000 + on_ms, now_ms - state.since_ms));
}

/** What is asked now, and what was asked last. */
export function asksNow(asks: readonly Ask[], now_ms: number): { readonly open: readonly Ask[]; readonly last: Ask | undefined } {
  const open = asks.filter((a) => a.state === "open" && a.deadline_ms > now_ms);
  const over = asks.filter((a) => !open.includes(a));
  return { open: [...open].reverse(), last: over[over.length - 1] };
}
