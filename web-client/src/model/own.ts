// The page's own microphone, camera and screen: what is on, and switching it. Off is off at once; on waits for the server's word.
import { Cell } from "../base/cell";
import type { Capture } from "../engine/capture";
import type { Peer } from "../engine/peer";
import type { Seat, Source } from "../protocol/messages";
import { RequestError } from "../protocol/socket";
import type { Link } from "../protocol/socket";
import { isBlocked, isOn } from "./room";

export interface Own {
  readonly on: readonly Source[];
  /** Asked of the browser or the server, not yet decided. */
  readonly busy: readonly Source[];
}

export interface OwnConfig {
  readonly link: Link;
  readonly capture: Capture;
  readonly peer: () => Peer | undefined;
  readonly seat: () => Seat | undefined;
  readonly mic_id?: string;
  readonly camera_id?: string;
  readonly onFailure: (error: unknown) => void;
  readonly onDeviceLost: () => void;
}

export class OwnSources {
  readonly state: Cell<Own>;
  private mic_id: string | undefined;
  private camera_id: string | undefined;

  constructor(private readonly cfg: OwnConfig, on: readonly Source[]) {
    this.state = new Cell<Own>({ on, busy: [] });
    this.mic_id = cfg.mic_id;
    this.camera_id = cfg.camera_id;
    cfg.capture.onLost = (source) => void this.onLost(source);
  }

  isOn(source: Source): boolean {
    return this.state.value.on.includes(source);
  }

  async toggle(source: "mic" | "camera" | "screen"): Promise<void> {
    if (this.state.value.busy.includes(source)) return;
    this.state.update((o) => ({ ...o, busy: [...o.busy, source] }));
    try {
      if (this.isOn(source)) await this.switchOff(source);
      else await this.switchOn(source);
    } catch (error) {
      this.cfg.onFailure(error);
    } finally {
      this.state.update((o) => ({ ...o, busy: o.busy.filter((s) => s !== source) }));
    }
  }

  /** The floor is this seat's, which asked for it. */
  async switchOnMic(): Promise<void> {
    if (!this.isOn("mic")) await this.toggle("mic");
  }

  async useMic(id: string | undefined): Promise<void> {
    this.mic_id = id;
    await this.cfg.capture.openMic(id);
    if (this.isOn("mic")) await this.attach("mic");
  }

  async useCamera(id: string | undefined): Promise<void> {
    this.camera_id = id;
    if (!this.isOn("camera")) return;
    await this.cfg.capture.openCamera(id);
    await this.attach("camera");
  }

  /** All that is on goes onto a path that was made anew. */
  async attachAll(): Promise<void> {
    for (const source of this.state.value.on) await this.attach(source);
  }

  /** A join tells of microphone and camera only. */
  async declareScreen(): Promise<void> {
    const shared = this.state.value.on.filter((s) => s === "screen" || s === "screen_audio");
    for (const source of shared) await this.cfg.link.request("source.set", { source, on: true }).catch(() => this.silence(source));
  }

  /** Nothing of this source leaves the page from now on. The microphone stays open for its level only. */
  async silence(source: Source): Promise<void> {
    this.setOn(source, false);
    await this.cfg.peer()?.send(source, null);
    if (source !== "mic") this.cfg.capture.drop(source);
  }

  /** The server has taken a source away: the page follows. */
  async follow(seat: Seat): Promise<void> {
    for (const source of this.state.value.on) if (!isOn(seat, source) && isBlocked(seat, source)) await this.silence(source);
  }

  private async attach(source: Source): Promise<void> {
    await this.cfg.peer()?.send(source, this.cfg.capture.track(source) ?? null);
  }

  private async open(source: "mic" | "camera" | "screen"): Promise<readonly Source[]> {
    if (source === "screen") return (await this.cfg.capture.openScreen()) ? ["screen", "screen_audio"] : ["screen"];
    if (source === "camera") await this.cfg.capture.openCamera(this.camera_id);
    else if (!this.cfg.capture.track("mic")) await this.cfg.capture.openMic(this.mic_id);
    return [source];
  }

  private async switchOn(source: "mic" | "camera" | "screen"): Promise<void> {
    if (isBlocked(this.cfg.seat(), source)) throw new RequestError("blocked_by_host");
    const opened = await this.open(source);
    try {
      for (const each of opened) {
        await this.cfg.link.request("source.set", { source: each, on: true });
        this.setOn(each, true);
        await this.attach(each);
      }
    } catch (error) {
      for (const each of opened) await this.silence(each);
      throw error;
    }
  }

  private async switchOff(source: Source): Promise<void> {
    const sources = source === "screen" ? this.state.value.on.filter((s) => s === "screen" || s === "screen_audio") : [source];
    for (const each of sources) await this.silence(each);
    for (const each of sources) await this.cfg.link.request("source.set", { source: each, on: false });
  }

  private setOn(source: Source, on: boolean): void {
    this.state.update((o) => ({ ...o, on: on ? [...new Set([...o.on, source])] : o.on.filter((s) => s !== source) }));
  }

  private async onLost(source: Source): Promise<void> {
    if (!this.isOn(source)) return;
    if (source === "mic" || source === "camera") this.cfg.onDeviceLost();
    await this.switchOff(source).catch(() => undefined);
  }
}
