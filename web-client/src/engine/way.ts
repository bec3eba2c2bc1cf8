// The way of media: one peer connection and what keeps it alive. It notices that nothing comes back, restarts ICE on the same path, and says
// when only a new path will do.
//
//   none --open--> trying --connected--> carries --shaky, failed, silent, told so--> restarting --answered--> carries
//                                                                                         |
//                                           the server has forgotten it, or its offer is not taken: onLost, and open() again
import type { Clock } from "../base/clock";
import { later, Scope } from "../base/scope";
import type { Undo } from "../base/scope";
import type { IceServer } from "../protocol/messages";
import { RequestError } from "../protocol/socket";
import type { Link } from "../protocol/socket";
import { watchSound } from "./patience";
import { Peer } from "./peer";
import type { PeerPhase } from "./peer";
import { AUDIO_SLOTS } from "./player";
import type { Player } from "./player";
import { watchPulse } from "./pulse";

export interface WayConfig {
  readonly link: Link;
  readonly clock: Clock;
  readonly player: Player;
  readonly sends: boolean;
  /** The offer is taken, the answer not sent yet: what is to be sent goes onto the path. */
  readonly onAccepted?: () => Promise<void>;
  readonly onPhase?: (phase: PeerPhase) => void;
  /** Only a new path helps. */
  readonly onLost: () => void;
}

/** After one that helped, and while they do not: the next would end what the last has begun, and a way around may take seconds. */
const RESTART_SPACING_MS = 2_000;
const RESTART_IN_VAIN_MS = 5_000;
/** A restart costs little, and browsers have waited for seconds when they say so. */
const SHAKY_MS = 250;
/** What breaks the way of media breaks the socket, too, and nothing tells: it is made anew when a request waits for so long. */
const DEAF_MS = 2_500;

export class Way {
  private path: Peer | undefined;
  private scope = new Scope();
  private restarted_ms = -RESTART_IN_VAIN_MS;
  private proven = true;

  constructor(private readonly cfg: WayConfig, private readonly parent: Scope) {}

  get peer(): Peer | undefined {
    return this.path;
  }

  /** A new path; one that was there ends. */
  open(servers: readonly IceServer[]): void {
    this.close();
    const { clock, player, sends } = this.cfg;
    const sound = watchSound(clock);
    const peer = new Peer(servers, (slot, receiver) => {
      player.attach(slot, receiver);
      if (slot < AUDIO_SLOTS) sound.attach(receiver);
    }, sends);
    const scope = this.parent.child();
    this.path = peer;
    this.scope = scope;
    scope.add(() => peer.close());
    scope.add(sound.end);
    scope.add(peer.phase.subscribe(() => this.onPhase(peer.phase.value)));
    scope.add(watchPulse(clock, () => peer.traffic(), { onSilence: () => this.restart(), onAnswer: () => this.prove() }));
  }

  close(): void {
    if (!this.path) return;
    this.scope.end();
    this.path = undefined;
    this.cfg.player.close();
  }

  /** Takes an offer of the server and answers it. Throws what the browser or the server has against it. */
  async answer(offer: string): Promise<void> {
    const peer = this.path;
    if (!peer) return;
    const sdp = await peer.accept(offer);
    await this.cfg.onAccepted?.();
    if (peer === this.path) await this.cfg.link.request("answer", { sdp });
  }

  /** New credentials for the same path, with new addresses of ours. Too soon after the last: nothing. */
  restart(): void {
    const { link, clock } = this.cfg;
    const now = clock.now();
    const peer = this.path;
    if (!peer || link.state.value.phase !== "ready" || now - this.restarted_ms < (this.proven ? RESTART_SPACING_MS : RESTART_IN_VAIN_MS)) return;
    this.restarted_ms = now;
    this.proven = false;
    void this.ask(peer, later(this.scope, clock, DEAF_MS, () => this.reconnect()));
  }

  private async ask(peer: Peer, heard: Undo): Promise<void> {
    try {
      const reply = await this.cfg.link.request("ice.restart", {});
      heard();
      if (peer !== this.path) return;
      peer.useServers(reply.ice_servers ?? []);
      await this.answer(reply.offer);
    } catch (error) {
      heard();
      const passing = error instanceof RequestError && (error.code === "lost" || error.code === "rate_limited" || error.code === "overloaded");
      if (peer === this.path && !passing) this.cfg.onLost();
    }
  }

  private reconnect(): void {
    this.cfg.link.restart();
    this.cfg.link.nudge();
  }

  private onPhase(phase: PeerPhase): void {
    const peer = this.path;
    if (phase === "connected") this.prove();
    this.cfg.onPhase?.(phase);
    if (phase !== "shaky" && phase !== "failed") return;
    later(this.scope, this.cfg.clock, phase === "failed" ? 0 : SHAKY_MS, () => {
      if (peer?.phase.value === "shaky" || peer?.phase.value === "failed") this.restart();
    });
  }

  private prove(): void {
    this.proven = true;
  }
}
