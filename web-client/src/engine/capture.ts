// The page's own tracks: opened before joining, kept through reconnects, stopped when switched off.
import { Cell } from "../base/cell";
import type { Source } from "../protocol/messages";
import { openCamera, openMic, openScreen } from "./devices";

export type Tracks = Readonly<Partial<Record<Source, MediaStreamTrack>>>;

export class Capture {
  readonly tracks = new Cell<Tracks>({});
  /** Called when a device is pulled out or the browser's own "stop sharing" is pressed. */
  onLost: (source: Source) => void = () => undefined;

  track(source: Source): MediaStreamTrack | undefined {
    return this.tracks.value[source];
  }

  async openMic(id?: string): Promise<MediaStreamTrack> {
    return this.keep("mic", await openMic(id));
  }

  async openCamera(id?: string): Promise<MediaStreamTrack> {
    this.drop("camera"); // many cameras open once only
    return this.keep("camera", await openCamera(id));
  }

  /** Whether the screen's sound is shared too. */
  async openScreen(): Promise<boolean> {
    const { screen, screen_audio } = await openScreen();
    this.keep("screen", screen);
    if (screen_audio) this.keep("screen_audio", screen_audio);
    return screen_audio !== undefined;
  }

  drop(source: Source): void {
    const track = this.tracks.value[source];
    if (!track) return;
    track.onended = null;
    track.stop();
    const { [source]: _, ...rest } = this.tracks.value;
    this.tracks.set(rest);
  }

  close(): void {
    for (const source of ["mic", "camera", "screen", "screen_audio"] as const) this.drop(source);
  }

  private keep(source: Source, track: MediaStreamTrack): MediaStreamTrack {
    this.drop(source);
    track.onended = () => {
      this.drop(source);
      this.onLost(source);
    };
    this.tracks.update((t) => ({ ...t, [source]: track }));
    return track;
  }
}
