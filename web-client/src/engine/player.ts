// One element per slot for the life of the path: tiles borrow the video elements, the audio ones stay hidden.
// Moving an element keeps its decoder and its last frame; a new element per tile would flash black at each change.
import { Cell } from "../base/cell";
import type { BoundSlot } from "../protocol/messages";
import { EMPTY_SLOT, onBound, onFrame, onQuiet, onSnapshot, onSuspended, onSwitched, visible } from "./slots";
import type { SlotState } from "./slots";

export const AUDIO_SLOTS = 4;

interface FrameMeta {
  readonly rtpTimestamp?: number;
}

type FrameVideo = HTMLVideoElement & {
  requestVideoFrameCallback?: (callback: (now: number, meta: FrameMeta) => void) => number;
};

interface VideoSlot {
  readonly element: FrameVideo;
  watching: boolean;
  /** The contributing source of the frames now shown, as the server marks them; 0 while unknown. */
  csrc: number;
  receiver?: RTCRtpReceiver;
}

export interface PlayerView {
  readonly slots: ReadonlyMap<number, SlotState>;
  /** The browser wants a click before it plays sound. */
  readonly needs_tap: boolean;
}

export class Player {
  readonly view = new Cell<PlayerView>({ slots: new Map(), needs_tap: false });
  private readonly videos = new Map<number, VideoSlot>();
  private readonly sounds = new Map<number, HTMLAudioElement>();
  private speaker: string | undefined;

  /** `shelf` is where elements stand that no tile shows; hidden, but in the page, so that they keep decoding. */
  constructor(private readonly shelf: HTMLElement) {}

  attach(slot: number, receiver: RTCRtpReceiver): void {
    if (slot < AUDIO_SLOTS) this.attachSound(slot, receiver.track);
    else this.attachVideo(slot, receiver);
  }

  /** The element in which the slot's picture plays. */
  element(slot: number): HTMLVideoElement | undefined {
    return this.videos.get(slot)?.element;
  }

  /** Back to the shelf, unless another tile has taken it meanwhile. */
  giveBack(slot: number, host: HTMLElement): void {
    const element = this.videos.get(slot)?.element;
    if (element && element.parentElement === host) this.shelf.append(element);
  }

  bound(slots: readonly BoundSlot[]): void {
    for (const bound of slots) this.change(bound.slot, (slot) => onBound(slot, bound));
  }

  snapshot(slots: readonly BoundSlot[]): void {
    const now = performance.now();
    const named = new Set(slots.map((s) => s.slot));
    for (const slot of this.view.value.slots.keys()) if (!named.has(slot)) this.change(slot, () => EMPTY_SLOT);
    for (const bound of slots) this.change(bound.slot, (slot) => onSnapshot(slot, bound, now));
  }

  switched(slot: number, binding: number, rtp: number): void {
    const now = performance.now();
    this.change(slot, (state) => onSwitched(state, binding, rtp, now));
    if (slot < AUDIO_SLOTS) this.change(slot, (state) => onFrame(state, rtp, now)); // sound has no frame to wait for
  }

  quiet(slot: number, binding: number): void {
    this.change(slot, (state) => onQuiet(state, binding));
  }

  suspended(slot: number, binding: number): void {
    this.change(slot, (state) => onSuspended(state, binding));
  }

  /** After a click: everything that was held back may play. */
  tap(): void {
    this.view.update((v) => ({ ...v, needs_tap: false }));
    for (const sound of this.sounds.values()) this.play(sound);
  }

  setSpeaker(id: string | undefined): void {
    this.speaker = id;
    for (const sound of this.sounds.values()) this.route(sound);
  }

  close(): void {
    for (const { element } of this.videos.values()) release(element);
    for (const sound of this.sounds.values()) release(sound);
    this.videos.clear();
    this.sounds.clear();
    this.view.set({ slots: new Map(), needs_tap: false });
  }

  private attachSound(slot: number, track: MediaStreamTrack): void {
    const sound = document.createElement("audio");
    sound.dataset["slot"] = String(slot);
    sound.autoplay = true;
    sound.srcObject = new MediaStream([track]);
    this.shelf.append(sound);
    this.sounds.set(slot, sound);
    this.route(sound);
    this.play(sound);
  }

  private play(sound: HTMLAudioElement): void {
    sound.play().catch((error: unknown) => {
      const refused = error instanceof DOMException && error.name === "NotAllowedError";
      if (refused) this.view.update((v) => ({ ...v, needs_tap: true }));
    });
  }

  private route(sound: HTMLAudioElement): void {
    const sink = sound as HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };
    if (this.speaker !== undefined && sink.setSinkId) sink.setSinkId(this.speaker).catch(() => undefined); // gone: the default one
  }

  private attachVideo(slot: number, receiver: RTCRtpReceiver): void {
    const element: FrameVideo = document.createElement("video");
    element.dataset["slot"] = String(slot);
    element.className = "picture";
    element.muted = element.autoplay = element.playsInline = true;
    element.disablePictureInPicture = true;
    element.srcObject = new MediaStream([receiver.track]);
    this.shelf.append(element);
    void element.play().catch(() => undefined); // muted pictures need no click; a moved element may abort one call
    this.videos.set(slot, { element, watching: false, csrc: 0, receiver });
    this.cover(slot);
  }

  private change(slot: number, step: (state: SlotState) => SlotState): void {
    const before = this.view.value.slots.get(slot) ?? EMPTY_SLOT;
    const after = step(before);
    if (after === before) return;
    const slots = new Map(this.view.value.slots).set(slot, after);
    this.cover(slot, after);
    this.view.update((v) => ({ ...v, slots }));
    if (after.next) this.watchFrames(slot);
    else if (after.shown !== before.shown) this.remember(slot);
  }

  /** At once, before any tile is drawn anew: an old picture never waits for a render. */
  private cover(slot: number, state: SlotState = EMPTY_SLOT): void {
    const video = this.videos.get(slot);
    if (video) video.element.classList.toggle("covered", !visible(state));
  }

  private remember(slot: number): void {
    const video = this.videos.get(slot);
    if (video) video.csrc = csrcOf(video.receiver);
  }

  private watchFrames(slot: number): void {
    const video = this.videos.get(slot);
    if (!video || video.watching) return;
    video.watching = true;
    const onEach = (meta: FrameMeta): void => {
      video.watching = false;
      if (!this.videos.has(slot)) return;
      this.coverStranger(slot, video);
      this.change(slot, (state) => onFrame(state, meta.rtpTimestamp, performance.now()));
      if (this.view.value.slots.get(slot)?.next) this.watchFrames(slot);
    };
    if (video.element.requestVideoFrameCallback) video.element.requestVideoFrameCallback((_, meta) => onEach(meta));
    else setTimeout(() => onEach({}), 50);
  }

  /** A frame of another source came before the message that announces it: hidden until the message is here. */
  private coverStranger(slot: number, video: VideoSlot): void {
    const csrc = csrcOf(video.receiver);
    const stranger = csrc !== 0 && video.csrc !== 0 && csrc !== video.csrc;
    video.element.classList.toggle("covered", stranger || !visible(this.view.value.slots.get(slot) ?? EMPTY_SLOT));
  }
}

function csrcOf(receiver: RTCRtpReceiver | undefined): number {
  return receiver?.getContributingSources()[0]?.source ?? 0;
}

function release(element: HTMLMediaElement): void {
  element.srcObject = null;
  element.remove();
}
