// Title, clock, state, how many are here, and the line's dot.
import { clockTime, duration } from "../i18n/words";
import type { Line } from "../model/line";
import type { Meeting } from "../model/meeting";
import type { RoomState } from "../model/room";
import { useCell, usePrefs, useTick, useWords } from "./hooks";
import { Icon } from "./icons";
import { Name } from "./parts";

interface TopBarProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
  readonly hosting: preact.ComponentChildren;
  readonly onLine: () => void;
}

export function TopBar({ meeting, state, hosting, onLine }: TopBarProps) {
  const words = useWords();
  const { lang } = usePrefs();
  const now = useTick(5_000);
  const { on } = useCell(meeting.own.state);
  const air = on.length > 0;
  return (
    <header class="top">
      <div class="top-title">
        <h1 title={state.room.title}>{state.room.title}</h1>
        {state.room.org && <p class="top-org"><Name text={state.room.org} /></p>}
      </div>
      <div class="top-facts figures">
        {air && <span class="on-air"><span class="on-air-dot" aria-hidden="true" /><span class="on-air-word">{words.room.on_air}</span></span>}
        {state.room.locked && <span class="top-fact"><Icon name="lock" size={16} /><span class="wide-only">{words.room.locked}</span></span>}
        <span class="top-fact"><Icon name="people" size={16} /><span class="wide-only">{words.room.here(state.here)}</span><span class="phone-only">{words.room.here_short(state.here)}</span></span>
        <span class="top-fact wide-only" title={duration(now - state.room.started_ms, lang)}>{clockTime(now)}</span>
        <LineDot meeting={meeting} onLine={onLine} />
        {hosting}
      </div>
    </header>
  );
}

const DOT: Readonly<Record<Line["step"], string>> = { 0: "dot good", 1: "dot warn", 2: "dot bad", 3: "dot bad" };

/** The dot, a word beside it, and behind it the figures. What a button holds is not announced, so the word stands beside it once more. */
function LineDot({ meeting, onLine }: { readonly meeting: Meeting; readonly onLine: () => void }) {
  const words = useWords();
  const { step, why } = useCell(meeting.line);
  const says = {
    fine: words.room.line_fine, link: words.room.line_link, media: words.room.line_media, server: words.room.line_server, blocked: words.room.line_blocked, ...words.quality.short,
  }[why];
  return (
    <>
      <button type="button" class="top-fact line-dot" title={words.quality.open} aria-label={`${says} · ${words.quality.open}`} onClick={onLine}>
        <span class={DOT[step]} aria-hidden="true" />
        <span class={step === 0 ? "wide-only" : ""}>{says}</span>
      </button>
      <span class="sr" role="status">{says}</span>
    </>
  );
}
