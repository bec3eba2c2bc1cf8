// The one WebSocket of a page: hello first, requests with ids, events in order, and the way back when the line drops.
//
//   idle --start--> connecting --open--> greeting --reply--> ready
//                       ^                    |                 |
//                       |                  closed            closed
//                       +------ waiting <----+-----------------+          stop or a final refusal: over
//
// A request that has no reply when the line drops is sent again with the same id if the seat is resumed; otherwise it fails with "lost".
import type { RecordCode } from "./recordcode";
import type { Clock } from "../base/clock";
import { Cell } from "../base/cell";
import type { Undo } from "../base/scope";
import { PROTOCOL_VERSION } from "./messages";
import type { ErrorCode, FieldsOf, HelloReply, ProtocolError, ReplyOf, RequestType, ServerEvent } from "./messages";

export interface SocketLike {
  onopen: (() => void) | null;
  onmessage: ((data: unknown) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

/** The browser's own socket in this shape. */
export function webSocket(url: string): SocketLike {
  const ws = new WebSocket(url);
  const socket: SocketLike = { onopen: null, onmessage: null, onclose: null, send: (text) => ws.send(text), close: () => ws.close() };
  ws.onopen = () => socket.onopen?.();
  ws.onmessage = (event: MessageEvent<unknown>) => socket.onmessage?.(event.data);
  ws.onclose = () => socket.onclose?.();
  return socket;
}

export type LinkPhase = "idle" | "connecting" | "greeting" | "ready" | "waiting" | "over";

export interface LinkState {
  readonly phase: LinkPhase;
  /** When the line was lost, by the clock; undefined while it is fine. */
  readonly lost_at_ms?: number;
  readonly attempt: number;
}

export type FailCode = ErrorCode | RecordCode | "lost";

/** A request that was refused, or that the line lost. */
export class RequestError extends Error {
  constructor(readonly code: FailCode, readonly field?: string, readonly retry_ms?: number) {
    super(code);
  }
}

export interface LinkConfig {
  readonly open: () => SocketLike;
  readonly clock: Clock;
  readonly random: () => number;
  readonly lang: () => string;
  readonly token?: string;
  /** The claim of a phone that is not signed in, as it is then. */
  readonly companion?: () => string | undefined;
  /** A line that the other side closed is taken up again within so long, at random: after a restart thousands come back. */
  readonly spread_ms?: number;
  /** Kept by the page, so that a reload comes back to its seat. */
  readonly resume: { get(): string | undefined; set(token: string | undefined): void };
  readonly onWelcome: (welcome: HelloReply) => void;
  readonly onEvent: (event: ServerEvent) => void;
  /** Refused for good: signing in or another link is needed. */
  readonly onRefused: (error: RequestError) => void;
  /** Sent after a silence, so that a dead line is noticed: any cheap request, or nothing. */
  readonly probe?: () => void;
}

interface Waiting {
  readonly text: string;
  readonly resolve: (reply: never) => void;
  readonly reject: (error: RequestError) => void;
  sent_at_ms?: number;
}

const FINAL: readonly FailCode[] = ["not_signed_in", "token_invalid", "removed", "room_ended", "bad_message"];
const SILENCE_MS = 5_000;
const DEAD_MS = 8_000;
const OPEN_MS = 8_000;
const LONGEST_WAIT_MS = 10_000;
const QUICK_TRIES = 20;

/** How long to wait before trying again: 0.2 s plus up to 1 s while a restart may be under way, then longer each time. */
export function backoff_ms(attempt: number, random: number): number {
  const slower = Math.max(0, attempt - QUICK_TRIES);
  return Math.min(LONGEST_WAIT_MS, 200 * 2 ** slower) + random * (slower > 0 ? 3_000 : 1_000);
}

export class Link {
  readonly state = new Cell<LinkState>({ phase: "idle", attempt: 0 });
  private socket: SocketLike | undefined;
  private readonly pending = new Map<number, Waiting>();
  private next_id = 1;
  private last_seq = 0;
  private heard_at_ms = 0;
  private hello_id = 0;
  private timer: Undo | undefined; // one at a time: opening, waiting or listening for silence

  constructor(private readonly cfg: LinkConfig) {}

  start(): void {
    if (this.state.value.phase === "idle") this.connect();
  }

  /** Ends the link; pending requests fail. */
  stop(): void {
    this.enter("over");
    this.drop();
    this.failAll("lost");
  }

  /** Tries at once instead of waiting: the network came back, or the page became visible. */
  nudge(): void {
    if (this.state.value.phase === "waiting") this.connect();
  }

  /** The line is known to be bad: start over. */
  restart(): void {
    const phase = this.state.value.phase;
    if (phase === "over" || phase === "idle" || phase === "waiting") return;
    this.drop();
    this.onClosed();
  }

  request<T extends RequestType>(type: T, fields: FieldsOf<T>): Promise<ReplyOf<T>> {
    if (this.state.value.phase === "over") return Promise.reject(new RequestError("lost"));
    return new Promise<ReplyOf<T>>((resolve, reject) => {
      const id = this.next_id++;
      const waiting: Waiting = { text: JSON.stringify({ id, type, ...fields }), resolve: resolve as (reply: never) => void, reject };
      this.pending.set(id, waiting);
      if (this.state.value.phase === "ready") this.transmit(waiting);
    });
  }

  private enter(phase: LinkPhase): void {
    const { attempt, lost_at_ms } = this.state.value;
    if (phase === "ready" || phase === "over") this.state.set({ phase, attempt: 0 });
    else this.state.set({ phase, attempt, lost_at_ms });
  }

  private later(delay_ms: number, act: () => void): void {
    this.timer?.();
    this.timer = this.cfg.clock.after(delay_ms, act);
  }

  private connect(): void {
    this.drop();
    this.enter("connecting");
    const socket = this.cfg.open();
    this.socket = socket;
    socket.onopen = () => this.greet();
    socket.onmessage = (data) => this.onText(data);
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.drop();
      this.onClosed(this.cfg.random() * (this.cfg.spread_ms ?? 0));
    };
    this.later(OPEN_MS, () => this.restart());
  }

  private drop(): void {
    this.timer?.();
    this.timer = undefined;
    this.pending.delete(this.hello_id);
    const socket = this.socket;
    this.socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private onClosed(retry_ms?: number): void {
    if (this.state.value.phase === "over") return;
    const { attempt, lost_at_ms } = this.state.value;
    const wait = Math.max(retry_ms ?? 0, backoff_ms(attempt, this.cfg.random()));
    this.state.set({ phase: "waiting", attempt: attempt + 1, lost_at_ms: lost_at_ms ?? this.cfg.clock.now() });
    this.later(wait, () => this.connect());
  }

  private greet(): void {
    this.enter("greeting");
    const resume = this.cfg.resume.get();
    const companion = this.cfg.companion?.();
    const hello = {
      version: PROTOCOL_VERSION, lang: this.cfg.lang(),
      ...(this.cfg.token === undefined ? {} : { token: this.cfg.token }),
      ...(companion === undefined ? {} : { companion }),
      ...(resume === undefined ? {} : { resume, last_seq: this.last_seq }),
    };
    this.hello_id = this.next_id++;
    this.pending.set(this.hello_id, {
      text: "",
      sent_at_ms: this.cfg.clock.now(),
      resolve: (reply: HelloReply) => this.onWelcome(reply),
      reject: (error) => this.onHelloRefused(error),
    });
    this.socket?.send(JSON.stringify({ id: this.hello_id, type: "hello", ...hello }));
  }

  private onWelcome(welcome: HelloReply): void {
    if (welcome.resume !== undefined) this.cfg.resume.set(welcome.resume);
    if (!welcome.resumed) {
      this.last_seq = 0;
      this.failAll("lost", true);
    }
    this.heard_at_ms = this.cfg.clock.now();
    this.enter("ready");
    for (const waiting of [...this.pending.values()]) this.transmit(waiting);
    this.watchSilence();
    this.cfg.onWelcome(welcome);
  }

  private onHelloRefused(error: RequestError): void {
    if (this.state.value.phase === "over" || error.code === "lost") return;
    if (error.code === "resume_refused") {
      this.cfg.resume.set(undefined);
      this.restart();
    } else if (FINAL.includes(error.code)) {
      this.stop();
      this.cfg.onRefused(error);
    } else {
      this.drop();
      this.onClosed(error.retry_ms);
    }
  }

  private transmit(waiting: Waiting): void {
    waiting.sent_at_ms = this.cfg.clock.now();
    this.socket?.send(waiting.text);
  }

  /** `unsent`: leave alone what was never sent, since no server has seen it. */
  private failAll(code: FailCode, unsent = false): void {
    for (const [id, waiting] of [...this.pending]) {
      if (unsent && waiting.sent_at_ms === undefined) continue;
      this.pending.delete(id);
      waiting.reject(new RequestError(code));
    }
  }

  private watchSilence(): void {
    this.later(2_000, () => {
      const now = this.cfg.clock.now();
      const oldest = Math.min(...[...this.pending.values()].map((w) => w.sent_at_ms ?? now));
      if (oldest + DEAD_MS < now && this.heard_at_ms + DEAD_MS < now) return this.restart();
      if (this.heard_at_ms + SILENCE_MS < now && this.pending.size === 0) this.cfg.probe?.();
      this.watchSilence();
    });
  }

  private onText(data: unknown): void {
    this.heard_at_ms = this.cfg.clock.now();
    const message = readMessage(data);
    if (!message) return;
    if ("event" in message) this.onEvent(message);
    else this.onReply(message.reply, message);
  }

  private onEvent(event: ServerEvent): void {
    if (event.seq !== 0 && event.seq <= this.last_seq) return; // repeated after a resume
    if (event.seq !== 0) this.last_seq = event.seq;
    this.cfg.onEvent(event);
  }

  private onReply(id: number, message: Reply): void {
    const waiting = this.pending.get(id);
    if (!waiting) return;
    this.pending.delete(id);
    if (message.error) waiting.reject(new RequestError(message.error.code, message.error.field, message.error.retry_ms));
    else waiting.resolve(message as never);
  }
}

/** Events that are never repeated carry no number. */
const UNNUMBERED: readonly ServerEvent["event"][] = ["companion.state", "look.rooms", "look.detail", "look.ended", "notices.new", "notices.unread"];

interface Reply {
  readonly reply: number;
  readonly error?: ProtocolError;
}

function readMessage(data: unknown): ServerEvent | Reply | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== "object" || value === null) return undefined;
    if ("event" in value && "seq" in value) return value as ServerEvent;
    if ("event" in value && UNNUMBERED.some((name) => name === value.event)) return { ...value, seq: 0 } as ServerEvent;
    if ("reply" in value && typeof value.reply === "number") return value as Reply;
  } catch {
    return undefined;
  }
  return undefined;
}
