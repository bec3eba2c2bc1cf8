// The expert on air: lamp, clock and programme; chosen sites as a return view; hands and questions; the own picture, and the encoder's beside it.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { encoderOf, facesToChoose } from "../model/faces";
import type { Meeting } from "../model/meeting";
import { classClock, longClock } from "../model/programme";
import type { ClassClock } from "../model/programme";
import { isOn } from "../model/room";
import type { RoomState } from "../model/room";
import type { ExpertPage as Told } from "../protocol/invites";
import { Chat } from "./chat";
import { Encoder } from "./encoder";
import { Faces } from "./faces";
import { FloorBanner, PanelTurn, Queue } from "./floor";
import { useCell, useMedia, useTheme, useTick, useWords, PHONE } from "./hooks";
import { NoticeList } from "./noticelist";
import { OwnControls } from "./owncontrols";
import { Confirm } from "./parts";
import { Programme } from "./programme";
import { Question } from "./questions";
import type { Asked } from "./ownbar";
import { TapToHear } from "./stage";
import { Tile } from "./tile";
import { Banners, Looked, Trouble } from "./trouble";

interface OnAirProps {
  readonly meeting: Meeting;
  readonly told: Told;
  /** What the server's clock is ahead of this one. */
  readonly skew_ms: number;
}

export function OnAir(props: OnAirProps) {
  const state = useCell(props.meeting.room);
  useTheme(true);
  return state ? <Studio {...props} state={state} /> : null;
}

type LampKind = "on" | "lobby" | "paused" | "off" | "over";

function lampOf(state: RoomState, sending: boolean): LampKind {
  const now = state.room.class?.state ?? "open";
  if (now === "closed" || now === "sealed" || now === "cancelled") return "over";
  if (!sending) return "off";
  return now === "planned" ? "lobby" : now === "paused" ? "paused" : "on";
}

/** Since when what the room told of the time taught has been known here. */
function useTold(state: RoomState): number {
  const told = useRef({ taught: state.room.class, at: Date.now() });
  if (told.current.taught !== state.room.class) told.current = { taught: state.room.class, at: Date.now() };
  return told.current.at;
}

interface StudioProps extends OnAirProps {
  readonly state: RoomState;
}

const TABS = ["faces", "hands", "questions", "programme", "obs"] as const;
type Tab = (typeof TABS)[number];

function Studio(props: StudioProps) {
  const { meeting, told, state } = props;
  const words = useWords().invite.air;
  const narrow = useMedia("(max-width: 1100px)");
  const phone = useMedia(PHONE);
  const [tab, setTab] = useState<Tab>("faces");
  const [asked, setAsked] = useState<Asked>();
  const [leaving, setLeaving] = useState(false);
  const at = useTold(state);
  const now = useTick(1_000);
  const { on } = useCell(meeting.own.state);
  const encoder = encoderOf(state);
  const timed = state.room.class;
  const clock = timed ? classClock({ state: timed.state, start_ms: timed.start_ms - props.skew_ms, end_ms: timed.end_ms - props.skew_ms, taught_s: timed.taught_s }, at, now) : undefined;
  const elapsed = clock?.kind === "running" ? clock.elapsed_ms : undefined;
  useEffect(() => setTab("faces"), [narrow]);
  const shows = (what: Tab): boolean => !narrow || tab === what;
  return (
    <div class={phone ? "air phone-air" : "air"}>
      <header class="air-top">
        <div class="air-title"><h1>{state.room.title}</h1><p class="top-org">{told.org_name}</p></div>
        <Lamp kind={lampOf(state, on.length > 0 || encoder !== undefined)} />
        {clock && <Clock clock={clock} />}
      </header>
      <main id="main" class="air-main" tabIndex={-1}>
        <Banners meeting={meeting} failing={state.recording_failed} />
        {(state.room.floor !== undefined || state.room.cue !== undefined) && <FloorBanner meeting={meeting} state={state} />}
        <div class="air-columns">
          <section class="air-own" aria-label={words.own}><Own meeting={meeting} state={state} encoder={encoder?.id} /></section>
          {narrow && <Tabs tab={tab} hands={state.hands.up} onTab={setTab} />}
          {shows("faces") && <section class="air-faces" aria-label={words.faces}><Faces meeting={meeting} state={state} encoder={encoder?.id} /></section>}
          <div class="air-right">
            {shows("hands") && <section class="air-hands" aria-label={words.hands}><Hands meeting={meeting} state={state} /></section>}
            {shows("questions") && <section class="air-chat" aria-label={words.questions}>{!narrow && <h2>{words.questions}</h2>}<Chat meeting={meeting} state={state} /></section>}
          </div>
          {shows("programme") && <section class="air-programme" aria-label={words.tabs.programme}><Counts meeting={meeting} here={facesToChoose(state).length} /><Programme agenda={told.agenda} {...(elapsed === undefined ? {} : { elapsed_ms: elapsed })} /></section>}
          {shows("obs") && narrow && <section class="air-obs"><Encoder room={told.room} token={told.token} /></section>}
        </div>
        <Looked orgs={state.looks} />
        <TapToHear meeting={meeting} />
        <Trouble meeting={meeting} onLeave={() => void meeting.leave()} />
      </main>
      <footer class="bars air-bars"><OwnControls meeting={meeting} state={state} onDevices={() => setAsked("devices")} onStats={() => setAsked("stats")} onLeave={() => setLeaving(true)} {...(narrow ? {} : { obs: { room: told.room, token: told.token } })} /></footer>
      <NoticeList notices={meeting.notices} />
      <Question asked={asked} meeting={meeting} state={state} onClose={() => setAsked(undefined)} />
      {leaving && <Confirm title={words.leave_title} text={words.leave_text} yes={words.leave} onYes={() => void meeting.leave()} onClose={() => setLeaving(false)} />}
    </div>
  );
}

function Lamp({ kind }: { readonly kind: LampKind }) {
  const words = useWords().invite.air;
  return (
    <div class={`air-lamp ${kind}`} role="status" data-lamp={kind} title={words.lamp_help[kind]}>
      <span class="air-lamp-dot" aria-hidden="true" /><strong>{words.lamp[kind]}</strong>
      <span class="air-lamp-help">{words.lamp_help[kind]}</span>
    </div>
  );
}

function Clock({ clock }: { readonly clock: ClassClock }) {
  const words = useWords().invite.air;
  const part = (what: string, value: string, kind = ""): ComponentChildren => <span class={`air-time ${kind}`}><span class="air-time-what">{what}</span><strong>{value}</strong></span>;
  return (
    <div class="air-clock figures" role="timer">
      {clock.kind === "before" && part(words.to_start, clock.to_start_ms > 0 ? longClock(clock.to_start_ms) : "00:00")}
      {clock.kind !== "before" && part(words.elapsed, longClock(clock.elapsed_ms))}
      {clock.kind === "running" && part(clock.left_ms >= 0 ? words.left : words.over_by, longClock(clock.left_ms), clock.left_ms < 0 ? "late" : clock.left_ms < 300_000 ? "soon" : "")}
    </div>
  );
}

function Counts({ meeting, here }: { readonly meeting: Meeting; readonly here: number }) {
  const words = useWords().invite.air;
  const { count } = useCell(meeting.lesson.state);
  return count ? <p class="air-counts figures" role="status">{words.counts(here, count.sites, count.here, count.expected)}</p> : null;
}

/** Who speaks, and who waits to: the expert brings a site on the stage and sends it down; the floor is the host's to give. */
function Hands({ meeting, state }: { readonly meeting: Meeting; readonly state: RoomState }) {
  const { floor } = state.room;
  return (
    <div class="hands">
      {floor && <PanelTurn meeting={meeting} state={state} floor={floor} />}
      <Queue meeting={meeting} state={state} />
    </div>
  );
}

function Own({ meeting, state, encoder }: { readonly meeting: Meeting; readonly state: RoomState; readonly encoder: string | undefined }) {
  const words = useWords().invite.air;
  const seat = state.seats.get(state.me);
  const shown = encoder !== undefined && !isOn(seat, "camera") ? encoder : state.me;
  return (
    <>
      <Tile key={shown} meeting={meeting} state={state} tile={{ seat: shown, source: "camera" }} kind="grid" pinned={false} onPin={() => undefined} />
      <p class={encoder === undefined ? "air-encoder" : "air-encoder live"}>{encoder === undefined ? words.obs_none : words.obs_live}</p>
    </>
  );
}

function Tabs({ tab, hands, onTab }: { readonly tab: Tab; readonly hands: number; readonly onTab: (tab: Tab) => void }) {
  const words = useWords().invite.air;
  return (
    <div class="side-tabs air-tabs" role="tablist">
      {TABS.map((one) => <button key={one} type="button" role="tab" class="side-tab" aria-selected={tab === one} onClick={() => onTab(one)}>{words.tabs[one]}{one === "hands" && hands > 0 && <span class="figures"> {hands}</span>}</button>)}
    </div>
  );
}
