// Whether the way to the server still carries: what leaves is answered at once (transport-wide feedback each 50 ms), so silence while
// we send means that the way is broken. Browsers say so after 5 s and more; a network that changed is noticed here within one.
import type { Clock } from "../base/clock";
import type { Undo } from "../base/scope";

/** Bytes so far. */
export interface Traffic {
  readonly sent: number;
  readonly received: number;
}

const BEAT_MS = 250;
/** As long as an answer is due: a look costs a browser a millisecond. */
const DOUBTFUL_BEAT_MS = 100;
const SILENCE_MS = 600;
/** So much has to leave without an answer: the few packets of a pause in speech may all be lost on the way. */
const UNANSWERED_BYTES = 1_000;
/** A peer that answers seldom by its nature (no such feedback) is given this many times its usual pause. */
const PAUSES = 3;
/** The pauses before so many answers are remembered; the longest of them is chance, or the silence that a change of network made. */
const REMEMBERED = 9;
/** Answers heard before it is known what is usual. */
const LEARNING = 5;

/** Judges what was counted at each beat. Pure. */
export class Pulse {
  private last: Traffic = { sent: 0, received: 0 };
  private heard = 0;
  private heard_ms = 0;
  private beat_ms = 0;
  private unanswered = 0;
  private pauses: readonly number[] = [];
  /** Whether something came before the last beat. */
  answered = false;

  /** True while the way is silent. */
  beat(now_ms: number, { sent, received }: Traffic): boolean {
    const answered = received > this.last.received; // counts of pairs that are given up go with them
    this.answered = answered;
    this.unanswered = answered ? 0 : this.unanswered + Math.max(0, sent - this.last.sent);
    this.last = { sent, received };
    if (answered) {
      /* Beats without an answer make a pause; a page that is slow to look makes none. */
      if (this.heard++ > 0) this.pauses = [...this.pauses, this.beat_ms - this.heard_ms].slice(-REMEMBERED);
      this.heard_ms = now_ms;
    }
    this.beat_ms = now_ms;
    return this.heard > LEARNING && this.unanswered >= UNANSWERED_BYTES && now_ms - this.heard_ms >= Math.max(SILENCE_MS, PAUSES * this.usual());
  }

  /** Whether the last beat found that something is unanswered. */
  get doubtful(): boolean {
    return this.unanswered > 0;
  }

  private usual(): number {
    return [...this.pauses].sort((a, b) => b - a)[1] ?? 0;
  }

  /** After the way was made anew: a pause that it caused is no usual one. */
  restart(now_ms: number): void {
    this.heard_ms = this.beat_ms = now_ms;
    this.unanswered = 0;
  }
}

export interface PulseEvents {
  readonly onSilence: () => void;
  /** At each look: something came. */
  readonly onAnswer: () => void;
}

/** Looks at the traffic until undone; undefined traffic (not connected) is left out. */
export function watchPulse(clock: Clock, traffic: () => Promise<Traffic | undefined>, { onSilence, onAnswer }: PulseEvents): Undo {
  const pulse = new Pulse();
  let cancel: Undo | undefined;
  let ended = false;
  const look = async (): Promise<void> => {
    const counted = await traffic().catch(() => undefined);
    if (ended) return;
    const silent = counted !== undefined && pulse.beat(clock.now(), counted);
    if (counted && pulse.answered) onAnswer();
    if (silent) {
      pulse.restart(clock.now());
      onSilence();
    }
    wait();
  };
  const wait = (): void => {
    cancel = clock.after(pulse.doubtful ? DOUBTFUL_BEAT_MS : BEAT_MS, () => void look());
  };
  wait();
  return () => {
    ended = true;
    cancel?.();
  };
}
