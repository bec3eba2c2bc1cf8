// A server in memory that speaks the schema: enough of a room for unit tests and for looking at the pages.
import type { BoundSlot, ChatLine, HelloReply, IceServer, JoinReply, LineBounds, Room, Seat, ServerEvent } from "../src/protocol/messages";
import type { SocketLike } from "../src/protocol/socket";

export interface Received {
  readonly id: number;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** One side of a socket; the test holds the other. */
export class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((data: unknown) => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;

  constructor(private readonly onText: (text: string) => void) {}

  send(text: string): void {
    if (!this.closed) this.onText(text);
  }

  close(): void {
    this.closed = true;
  }

  /** The line drops. */
  cut(): void {
    this.closed = true;
    this.onclose?.();
  }
}

export function seat(id: string, fields: Partial<Seat> = {}): Seat {
  return { id, name: id, org: "", kind: "browser", role: "participant", presence: "here", on: [], blocked: [], ...fields };
}

export interface FakeRoom {
  readonly room: Room;
  readonly seats: readonly Seat[];
  readonly me: string;
  readonly slots: readonly BoundSlot[];
  readonly chat: readonly ChatLine[];
  readonly offer: string;
}

const PAGE = 50;
export const LINE: LineBounds = { choice: "auto", profile: "full", down_bps: 0, up_bps: 0, videos: 28, height: 0, up_height: 0 };

export class FakeServer {
  epoch = "epoch-1";
  resumed = false;
  media_alive = true;
  /** Type of a request -> the code of its refusal. */
  readonly refuse = new Map<string, string>();
  /** Type of a request -> what it gets instead of an empty reply. */
  readonly answers = new Map<string, object>();
  /** Types of requests that get no reply. */
  readonly ignore = new Set<string>();
  readonly received: Received[] = [];
  readonly sockets: FakeSocket[] = [];
  /** Address of a TURN server that clients may use. */
  turn: string | undefined;
  private credentials = 0;
  private seq = 0;
  private tokens = 0;

  constructor(public state: FakeRoom) {}

  /** A client opens a socket; the test says when it is open. */
  open(): FakeSocket {
    const socket = new FakeSocket((text) => this.onText(socket, JSON.parse(text) as Received));
    this.sockets.push(socket);
    return socket;
  }

  get socket(): FakeSocket {
    const last = this.sockets[this.sockets.length - 1];
    if (!last) throw new Error("nobody has connected");
    return last;
  }

  connect(): void {
    this.socket.onopen?.();
  }

  emit(event: DistributiveOmit<ServerEvent, "seq">): void {
    this.socket.onmessage?.(JSON.stringify({ ...event, seq: ++this.seq }));
  }

  /** Requests of one type, in order. */
  of(type: string): readonly Received[] {
    return this.received.filter((r) => r.type === type);
  }

  private onText(socket: FakeSocket, request: Received): void {
    this.received.push(request);
    if (this.ignore.has(request.type)) return;
    const code = this.refuse.get(request.type);
    const reply = code === undefined ? { reply: request.id, ...this.replyTo(request) } : { reply: request.id, error: { code } };
    queueMicrotask(() => {
      if (!socket.closed) socket.onmessage?.(JSON.stringify(reply));
    });
  }

  private replyTo(request: Received): object {
    switch (request.type) {
      case "hello":
        return this.hello();
      case "join":
        return this.join();
      case "roster.page":
        return this.page(Number(request["after"]));
      case "ice.restart":
        return { offer: this.state.offer, ...this.servers() };
      case "wall.open":
        return { offer: this.state.offer, resume: `resume-${++this.tokens}`, ...this.servers() };
      case "room.mute_all":
        return { muted: this.state.seats.filter((s) => s.on.includes("mic")).length };
      case "room.link":
        return { path: `/join/${this.state.room.id}?t=token` };
      case "chat.send":
        return this.chat(String(request["text"]));
      default:
        return this.answers.get(request.type) ?? {};
    }
  }

  private hello(): HelloReply {
    if (!this.resumed) this.seq = 0;
    return { epoch: this.epoch, server_version: "test", time_ms: 0, resumed: this.resumed, media_alive: this.media_alive, ...(this.resumed ? { resume: `resume-${++this.tokens}` } : {}) };
  }

  private join(): JoinReply {
    const { room, me, slots, chat, offer } = this.state;
    const role = this.state.seats.find((s) => s.id === me)?.role ?? "participant";
    return { seat: me, role, resume: `resume-${++this.tokens}`, offer, room, slots, chat, line: LINE, hands: { up: 0, hands: [] }, ...this.page(0), ...this.servers() };
  }

  private servers(): { readonly ice_servers?: readonly IceServer[] } {
    return this.turn === undefined ? {} : { ice_servers: [{ urls: [this.turn], username: `user-${++this.credentials}`, credential: "secret" }] };
  }

  private page(from: number): { readonly roster: readonly Seat[]; readonly next?: string } {
    const { seats } = this.state;
    return { roster: seats.slice(from, from + PAGE), ...(from + PAGE < seats.length ? { next: String(from + PAGE) } : {}) };
  }

  private chat(text: string): object {
    const id = 1_000 + this.received.length;
    const name = this.state.seats.find((s) => s.id === this.state.me)?.name ?? "";
    queueMicrotask(() => this.emit({ event: "chat.line", line: { id, seat: this.state.me, name, text, time_ms: Date.now() } }));
    return { id };
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export function smallRoom(fields: Partial<FakeRoom> = {}): FakeRoom {
  return {
    room: { id: "r1", title: "例会", org: "城关镇", locked: false, self_unmute: true, started_ms: 0, here: 2, stage: [], rules: [] },
    seats: [seat("a", { role: "host", on: ["mic"] }), seat("b", { on: ["camera", "mic"] })], me: "a", slots: [], chat: [], offer: "offer", ...fields,
  };
}
