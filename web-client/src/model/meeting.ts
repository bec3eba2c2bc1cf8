// One stay in one room: socket, path, own devices and what the room is, kept in step with each other.
//
//   joining --join, answer--> room --ended or a final refusal--> over
//      ^                       |
//      +-- another epoch ------+        the capture tracks stay; the path and its slots are made anew
import { Cell } from "../base/cell";
import type { Clock } from "../base/clock";
import { later, Scope } from "../base/scope";
import type { Undo } from "../base/scope";
import type { Capture } from "../engine/capture";
import { MediaError } from "../engine/devices";
import type { PeerPhase } from "../engine/peer";
import type { Player } from "../engine/player";
import { countersOf, figuresOf } from "../engine/stats";
import type { Counters, Figures } from "../engine/stats";
import { Way } from "../engine/way";
import type { ChatTo, EventOf, HelloReply, JoinReply, LeaveReason, LineBounds, LineProfile, PictureCoding, Profile, ServerEvent, Source, Watched, WatchFields } from "../protocol/messages";
import { Link, RequestError } from "../protocol/socket";
import type { SocketLike } from "../protocol/socket";
import { failure, failureOf } from "./failure";
import type { Failure, FailureKind } from "./failure";
import { Floor, ownHand } from "./floor";
import { Host } from "./host";
import { HostLines } from "./hostlines";
import { Lesson } from "./lesson";
import type { ReadPeople } from "./lesson";
import { FINE, lineOf } from "./line";
import { LineWatch } from "./linewatch";
import type { Line } from "./line";
import { Notices } from "./notices";
import type { Judgement } from "./quality";
import { OwnSources } from "./own";
import { isBlocked, roomFromJoin, withEvent, withPage } from "./room";
import type { RoomState } from "./room";
import { Voice } from "./voice";

export type MeetingPhase = { readonly kind: "joining" } | { readonly kind: "room" } | { readonly kind: "over"; readonly failure?: Failure };

export interface MeetingConfig {
  readonly room: string;
  readonly name?: string;
  readonly token?: string;
  readonly profile: Profile;
  readonly mic: boolean;
  readonly camera: boolean;
  readonly mic_id?: string;
  readonly camera_id?: string;
  /** The line profile that this browser remembers. */
  readonly line?: LineProfile;
  /** How it wants its camera to be coded, likewise. */
  readonly coding?: PictureCoding;
  /** Who is at home or signed in at a site of the class. */
  readonly people: ReadPeople;
  readonly open: () => SocketLike;
  readonly clock: Clock;
  readonly random: () => number;
  readonly lang: () => string;
  readonly resume: { get(): string | undefined; set(token: string | undefined): void };
  /** Whether a reload of the page should go straight back. */
  readonly onInside: (inside: boolean) => void;
}

const WATCH_DELAY_MS = 150;
/** So long a page that nobody can see still gets pictures: who only looks something up finds them running. */
const UNSEEN_MS = 5_000;
const TICK_MS = 500;
const LEAVE_MS = 800;

const ENDED_AS: Readonly<Record<LeaveReason, FailureKind | undefined>> = {
  left: undefined, removed: "removed", ended: "ended", taken_over: "taken_over", lost: "link_lost", server: "server_closing", signed_out: "not_signed_in",
};

/** How the own camera is coded now, and why not as chosen. */
export interface OwnCoding {
  readonly coding: PictureCoding;
  readonly choice: PictureCoding;
  /** So many who watch cannot play the choice. */
  readonly lacking: number;
  /** This browser cannot send it. */
  readonly unable: boolean;
}

const USUAL_CODING: OwnCoding = { coding: "usual", choice: "usual", lacking: 0, unable: false };

const NO_LINE_BOUNDS: LineBounds = { choice: "auto", profile: "full", down_bps: 0, up_bps: 0, videos: 28, height: 0, up_height: 0 };

export class Meeting {
  readonly phase = new Cell<MeetingPhase>({ kind: "joining" });
  readonly room = new Cell<RoomState | undefined>(undefined);
  readonly line = new Cell<Line>(FINE);
  readonly coding = new Cell<OwnCoding>(USUAL_CODING);
  /** The line profile that holds, with its bounds. */
  readonly bounds = new Cell<LineBounds>(NO_LINE_BOUNDS);
  readonly notices: Notices;
  readonly own: OwnSources;
  readonly host: Host;
  readonly floor: Floor;
  /** How far the server's clock is ahead of this computer's. */
  ahead_ms = 0;
  readonly voice: Voice;
  readonly line_watch: LineWatch;
  readonly host_lines: HostLines;
  readonly lesson: Lesson;
  private readonly scope = new Scope();
  private readonly link: Link;
  private readonly way: Way;
  private gone = new Set<string>();
  private epoch: string | undefined;
  private joins = 0;
  private watch_sent = "";
  private watch_sent_ms = -WATCH_DELAY_MS;
  private watching: WatchFields = { items: [] };
  private cancel_watch: Undo | undefined;
  private unseen = false;
  private cancel_unseen: Undo | undefined;
  private cancel_tick: Undo | undefined;
  private media_down_ms: number | undefined;
  private ever_connected = false;
  private server_closing = false;
  private line_choice: LineProfile | undefined;
  private coding_choice: PictureCoding | undefined;
  /** The floor was asked for and given: the microphone goes on as soon as the roster says that it may. */
  private wants_mic = false;

  constructor(private readonly cfg: MeetingConfig, readonly capture: Capture, readonly player: Player) {
    this.notices = new Notices(cfg.clock);
    this.line_choice = cfg.line;
    this.coding_choice = cfg.coding;
    this.link = new Link({
      ...cfg,
      onWelcome: (welcome) => void this.onWelcome(welcome),
      onEvent: (event) => this.onEvent(event),
      onRefused: (error) => this.finish(failureOf(error)),
      probe: () => this.sendWatch(),
    });
    this.way = new Way({
      link: this.link, clock: cfg.clock, player, sends: true, onAccepted: () => this.own.attachAll(), onPhase: (phase) => this.onPeerPhase(phase), onLost: () => void this.join(),
    }, this.scope);
    this.own = this.makeOwn(cfg);
    this.host = new Host(this.link, this.notices, (error) => this.tell(error));
    this.floor = new Floor(this.link, this.notices, (error) => this.tell(error));
    this.voice = new Voice(cfg.clock, () => this.own.isOn("mic"), () => this.remindMuted());
    this.line_watch = new LineWatch({
      link: this.link, clock: cfg.clock, figures: (before) => this.figures(before), onJudgement: (judgement) => this.onJudgement(judgement),
    });
    this.host_lines = new HostLines(this.link, cfg.clock);
    this.lesson = new Lesson(this.link, cfg.clock, cfg.people);
    this.scope.add(() => this.lesson.stop());
    this.scope.add(this.line_watch.start());
    this.scope.add(this.link.state.subscribe(() => this.readLine()));
    this.scope.add(this.voice.follow(capture));
    this.scope.add(() => this.cancel_tick?.());
    this.scope.add(() => this.cancel_watch?.());
    this.scope.add(() => this.cancel_unseen?.());
    this.tick();
  }

  private makeOwn(cfg: MeetingConfig): OwnSources {
    const on: Source[] = [];
    if (cfg.mic) on.push("mic");
    if (cfg.camera) on.push("camera");
    return new OwnSources({
      link: this.link, capture: this.capture, mic_id: cfg.mic_id, camera_id: cfg.camera_id,
      peer: () => this.way.peer,
      seat: () => this.room.value?.seats.get(this.room.value.me),
      onFailure: (error) => this.tell(error),
      onDeviceLost: () => this.notices.add({ kind: "device_lost" }),
    }, on);
  }

  start(): void {
    this.link.start();
  }

  /** The page is looked at again. */
  nudge(): void {
    this.link.nudge();
  }

  /** Whether anybody can see the page: without, no pictures are asked for after a while; voices go on. */
  seen(seen: boolean): void {
    this.cancel_unseen?.();
    this.cancel_unseen = undefined;
    if (!seen) this.cancel_unseen = this.cfg.clock.after(UNSEEN_MS, () => this.setUnseen(true));
    else this.setUnseen(false);
  }

  private setUnseen(unseen: boolean): void {
    if (this.unseen === unseen) return;
    this.unseen = unseen;
    this.cancel_watch?.();
    this.cancel_watch = undefined;
    if (this.watch_sent !== "" && this.watch_sent !== JSON.stringify(this.shown())) this.sendWatch();
  }

  /** What the server is told: what the page watches, or no picture while nobody sees it. */
  private shown(): WatchFields {
    return this.unseen ? { ...this.watching, items: [] } : this.watching;
  }

  /** The network is back, perhaps another one: sockets and ways that look alive may be dead. */
  networkChanged(): void {
    this.link.nudge();
    this.way.restart();
  }

  /** Gives the seat up; a server that does not answer is not waited for long. */
  async leave(): Promise<void> {
    if (this.scope.ended) return;
    const asked = this.link.request("leave", {}).catch(() => undefined);
    await Promise.race([asked, new Promise<void>((done) => this.cfg.clock.after(LEAVE_MS, done))]);
    this.finish();
  }

  connection(): RTCPeerConnection | undefined {
    return this.way.peer?.connection;
  }

  async say(text: string, to: ChatTo = "all"): Promise<boolean> {
    try {
      await this.link.request("chat.send", to === "all" ? { text } : { text, to });
      return true;
    } catch (error) {
      this.tell(error);
      return false;
    }
  }

  async chooseLine(line: LineProfile): Promise<void> {
    try {
      await this.link.request("line.set", { line });
    } catch (error) {
      this.tell(error);
    }
  }

  async chooseCoding(coding: PictureCoding): Promise<void> {
    this.coding_choice = coding;
    this.coding.update((c) => ({ ...c, unable: false }));
    try {
      await this.link.request("coding.set", { coding });
    } catch (error) {
      this.tell(error);
    }
  }

  readChat(): void {
    this.room.update((r) => (r && r.unread > 0 ? { ...r, unread: 0 } : r));
  }

  /** What the page shows now, most important first, and who must be heard. Sent when it differs: at once, but a moment after the last. */
  watch(items: readonly Watched[], pinned: readonly string[] = []): void {
    this.watching = pinned.length > 0 ? { items, pinned } : { items };
    if (this.cancel_watch || JSON.stringify(this.shown()) === this.watch_sent) return;
    const wait_ms = Math.max(0, this.watch_sent_ms + WATCH_DELAY_MS - this.cfg.clock.now());
    this.cancel_watch = this.cfg.clock.after(wait_ms, () => {
      this.cancel_watch = undefined;
      if (JSON.stringify(this.shown()) !== this.watch_sent) this.sendWatch();
    });
  }

  /** Counters and figures since those given. */
  async figures(before: Counters | undefined): Promise<{ readonly now: Counters; readonly figures: Figures } | undefined> {
    const report = (await this.way.peer?.stats()) as unknown as ReadonlyMap<string, unknown> | undefined;
    if (!report) return undefined;
    const now = countersOf(report, this.cfg.clock.now());
    return { now, figures: figuresOf(report, now, before) };
  }

  // Joining and coming back

  private async onWelcome(welcome: HelloReply): Promise<void> {
    const same = this.epoch === undefined || this.epoch === welcome.epoch;
    this.epoch = welcome.epoch;
    this.server_closing = false;
    this.ahead_ms = welcome.time_ms - Date.now();
    if (!welcome.resumed || !same || !this.room.value) return this.join();
    if (!welcome.media_alive) this.way.restart();
    if (this.watch_sent === "") this.sendWatch(); // what was asked went down with the socket
    this.readLine();
  }

  private async join(): Promise<void> {
    const turn = ++this.joins;
    this.dropPath();
    const { room, name, profile } = this.cfg;
    const on = { mic: this.own.isOn("mic"), camera: this.own.isOn("camera") };
    const line = this.line_choice;
    const coding = this.coding_choice;
    try {
      const reply = await this.link.request("join", { room, profile, ...on, ...(line === undefined ? {} : { line }), ...(coding === undefined ? {} : { coding }), ...(name === undefined ? {} : { name }) });
      if (turn === this.joins) await this.onJoined(reply);
    } catch (error) {
      if (turn === this.joins) this.onJoinFailed(error);
    }
  }

  private onJoinFailed(error: unknown): void {
    if (error instanceof RequestError && error.code === "lost") return; // the next welcome joins again
    if (error instanceof RequestError && (error.code === "overloaded" || error.code === "rate_limited")) {
      later(this.scope, this.cfg.clock, error.retry_ms ?? 3_000, () => void this.join());
      return;
    }
    this.finish(failureOf(error));
  }

  private async onJoined(reply: JoinReply): Promise<void> {
    const before = this.room.value;
    this.cfg.resume.set(reply.resume);
    this.cfg.onInside(true);
    this.gone = new Set();
    this.room.set({ ...roomFromJoin(reply), unread: before?.unread ?? 0 });
    this.media_down_ms = this.cfg.clock.now();
    this.way.open(reply.ice_servers ?? []);
    this.takeBounds(reply.line);
    this.coding.set(USUAL_CODING);
    this.player.bound(reply.slots);
    this.phase.set({ kind: "room" });
    if (before) {
      this.notices.add({ kind: "back" });
      this.sendWatch();
    }
    void this.readRoster(reply.next);
    this.lesson.enter(reply.room.class?.number);
    await this.way.answer(reply.offer).catch((error: unknown) => this.tell(error));
    await this.own.declareScreen();
  }

  private dropPath(): void {
    this.way.close();
    this.line_watch.reset();
  }

  private onPeerPhase(phase: PeerPhase): void {
    if (phase === "connected") {
      this.ever_connected = true;
      this.media_down_ms = undefined;
    } else if (phase === "shaky" || phase === "failed") {
      this.media_down_ms ??= this.cfg.clock.now();
    }
    this.readLine();
  }

  private async readRoster(next: string | undefined): Promise<void> {
    for (let after = next; after !== undefined; ) {
      try {
        const page = await this.link.request("roster.page", { after });
        this.room.update((r) => r && withPage(r, page.roster, this.gone));
        after = page.next;
      } catch {
        return; // lost: the join or the snapshot that follows begins anew
      }
    }
  }

  private sendWatch(): void {
    if (!this.room.value) return;
    const shown = this.shown();
    this.watch_sent = JSON.stringify(shown);
    this.watch_sent_ms = this.cfg.clock.now();
    this.link.request("watch", shown).catch((error: unknown) => {
      this.watch_sent = ""; // sent again when the socket is back, or by the next change of the page
      if (error instanceof RequestError && (error.code === "overloaded" || error.code === "rate_limited"))
        later(this.scope, this.cfg.clock, error.retry_ms ?? 3_000, () => this.watch(this.watching.items, this.watching.pinned));
    });
  }

  // Events

  private onEvent(event: ServerEvent): void {
    if (!this.room.value && event.event !== "ended") return; // a reloaded page is told again what it missed: its join has it all
    switch (event.event) {
      case "slot.bound":
        return this.player.bound(event.slots);
      case "slot.switched":
        return this.player.switched(event.slot, event.binding, event.rtp);
      case "slot.quiet":
        return this.player.quiet(event.slot, event.binding);
      case "slot.suspended":
        return this.player.suspended(event.slot, event.binding);
      case "source.layers":
        return void this.way.peer?.setLayers(event.source, event.layers);
      case "line":
        return this.onLine(event.line);
      case "coding":
        return void this.onCoding(event);
      case "media.silent":
        return this.way.restart();
      case "media.down":
        return event.rejoin ? void this.join() : this.way.restart();
      case "notice":
        return this.onNotice(event);
      case "ended":
        return this.onEnded(ENDED_AS[event.reason]);
      case "server.closing":
        this.server_closing = true;
        return this.readLine();
      default:
        return this.onRoomEvent(event);
    }
  }

  /** A server that stops for a restart comes back: only the other endings are final. */
  private onEnded(kind: FailureKind | undefined): void {
    if (kind === "server_closing") {
      this.server_closing = true;
      this.readLine();
    } else {
      this.finish(kind && failure(kind));
    }
  }

  private onRoomEvent(event: ServerEvent): void {
    const before = this.room.value;
    if (!before) return;
    this.lesson.onEvent(event);
    if (event.event === "roster.delta") {
      for (const id of event.gone) this.gone.add(id);
      for (const seat of event.seats) this.gone.delete(seat.id);
    }
    const after = withEvent(before, event, this.cfg.clock.now());
    this.room.set(after);
    if (event.event === "snapshot") {
      this.player.snapshot(event.slots);
      void this.readRoster(event.next);
    }
    const seat = after.seats.get(after.me);
    if (seat) void this.own.follow(seat);
    if (this.wants_mic && seat && !isBlocked(seat, "mic")) {
      this.wants_mic = false;
      void this.own.switchOnMic();
    }
  }

  private takeBounds(bounds: LineBounds): void {
    this.line_choice = bounds.choice;
    this.bounds.set(bounds);
    void this.way.peer?.setBounds(bounds);
  }

  /** What the server found by itself is told; what was chosen, its chooser knows. */
  private onLine(bounds: LineBounds): void {
    const before = this.bounds.value;
    this.takeBounds(bounds);
    if (before.choice === "auto" && bounds.choice === "auto" && before.profile !== bounds.profile) this.notices.add({ kind: bounds.profile === "full" ? "line_wide" : "line_narrow" });
  }

  /** What others cannot play is told, and that it goes as chosen. */
  private async onCoding({ coding, choice, lacking }: EventOf<"coding">): Promise<void> {
    const before = this.coding.value;
    this.coding.set({ coding, choice, lacking, unable: false });
    const took = (await this.way.peer?.setCoding(coding)) ?? true;
    if (!took) {
      this.coding.set({ coding: "usual", choice, lacking, unable: true });
      this.notices.add({ kind: "coding_unable" });
    } else if (coding !== "usual" && before.coding !== coding) {
      this.notices.add({ kind: "coding_lean" });
    } else if (lacking > 0 && (before.lacking === 0 || before.coding !== "usual")) {
      this.notices.add({ kind: "coding_lacking", count: lacking });
    }
  }

  private onNotice(event: EventOf<"notice">): void {
    const { notice, by, role } = event;
    if (notice === "muted_by_host") void this.own.silence("mic");
    if (notice === "camera_stopped_by_host") void this.own.silence("camera");
    if (notice === "screen_stopped_by_host") void this.own.silence("screen").then(() => this.own.silence("screen_audio"));
    if (notice === "floor_ended") void this.own.silence("mic");
    if (notice === "floor_given" && this.room.value && ownHand(this.room.value)) this.wants_mic = true; // it asked for it; `hands` tells a moment later that the hand is down
    this.notices.add({ kind: notice, by, ...(role === undefined ? {} : { role }) });
  }

  /** Not while the host has taken the microphone away: nothing could be done about it. */
  private remindMuted(): void {
    const state = this.room.value;
    if (state && !isBlocked(state.seats.get(state.me), "mic")) this.notices.add({ kind: "talking_muted" });
  }

  // Watching the line

  tell(error: unknown): void {
    if (error instanceof MediaError && error.trouble === "cancelled") return;
    if (error instanceof RequestError && error.code === "lost") return; // the line says so already
    this.notices.add({ kind: "failure", failure: failureOf(error) });
  }

  private readLine(): void {
    const line = lineOf({
      now_ms: this.cfg.clock.now(), link: this.link.state.value, ever_connected: this.ever_connected,
      server_closing: this.server_closing, judgement: this.line_watch.view.value.judgement,
      ...(this.media_down_ms === undefined ? {} : { media_down_ms: this.media_down_ms }),
    });
    this.line.update((now) => (now.step === line.step && now.why === line.why ? now : line));
  }

  /** How long trouble has lasted, and whether to try again. */
  private tick(): void {
    this.cancel_tick = this.cfg.clock.after(TICK_MS, () => {
      this.readLine();
      if (this.line.value.step === 3 && this.media_down_ms !== undefined) this.way.restart();
      this.tick();
    });
  }

  /** A line that is bad now says why, once; a good one again says nothing. */
  private onJudgement(judgement: Judgement): void {
    if (judgement !== "good" && this.room.value) this.notices.add({ kind: "line", judgement });
  }

  private finish(why?: Failure): void {
    if (this.scope.ended) return;
    this.link.stop();
    this.cfg.onInside(false);
    this.dropPath();
    this.scope.end();
    this.capture.close();
    this.phase.set({ kind: "over", ...(why ? { failure: why } : {}) });
  }
}
