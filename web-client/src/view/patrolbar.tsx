// The foot of the wall: which page, and the patrol with its dwell, its progress and its pause.
import { useEffect, useRef, useState } from "preact/hooks";
import { left_s, progressOf, setDwell } from "../model/patrol";
import type { Patrol } from "../model/patrol";
import { useWords } from "./hooks";
import { Button, IconButton } from "./parts";

export type PatrolKind = "pages" | "sites";
const KINDS: readonly PatrolKind[] = ["pages", "sites"];
const DWELLS_S = [5, 10, 15, 20, 30, 45, 60];
const TICK_MS = 200;

interface PatrolProps {
  readonly patrol: Patrol;
  readonly on: boolean;
  readonly kind: PatrolKind;
  readonly onKind: (kind: PatrolKind) => void;
  readonly stops: readonly string[];
  readonly place: number;
  readonly pages: number;
  readonly big: boolean;
  readonly onTick: () => void;
  readonly onChange: (change: (patrol: Patrol) => Patrol) => void;
  readonly onStart: () => void;
  readonly onStop: () => void;
  readonly onPause: () => void;
  readonly onTurn: (by: number) => void;
}

export function PatrolBar(props: PatrolProps) {
  const words = useWords().look;
  const { patrol, on, kind, stops, place, pages } = props;
  const by_site = (on && kind === "sites") || (!on && props.big);
  return (
    <footer class="wall-foot">
      <nav class="pager" aria-label={words.page(place + 1, pages)}>
        <IconButton icon="left" label={by_site ? words.previous_site : words.previous} disabled={!by_site && pages < 2} onClick={() => props.onTurn(-1)} />
        {!(props.big && !on) && <span class="figures wall-page" aria-live={on ? "off" : "polite"}>{on && kind === "sites" ? words.patrol_place(place + 1, stops.length) : words.page(place + 1, pages)}</span>}
        <IconButton icon="right" label={by_site ? words.next_site : words.next_page} disabled={!by_site && pages < 2} onClick={() => props.onTurn(1)} />
      </nav>
      <div class="patrol" role="group" aria-label={words.patrol} data-patrol={on ? (patrol.running ? "running" : "paused") : "off"}>
        <label class="patrol-choice"><span>{words.patrol_over}</span>
          <select class="input" aria-label={words.patrol_over} value={kind} disabled={on} onChange={(event) => props.onKind(event.currentTarget.value as PatrolKind)}>
            {KINDS.map((k) => <option key={k} value={k} selected={k === kind}>{words.patrol_kinds[k]}</option>)}
          </select>
        </label>
        <label class="patrol-choice"><span>{words.dwell}</span>
          <select class="input" name="dwell" aria-label={words.dwell} value={String(patrol.dwell_ms / 1_000)} onChange={(event) => { const s = Number(event.currentTarget.value); props.onChange((p) => setDwell(p, s)); }}>
            {DWELLS_S.map((s) => <option key={s} value={String(s)} selected={s * 1_000 === patrol.dwell_ms}>{words.seconds(s)}</option>)}
          </select>
        </label>
        {on && <Progress {...props} />}
        {!on && <Button icon="play" disabled={stops.length === 0} onClick={props.onStart}>{words.patrol_start}</Button>}
        {on && <Button icon={patrol.running ? "pause" : "play"} onClick={props.onPause}>{patrol.running ? words.patrol_pause : words.patrol_resume}</Button>}
        {on && <Button kind="quiet" icon="end" onClick={props.onStop}>{words.patrol_stop}</Button>}
      </div>
    </footer>
  );
}

/** How much of the stop is over; it also moves the patrol on. */
function Progress({ patrol, onTick }: PatrolProps) {
  const words = useWords().look;
  const [now, setNow] = useState(() => performance.now());
  const tick = useRef(onTick);
  tick.current = onTick;
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(performance.now());
      tick.current();
    }, TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const share = progressOf(patrol, now);
  return (
    <span class="patrol-progress figures">
      <span class="patrol-bar" role="progressbar" aria-label={words.patrol} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)}>
        <i ref={(bar: HTMLElement | null) => bar?.style.setProperty("--share", String(share))} />
      </span>
      <span class="patrol-left">{patrol.running ? words.patrol_left(left_s(patrol, now)) : words.patrol_paused}</span>
    </span>
  );
}
