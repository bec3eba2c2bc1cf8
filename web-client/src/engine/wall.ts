// A watch transport of no room: a socket and a path whose slots show seats of many rooms. The page says what it shows, all of
// it; what may not be seen, or not any more, stands in `refused`.
//
//   opening --wall.open, answer--> open --close, taken over, a refusal for good--> over
//      ^                            |
//      +-- no resume, media dead ---+        the page is shown again
import { Cell } from "../base/cell";
import type { Clock } from "../base/clock";
import { Scope } from "../base/scope";
import type { EventOf, HelloReply, IceServer, LeaveReason, Profile, ServerEvent, WallRefusal, WallSlot } from "../protocol/messages";
import { Link, RequestError } from "../protocol/socket";
import type { FailCode, SocketLike } from "../protocol/socket";
import { Peer } from "./peer";
import type { Player } from "./player";

export interface WallState {
  readonly phase: "opening" | "open" | "over";
  /** Why it is over; undefined when the page closed it. */
  readonly why?: FailCode | LeaveReason;
  /** Slots of the page that are not shown, by number. */
  readonly refused: ReadonlyMap<number, WallRefusal>;
}

export interface WallConfig {
  readonly profile: Profile;
  readonly open: () => SocketLike;
  readonly clock: Clock;
  readonly random: () => number;
  readonly lang: () => string;
  readonly resume: { get(): string | undefined; set(token: string | undefined): void };
}

const RESTART_SPACING_MS = 5_000;
const SHAKY_MS = 250;
const RETRY_MS = 3_000;

export class Wall {
  readonly state = new Cell<WallState>({ phase: "opening", refused: new Map() });
  private readonly scope = new Scope();
  private readonly link: Link;
  private peer: Peer | undefined;
  private peer_scope = new Scope();
  private opens = 0;
  private page: readonly WallSlot[] = [];
  private asking = false;
  private stale = false;
  private last_restart_ms = -RESTART_SPACING_MS;

  constructor(private readonly cfg: WallConfig, readonly player: Player) {
    this.link = new Link({
      ...cfg,
      onWelcome: (welcome) => this.onWelcome(welcome),
      onEvent: (event) => this.onEvent(event),
      onRefused: (error) => this.finish(error.code),
      probe: () => this.show(this.page),
    });
  }

  start(): void {
    this.link.start();
  }

  /** The network is back or the page is looked at again. */
  nudge(): void {
    this.link.nudge();
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
    if (!welcome.media_alive) this.restartIce();
    this.show(this.page); // what was refused meanwhile may have been missed
  }

  private async open(): Promise<void> {
    const turn = ++this.opens;
    this.dropPeer();
    this.state.update((s) => ({ ...s, phase: "opening" }));
    try {
      const reply = await this.link.request("wall.open", { profile: this.cfg.profile });
      if (turn !== this.opens || this.scope.ended) return;
      this.cfg.resume.set(reply.resume);
      this.makePeer(reply.ice_servers ?? []);
      this.state.update((s) => ({ ...s, phase: "open" }));
      this.show(this.page);
      await this.answer(reply.offer);
    } catch (error) {
      if (turn === this.opens) this.onOpenFailed(error);
    }
  }

  private onOpenFailed(error: unknown): void {
    if (this.scope.ended || !(error instanceof RequestError) || error.code === "lost") return; // the next welcome opens again
    if (error.code === "overloaded" || error.code === "rate_limited") this.later(error.retry_ms ?? RETRY_MS, () => void this.open());
    else this.finish(error.code);
  }

  private makePeer(servers: readonly IceServer[]): void {
    const peer = new Peer(servers, (slot, receiver) => this.player.attach(slot, receiver), false);
    const scope = this.scope.child();
    this.peer = peer;
    this.peer_scope = scope;
    scope.add(() => peer.close());
    scope.add(peer.phase.subscribe(() => this.onPeerPhase(peer)));
  }

  private dropPeer(): void {
    this.peer_scope.end();
    this.peer = undefined;
    this.player.close();
  }

  private async answer(offer: string): Promise<void> {
    const peer = this.peer;
    if (!peer) return;
    const sdp = await peer.accept(offer);
    if (peer === this.peer) await this.link.request("answer", { sdp });
  }

  private onPeerPhase(peer: Peer): void {
    const phase = peer.phase.value;
    if (phase !== "shaky" && phase !== "failed") return;
    this.later(phase === "failed" ? 0 : SHAKY_MS, () => {
      if (peer === this.peer && (peer.phase.value === "shaky" || peer.phase.value === "failed")) this.restartIce();
    });
  }

  /** New credentials for the same path; a server that has forgotten it opens another. */
  private restartIce(): void {
    const now = this.cfg.clock.now();
    if (this.link.state.value.phase !== "ready" || now - this.last_restart_ms < RESTART_SPACING_MS) return;
    this.last_restart_ms = now;
    const peer = this.peer;
    this.link.request("ice.restart", {}).then(
      (reply) => {
        if (peer !== this.peer) return;
        peer?.useServers(reply.ice_servers ?? []);
        return this.answer(reply.offer);
      },
      (error: unknown) => {
        if (error instanceof RequestError && error.code !== "lost" && error.code !== "rate_limited") void this.open();
      },
    ).catch(() => undefined);
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
        if (!(error instanceof RequestError) || error.code !== "rate_limited") break; // lost: the next welcome shows it again
        this.stale = true;
        await new Promise<void>((done) => this.later(error.retry_ms ?? RETRY_MS, done));
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
      case "wall.refused":
        return this.onRefused(event);
      case "media.down":
        return event.rejoin ? void this.open() : this.restartIce();
      case "ended":
        return event.reason === "server" ? undefined : this.finish(event.reason);
      default:
        return undefined;
    }
  }

  private onRefused({ slot, reason }: EventOf<"wall.refused">): void {
    this.state.update((s) => ({ ...s, refused: new Map(s.refused).set(slot, reason) }));
  }

  private later(delay_ms: number, act: () => void): void {
    this.scope.add(this.cfg.clock.after(delay_ms, () => {
      if (!this.scope.ended) act();
    }));
  }

  private finish(why?: FailCode | LeaveReason): void {
    if (this.scope.ended) return;
    this.link.stop();
    this.cfg.resume.set(undefined);
    this.dropPeer();
    this.scope.end();
    this.state.update((s) => ({ ...s, phase: "over", ...(why === undefined ? {} : { why }) }));
  }
}
