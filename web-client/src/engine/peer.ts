// The page's one RTCPeerConnection. The server offers, we answer; later only tracks change, never the description,
// but for an ICE restart.
import { Cell } from "../base/cell";
import type { IceServer, PictureCoding, Source } from "../protocol/messages";
import type { Traffic } from "./pulse";
import { encodingOf, NO_BOUNDS } from "./sending";
import type { SendBounds } from "./sending";
import { trafficOf } from "./stats";

export type PeerPhase = "new" | "connecting" | "connected" | "shaky" | "failed" | "closed";

/** The client's own m-lines, by mid, in the order of every offer. */
const SOURCE_OF_MID: Readonly<Record<string, Source>> = { "0": "mic", "1": "camera", "2": "screen", "3": "screen_audio" };

const CODEC_OF: Readonly<Record<PictureCoding, string>> = { usual: "video/VP8", vp9: "video/VP9", av1: "video/AV1" };

/** Newer than the types. */
type CodedEncoding = RTCRtpEncodingParameters & { codec?: RTCRtpCodec };

function configuration(servers: readonly IceServer[]): RTCConfiguration {
  return { bundlePolicy: "max-bundle", rtcpMuxPolicy: "require", iceServers: servers.map((s) => ({ ...s, urls: [...s.urls] })) };
}

export class Peer {
  readonly phase = new Cell<PeerPhase>("new");
  private readonly pc: RTCPeerConnection;
  private readonly senders = new Map<Source, RTCRtpSender>();
  private readonly wanted = new Map<Source, readonly number[]>();
  private bounds: SendBounds = NO_BOUNDS;
  private limiting = Promise.resolve();
  private coding: PictureCoding = "usual";
  private recoded = false;

  /** Without `sends` it only receives: its own m-lines stay inactive. */
  constructor(servers: readonly IceServer[], private readonly onSlot: (slot: number, receiver: RTCRtpReceiver) => void, private readonly sends = true) {
    this.pc = new RTCPeerConnection(configuration(servers));
    this.pc.onconnectionstatechange = () => this.readPhase();
    this.pc.oniceconnectionstatechange = () => this.readPhase();
  }

  /** For tests and the figures panel; nobody else touches it. */
  get connection(): RTCPeerConnection {
    return this.pc;
  }

  /** Fresh credentials, before a restart's offer is taken. A browser that cannot change them goes on with those it has. */
  useServers(servers: readonly IceServer[]): void {
    if (servers.length === 0) return;
    const pc: { setConfiguration?(cfg: RTCConfiguration): void } = this.pc; // older Firefox has none
    try {
      pc.setConfiguration?.(configuration(servers));
    } catch {
      // the restart's answer matters more than the way around
    }
  }

  /** Takes the first offer or a restart's, and gives the answer to send. */
  async accept(offer: string): Promise<string> {
    await this.pc.setRemoteDescription({ type: "offer", sdp: offer });
    const first = this.senders.size === 0;
    if (first) this.takeTransceivers();
    await this.pc.setLocalDescription(await this.pc.createAnswer());
    if (first) await this.limitAll();
    return this.pc.localDescription?.sdp ?? "";
  }

  /** Starts, changes or (null) stops sending one source. */
  async send(source: Source, track: MediaStreamTrack | null): Promise<void> {
    await this.senders.get(source)?.replaceTrack(track);
    if (this.bounds.up_bps > 0) await this.limitAll(); // how many share the line
    else await this.limit(source); // how large the picture is
  }

  /** Only these simulcast layers of a source are wanted, the lowest being 0; the encoder leaves the others out. */
  async setLayers(source: Source, layers: readonly number[]): Promise<void> {
    this.wanted.set(source, layers);
    await this.limit(source);
  }

  /** How the camera is coded. False: this browser cannot, and it goes on as usual. */
  async setCoding(coding: PictureCoding): Promise<boolean> {
    this.coding = coding;
    await this.limit("camera");
    return this.coding === coding;
  }

  /** What the line lets through. */
  async setBounds(bounds: SendBounds): Promise<void> {
    this.bounds = bounds;
    await this.limitAll();
  }

  stats(): Promise<RTCStatsReport> {
    return this.pc.getStats();
  }

  /** What went over the way in use; undefined before there is one. One sender's rows name it, all rows would cost more. */
  async traffic(): Promise<Traffic | undefined> {
    const sender = this.senders.get("mic");
    return sender && this.phase.value !== "new" && this.phase.value !== "connecting" ? trafficOf((await sender.getStats()) as unknown as ReadonlyMap<string, unknown>) : undefined;
  }

  close(): void {
    this.pc.onconnectionstatechange = this.pc.oniceconnectionstatechange = null;
    this.pc.close();
    this.phase.set("closed");
  }

  private takeTransceivers(): void {
    for (const transceiver of this.pc.getTransceivers()) {
      const mid = transceiver.mid ?? "";
      const source = SOURCE_OF_MID[mid];
      const slot = /^s(\d+)$/.exec(mid)?.[1];
      if (source && this.sends) {
        transceiver.direction = "sendonly";
        this.senders.set(source, transceiver.sender);
      } else if (slot !== undefined) {
        this.onSlot(Number(slot), transceiver.receiver);
      }
    }
  }

  private async limitAll(): Promise<void> {
    for (const source of this.senders.keys()) await this.limit(source);
  }

  /** One after the other: a browser refuses parameters that were read before the last change. */
  private limit(source: Source): Promise<void> {
    this.limiting = this.limiting.then(() => this.limitNow(source));
    return this.limiting;
  }

  private async limitNow(source: Source): Promise<void> {
    const sender = this.senders.get(source);
    if (!sender) return;
    if (source === "camera" && this.coding !== "usual") {
      if (await this.tryCoding(sender, this.coding)) return;
      this.coding = "usual";
    }
    // A browser that knows no temporal layers of its codec refuses them by name; one that knows no limits at all sends by its own.
    if (!(await this.tryLimits(source, sender, true))) await this.tryLimits(source, sender, false);
  }

  /** A browser that does not know codecs of encodings leaves them out without a word: what it has then tells. */
  private async tryCoding(sender: RTCRtpSender, coding: PictureCoding): Promise<boolean> {
    this.recoded = true;
    if (!(await this.tryLimits("camera", sender, true, coding))) return false;
    const first: CodedEncoding | undefined = sender.getParameters().encodings[0];
    return first === undefined || first.codec?.mimeType === CODEC_OF[coding];
  }

  private async tryLimits(source: Source, sender: RTCRtpSender, layered: boolean, coding: PictureCoding = "usual"): Promise<boolean> {
    const parameters = sender.getParameters();
    if (!parameters.encodings?.length) return true;
    const recodes = source === "camera" && this.recoded;
    const codec = recodes ? parameters.codecs.find((c) => c.mimeType === CODEC_OF[coding]) : undefined;
    if (coding !== "usual" && !codec) return false;
    const count = parameters.encodings.length;
    const wanted = this.wanted.get(source);
    const pictures = (["camera", "screen"] as const).filter((s) => this.senders.get(s)?.track).length;
    const { width = 0, height = 0 } = sender.track?.getSettings?.() ?? {};
    parameters.encodings.forEach((encoding: CodedEncoding, layer) => {
      const { scalabilityMode, ...limits } = encodingOf({ source, count, layer, coding, bounds: this.bounds, pictures, width, height, ...(wanted ? { wanted } : {}) });
      Object.assign(encoding, limits, layered && scalabilityMode ? { scalabilityMode } : {}, codec ? { codec } : {});
    });
    if (source === "screen") parameters.degradationPreference = "maintain-resolution";
    return sender.setParameters(parameters).then(() => true, () => false);
  }

  private readPhase(): void {
    const ice = this.pc.iceConnectionState;
    const whole = this.pc.connectionState;
    if (whole === "closed") return;
    if (whole === "failed" || ice === "failed") this.phase.set("failed");
    else if (ice === "disconnected" || whole === "disconnected") this.phase.set("shaky");
    else if (whole === "connected") this.phase.set("connected");
    else this.phase.set(whole === "connecting" || ice === "checking" ? "connecting" : this.phase.value);
  }
}
