// The own microphone's level, on or off; and a reminder for who talks into a microphone that is off.
import { Cell } from "../base/cell";
import type { Clock } from "../base/clock";
import type { Undo } from "../base/scope";
import type { Capture } from "../engine/capture";
import { meter } from "../engine/meter";

const TALKING = 0.35;
const TALKING_LOOKS = 12; // at 20 a second
const REMINDER_MS = 60_000;

export class Voice {
  /** 0 to 1 in steps of a twentieth. */
  readonly level = new Cell(0);
  private track: MediaStreamTrack | undefined;
  private stop: Undo | undefined;
  private loud = 0;
  private reminded_ms = -REMINDER_MS;

  constructor(private readonly clock: Clock, private readonly isOn: () => boolean, private readonly remind: () => void) {}

  follow(capture: Capture): Undo {
    const look = (): void => this.listen(capture.track("mic"));
    look();
    const undo = capture.tracks.subscribe(look);
    return () => {
      undo();
      this.listen(undefined);
    };
  }

  private listen(track: MediaStreamTrack | undefined): void {
    if (track === this.track) return;
    this.stop?.();
    this.track = track;
    this.stop = track && meter(track, (level) => this.onLevel(level));
    if (!track) this.level.set(0);
  }

  private onLevel(level: number): void {
    this.level.set(Math.round(level * 20) / 20);
    this.loud = level > TALKING && !this.isOn() ? this.loud + 1 : 0;
    const now = this.clock.now();
    if (this.loud < TALKING_LOOKS || now - this.reminded_ms < REMINDER_MS) return;
    this.reminded_ms = now;
    this.remind();
  }
}
