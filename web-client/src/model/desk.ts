// The line of the pages outside rooms: one socket for notices and for what a superior looks at. It is there while somebody uses it, and
// asks anew for what is used whenever it comes back.
//
//   idle --somebody uses it--> linked --nobody does any more--> idle
//                                |
//                            refused for good, signed out: idle, tried again when it is used the next time
import { Cell } from "../base/cell";
import type { Clock } from "../base/clock";
import type { Undo } from "../base/scope";
import type { OrgNotice, ServerEvent } from "../protocol/messages";
import { Link, RequestError } from "../protocol/socket";
import type { FailCode, LinkConfig } from "../protocol/socket";
import { NOT_LOOKING, onDetail, onMoreSites, onRoom, onRoomList, onRooms } from "./looking";
import type { Looking } from "./looking";

export interface Notices {
  /** The newest, as far as they were told. */
  readonly list: readonly OrgNotice[];
  readonly unread: number;
}

export interface LookState extends Looking {
  /** Why nothing can be shown: of the list, or of the room whose details are asked for. */
  readonly refused?: FailCode;
}

export interface DeskConfig extends Pick<LinkConfig, "open" | "random" | "lang"> {
  readonly clock: Clock;
  /** This machine's calendar time, which may be wrong. */
  readonly wall: () => number;
}

const NO_NOTICES: Notices = { list: [], unread: 0 };
const NOTICES_KEPT = 20;
const RETRY_MS = 3_000;
const LINGER_MS = 2_000;
/** A page of sites that is certainly empty. */
const NOTHING_BEHIND = Number.MAX_SAFE_INTEGER;

export class Desk {
  readonly notices = new Cell<Notices>(NO_NOTICES);
  readonly looking = new Cell<LookState>(NOT_LOOKING);
  /** Whether the line is there: what is shown is of now. */
  readonly live = new Cell(false);
  private link: Link | undefined;
  private ready = false;
  /** The list of rooms was answered: details may be asked for, which a new list would end. */
  private opened = false;
  private noticed = 0;
  private lookers = 0;
  private room: string | undefined;
  private readonly users = new Map<string, number>();
  private turn = 0;
  private retry: Undo | undefined;
  private ahead_ms = 0;

  constructor(private readonly cfg: DeskConfig) {}

  /** Notices are told until it is undone. */
  useNotices(): Undo {
    this.begin();
    if (this.noticed++ === 0 && this.ready) void this.askNotices();
    return this.undoLater(() => {
      if (--this.noticed > 0) return;
      this.notices.set(NO_NOTICES);
      this.drop("notices.close");
    });
  }

  /** The running rooms are told, and the details of one, until it is undone. */
  useLook(room?: string): Undo {
    this.begin();
    if (this.lookers++ === 0 && this.ready) void this.askRooms();
    if (room !== undefined) {
      this.users.set(room, (this.users.get(room) ?? 0) + 1);
      this.setRoom(room);
    }
    return this.undoLater(() => {
      if (room !== undefined) this.leaveRoom(room);
      if (--this.lookers > 0) return;
      this.opened = false;
      this.looking.set(NOT_LOOKING);
      this.drop("look.close");
    });
  }

  /** The server's calendar time: what is written and counted down goes by it. */
  now(): number {
    return this.cfg.wall() - this.ahead_ms;
  }

  /** A presence check of these sites by hand: the number of the ask. */
  async check(number: number, sites: readonly number[]): Promise<number> {
    if (!this.link) throw new RequestError("lost");
    return (await this.link.request("look.check", { class: number, sites })).ask;
  }

  /** What was read on a page of this account. */
  onRead(unread: number): void {
    this.notices.update((n) => ({ unread, list: unread === 0 ? n.list.map((notice) => ({ ...notice, read: true })) : n.list }));
  }

  /** The page is looked at again, or the network is back. */
  nudge(): void {
    this.link?.nudge();
  }

  /** From one page to the next the line stays: what is not used any more is given up a little later. */
  private undoLater(undo: Undo): Undo {
    let done = false;
    return () => {
      if (done) return;
      done = true;
      this.cfg.clock.after(LINGER_MS, undo);
    };
  }

  private leaveRoom(room: string): void {
    const users = (this.users.get(room) ?? 0) - 1;
    if (users > 0) return void this.users.set(room, users);
    this.users.delete(room);
    if (this.room === room) this.setRoom(undefined);
  }

  private begin(): void {
    if (this.link) return;
    const link = new Link({
      ...this.cfg, resume: { get: () => undefined, set: () => undefined },
      onWelcome: (welcome) => this.onWelcome(welcome.time_ms), onEvent: (event) => this.onEvent(event), onRefused: (error) => this.onRefused(error.code),
      probe: () => this.probe(),
    });
    this.link = link;
    link.state.subscribe((s) => {
      if (s.phase !== "ready") this.ready = this.opened = false;
      this.live.set(this.ready);
    });
    link.start();
  }

  /** Cheap, and changes nothing there. Pages that only wait for notices stay silent: there are many. */
  private probe(): void {
    if (this.lookers === 0) return;
    const page = this.room === undefined ? { room: "" } : { room: this.room, after: NOTHING_BEHIND };
    this.link?.request("look.room", page).catch(() => undefined);
  }

  private drop(type: "notices.close" | "look.close"): void {
    if (this.noticed + this.lookers > 0) {
      if (this.ready) this.link?.request(type, {}).catch(() => undefined);
      return;
    }
    this.retry?.();
    this.retry = undefined;
    const { link } = this;
    this.link = undefined;
    this.ready = this.opened = false;
    link?.stop();
    this.live.set(false);
  }

  private setRoom(room: string | undefined): void {
    if (this.room === room) return;
    this.room = room;
    this.looking.update(({ detail: _, refused: __, ...s }) => s);
    if (this.opened) void this.askRoom();
  }

  private onWelcome(server_ms: number): void {
    this.ahead_ms = this.cfg.wall() - server_ms;
    this.ready = true;
    this.live.set(true);
    if (this.noticed > 0) void this.askNotices();
    if (this.lookers > 0) void this.askRooms();
  }

  private onRefused(code: FailCode): void {
    this.link = undefined;
    this.ready = this.opened = false;
    this.looking.update((s) => ({ ...s, refused: code }));
    this.live.set(false);
  }

  private async askNotices(): Promise<void> {
    await this.ask(async (link) => {
      const { notices, unread } = await link.request("notices.open", {});
      if (this.noticed > 0) this.notices.set({ list: notices, unread });
    }, () => this.askNotices());
  }

  private async askRooms(): Promise<void> {
    await this.ask(async (link) => {
      const reply = await link.request("look.open", {});
      if (this.lookers === 0) return;
      this.opened = true;
      this.looking.update((s) => onRoomList(s, reply));
      if (this.room !== undefined) void this.askRoom();
    }, () => this.askRooms());
  }

  /** The first page and all the others; a newer question ends this one. */
  private async askRoom(): Promise<void> {
    const turn = ++this.turn;
    const room = this.room ?? "";
    await this.ask(async (link) => {
      let reply = await link.request("look.room", { room });
      if (turn !== this.turn || room === "") return;
      this.looking.update((s) => onRoom(s, room, reply));
      for (let after: number | undefined; reply.next !== undefined && reply.next !== after; ) {
        after = reply.next;
        reply = await link.request("look.room", { room, after });
        if (turn !== this.turn) return;
        this.looking.update((s) => onMoreSites(s, room, reply));
      }
    }, () => (turn === this.turn ? this.askRoom() : Promise.resolve()));
  }

  /** What the line lost is asked for again by the next welcome; a busy server a little later. */
  private async ask(act: (link: Link) => Promise<void>, again: () => Promise<void>): Promise<void> {
    const { link } = this;
    if (!link) return;
    try {
      await act(link);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.code === "lost" || link !== this.link) return;
      if (error.code === "rate_limited" || error.code === "overloaded") this.retry = this.cfg.clock.after(error.retry_ms ?? RETRY_MS, () => void again());
      else this.looking.update((s) => ({ ...s, refused: error.code }));
    }
  }

  private onEvent(event: ServerEvent): void {
    switch (event.event) {
      case "look.rooms":
        return this.looking.update((s) => onRooms(s, event));
      case "look.detail":
        return this.looking.update((s) => onDetail(s, event));
      case "look.ended":
        return this.looking.set({ ...NOT_LOOKING, refused: "forbidden" });
      case "notices.new":
        return this.notices.update(({ list }) => ({ unread: event.unread, list: [event.notice, ...list.filter((n) => n.id !== event.notice.id)].slice(0, NOTICES_KEPT) }));
      case "notices.unread":
        return this.onRead(event.unread);
      default:
        return undefined;
    }
  }
}
