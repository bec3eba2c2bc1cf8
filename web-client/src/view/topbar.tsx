// Title, clock, state, how many are here, and the line's dot.
import { clockTime, duration } from "../i18n/words";
import type { Line } from "../model/line";
import type { Meeting } from "../model/meeting";
import type { RoomState } from "../model/room";
import { useCell, usePrefs, useTick, useWords } from "./hooks";
import { Icon } from "./icons";
import { Name } from "./parts";

export function TopBar({ meeting, state, hosting }: { readonly meeting: Meeting; readonly state: RoomState; readonly hosting: preact.ComponentChildren }) {
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
        <LineDot meeting={meeting} />
        {hosting}
      </div>
    </header>
  );
}

const DOT: Readonly<Record<Line["step"], string>> = { 0: "dot good", 1: "dot warn", 2: "dot bad", 3: "dot bad" };

function LineDot({ meeting }: { readonly meeting: Meeting }) {
  const words = useWords();
  const line = useCell(meeting.line);
  const says = {
    fine: words.room.line_fine, weak: words.room.line_weak, link: words.room.line_link, media: words.room.line_media,
    server: words.room.line_server, blocked: words.room.line_blocked,
  }[line.why];
  return <span class="top-fact line-dot" role="status"><span class={DOT[line.step]} aria-hidden="true" /><span class={line.step === 0 ? "wide-only" : ""}>{says}</span></span>;
}
