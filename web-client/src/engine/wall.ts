// A watch transport of no room: a socket and a path whose slots show seats of many rooms. The page says what it shows, all of
// it; what may not be seen, or not any more, stands in `refused`.
//
//   opening --wall.open, answer--> open --close, taken over, a refusal for good--> over
//      ^                            |
//      +-- no resume, media dead ---+        the page is shown again
import { Cell } from "../base/cell";
import type { Clock } from "../base/clock";
import { later, Scope } from "../base/scope";
import type { EventOf, HelloReply, LeaveReason, Profile, ServerEvent, WallRefusal, WallSlot } from "../protocol/messages";
import { Link, RequestError } from "../protocol/socket";
import type { FailCode, SocketLike } from "../protocol/socket";
import type { Player } from "./player";
import { Way } from "./way";

export interface WallState {
  readonly phase: "opening" | "open" | "over";
  /** Why it is over; undefined when the page closed it. */
  readonly why?: FailCode | LeaveReason;
  /** Slots of the page that are not shown, by number. */
  readonly refused: ReadonlyMap<number, WallRefusal>;
  /** Pictures of a codec that this browser has not negotiated, as "room/seat/source". */
  readonly unplayable: ReadonlySet<string>;
}

export interface WallConfig {
  readonly profile: Profile;
  readonly open: () => SocketLike;
  readonly clock: Clock;
  readonly random: () => number;
  readonly lang: () => string;
  readonly resume: { get(): string | undefined; set(token: string | undefined): void };
}

const RETRY_MS = 3_000;
/** Paths whose offer the browser does not take, one after the other. */
const VAIN_TRIES = 3;

function isBusy(error: RequestError): boolean {
  return error.code === "overloaded" || error.code === "rate_limited";
}

export class Wall {
  readonly state = new Cell<WallState>({ phase: "opening", refused: new Map(), unplayable: new Set() });
  private readonly scope = new Scope();
  private readonly link: Link;
  private readonly way: Way;
  private opens = 0;
  private vain = 0;
  private page: readonly WallSlot[] = [];
  private asking = false;
  private stale = false;

  constructor(private readonly cfg: WallConfig, readonly player: Player) {
    this.link = new Link({
      ...cfg,
      onWelcome: (welcome) => this.onWelcome(welcome),
      onEvent: (event) => this.onEvent(event),
      onRefused: (error) => this.finish(error.code),
      probe: () => this.show(this.page),
    });
    this.way = new Way({ link: this.link, clock: cfg.clock, player, sends: false, onLost: () => void this.open() }, this.scope);
  }

  start(): void {
    this.link.start();
  }

  /** The page is looked at again. */
  nudge(): void {
    this.link.nudge();
  }

  /** As Meeting.networkChanged(). */
  networkChanged(): void {
    this.link.nudge();
    this.way.restart();
  }

  /** What the page shows from now on, all of it: a slot that is not named goes empty. The last page called for wins. */
  show(page: readonly WallSlot[]): void {
    this.page = page;
    this.stale = true;
    if (!this.asking && this.state.value.phase === "open") void this.sendPage();
  }

  /** Gives the wall up. */
  close(): void {
    if (this.scope.ended) return;
    this.link.request("wall.close", {}).catch(() => undefined);
    this.finish();
  }

  // Opening and coming back

  private onWelcome(welcome: HelloReply): void {
    if (!welcome.resumed || this.state.value.phase !== "open") return void this.open();
    if (!welcome.media_alive) this.way.restart();
    this.show(this.page); // what was refused meanwhile may have been missed
  }

  private async open(): Promise<void> {
    const turn = ++this.opens;
    this.way.close();
    this.state.update((s) => ({ ...s, phase: "opening", unplayable: new Set() }));
    try {
      const reply = await this.link.request("wall.open", { profile: this.cfg.profile });
      if (turn !== this.opens || this.scope.ended) return;
      this.cfg.resume.set(reply.resume);
      this.way.open(reply.ice_servers ?? []);
      this.state.update((s) => ({ ...s, phase: "open" }));
      this.show(this.page);
      await this.way.answer(reply.offer);
      this.vain = 0;
    } catch (error) {
      if (turn === this.opens && !this.scope.ended) this.onOpenFailed(error);
    }
  }

  private onOpenFailed(error: unknown): void {
    if (!(error instanceof RequestError)) return this.onOfferNotTaken();
    if (error.code === "lost") return; // the next welcome opens again
    if (isBusy(error)) this.openLater(error.retry_ms);
    else this.finish(error.code);
  }

  /** The browser would not take it, perhaps for want of memory: another path, and then no more. */
  private onOfferNotTaken(): void {
    this.way.close();
    this.state.update((s) => ({ ...s, phase: "opening" }));
    if (++this.vain < VAIN_TRIES) this.openLater();
    else this.finish("bad_sdp");
  }

  private openLater(retry_ms = RETRY_MS): void {
    later(this.scope, this.cfg.clock, retry_ms, () => void this.open());
  }

  // The page

  /** One request at a time: pages that were turned meanwhile are left out. */
  private async sendPage(): Promise<void> {
    this.asking = true;
    while (this.stale && this.state.value.phase === "open" && !this.scope.ended) {
      this.stale = false;
      this.state.update((s) => ({ ...s, refused: new Map() }));
      try {
        await this.link.request("wall.show", { slots: this.page });
      } catch (error) {
        if (!(error instanceof RequestError) || !isBusy(error)) break; // lost: the next welcome shows it again
        this.stale = true;
        await new Promise<void>((done) => later(this.scope, this.cfg.clock, error.retry_ms ?? RETRY_MS, done));
      }
    }
    this.asking = false;
  }

  private onEvent(event: ServerEvent): void {
    switch (event.event) {
      case "slot.bound":
        return this.player.bound(event.slots);
      case "slot.switched":
        return this.player.switched(event.slot, event.binding, event.rtp);
      case "slot.quiet":
        return this.player.quiet(event.slot, event.binding);
      case "slot.suspended":
        return this.player.suspended(event.slot, event.binding);
      case "slot.unplayable":
        return this.state.update((s) => ({ ...s, unplayable: new Set(s.unplayable).add(`${event.room ?? ""}/${event.seat}/${event.source}`) }));
      case "wall.refused":
        return this.onRefused(event);
      case "media.silent":
        return this.way.restart();
      case "media.down":
        return event.rejoin ? void this.open() : this.way.restart();
      case "ended":
        return event.reason === "server" ? undefined : this.finish(event.reason);
      default:
        return undefined;
    }
  }

  private onRefused({ slot, reason }: EventOf<"wall.refused">): void {
    this.state.update((s) => ({ ...s, refused: new Map(s.refused).set(slot, reason) }));
  }

  private finish(why?: FailCode | LeaveReason): void {
    if (this.scope.ended) return;
    this.link.stop();
    this.cfg.resume.set(undefined);
    this.way.close();
    this.scope.end();
    this.state.update((s) => ({ ...s, phase: "over", ...(why === undefined ? {} : { why }) }));
  }
}
