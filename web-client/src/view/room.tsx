// The room: top bar, pictures, side panel, bars; and the keys.
import { useEffect, useRef, useState } from "preact/hooks";
import { ownHand } from "../model/floor";
import type { ViewKind } from "../model/layout";
import type { Meeting } from "../model/meeting";
import { mayHost, sends } from "../model/room";
import type { RoomState } from "../model/room";
import { Chat } from "./chat";
import { FloorBanner, HandsPanel } from "./floor";
import { useCell, useMedia, useTheme, useWords, PHONE } from "./hooks";
import { Lines } from "./lines";
import { NoticeList } from "./noticelist";
import { AskBoard } from "./askboard";
import { LessonPanel, LobbyBanner } from "./lesson";
import { HostBar, HostMenu, OwnBar } from "./ownbar";
import type { Asked, BarProps, Panel } from "./ownbar";
import { IconButton } from "./parts";
import { Question } from "./questions";
import { Roster } from "./roster";
import { Stage, TapToHear } from "./stage";
import { TopBar } from "./topbar";
import { Banners, Looked, Trouble } from "./trouble";

export function Room({ meeting }: { readonly meeting: Meeting }) {
  const state = useCell(meeting.room);
  useTheme(true);
  return state ? <RoomFrame meeting={meeting} state={state} /> : null;
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

interface KeyActs {
  readonly [key: string]: () => void;
}

/** One key, one act; nothing while someone types, a dialogue is open or a modifier is held. */
function useKeys(acts: KeyActs): void {
  const now = useRef(acts);
  now.current = acts;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
      if (event.key !== "Escape" && typing(event.target)) return;
      if (document.querySelector("dialog[open], .menu")) return;
      const act = now.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

function RoomFrame({ meeting, state }: { readonly meeting: Meeting; readonly state: RoomState }) {
  const phone = useMedia(PHONE);
  const wide = useMedia("(min-width: 1200px)");
  const [panel, setPanel] = useState<Panel>(wide && !phone ? (state.room.class ? "lesson" : "roster") : undefined);
  const [view, setView] = useState<ViewKind>("speaker");
  const [page, setPage] = useState(0);
  const [pinned, setPinned] = useState<string | undefined>();
  const [asked, setAsked] = useState<Asked>();
  const host = mayHost(state.seats.get(state.me));
  const ask = (what: Asked): void => (what === "leave" && !host ? void meeting.leave() : setAsked(what));
  const changeView = (next: ViewKind): void => {
    setView(next);
    setPage(0);
  };
  const pin = (seat: string | undefined): void => {
    setPinned(seat);
    if (seat !== undefined) changeView("speaker");
  };
  useKeys({
    m: () => void meeting.own.toggle("mic"),
    v: () => void meeting.own.toggle("camera"),
    s: () => void meeting.own.toggle("screen"),
    h: () => toggleHand(meeting, state),
    c: () => setPanel(panel === "chat" ? undefined : "chat"),
    "?": () => setAsked("keys"),
    ArrowLeft: () => setPage(Math.max(0, page - 1)),
    ArrowRight: () => setPage(page + 1),
    Escape: () => setPanel(undefined),
  });
  const bars: BarProps = { meeting, state, panel, view, onPanel: setPanel, onView: changeView, onAsk: ask };
  return (
    <div class={panel ? "room with-panel" : "room"}>
      <TopBar meeting={meeting} state={state} onLine={() => setAsked("stats")} hosting={phone && <HostMenu {...bars} />} />
      <main id="main" class="room-main" tabIndex={-1}>
        <LobbyBanner meeting={meeting} state={state} />
        <FloorBanner meeting={meeting} state={state} />
        <Banners meeting={meeting} failing={state.recording_failed} />
        <Stage meeting={meeting} state={state} view={view} page={page} onPage={setPage} onPin={pin} onInvite={() => setAsked("invite")} {...(pinned === undefined ? {} : { pinned })} />
        {state.room.class && <AskBoard meeting={meeting} />}
        <Looked orgs={state.looks} />
        <TapToHear meeting={meeting} />
        <Trouble meeting={meeting} onLeave={() => void meeting.leave()} />
      </main>
      {panel && <SidePanel meeting={meeting} state={state} panel={panel} onPanel={setPanel} onPin={pin} {...(pinned === undefined ? {} : { pinned })} />}
      <footer class="bars">
        {!phone && <HostBar {...bars} />}
        <OwnBar {...bars} />
      </footer>
      <NoticeList notices={meeting.notices} />
      <Question asked={asked} meeting={meeting} state={state} onClose={() => setAsked(undefined)} />
    </div>
  );
}

/** One key for both; not while this seat may not speak at all. */
function toggleHand(meeting: Meeting, state: RoomState): void {
  const me = state.seats.get(state.me);
  if (!me || !sends(me)) return;
  if (ownHand(state)) void meeting.floor.lower();
  else void meeting.floor.raise("");
}

interface SideProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
  readonly panel: Exclude<Panel, undefined>;
  readonly pinned?: string;
  readonly onPanel: (panel: Panel) => void;
  readonly onPin: (seat: string | undefined) => void;
}

function SidePanel({ meeting, state, panel, pinned, onPanel, onPin }: SideProps) {
  const words = useWords();
  const host = mayHost(state.seats.get(state.me));
  const shown = panel === "lines" && !host ? "roster" : panel;
  const tab = (kind: Exclude<Panel, undefined>, label: string) => (
    <button type="button" role="tab" id={`tab-${kind}`} aria-selected={shown === kind} aria-controls="panel" class="side-tab" onClick={() => onPanel(kind)}>{label}</button>
  );
  return (
    <aside class="side" aria-label={words[shown === "hands" ? "floor" : shown].title}>
      <div class="side-head">
        <div class="side-tabs" role="tablist">
          {state.room.class && tab("lesson", words.lesson.title)}
          {tab("hands", state.hands.hands.length > 0 ? words.floor.queue(state.hands.up) : words.floor.title)}
          {tab("roster", words.roster.title)}
          {tab("chat", words.chat.title)}
          {host && tab("lines", words.lines.title)}
        </div>
        <IconButton icon="close" label={words.close} onClick={() => onPanel(undefined)} />
      </div>
      <div id="panel" class="side-body" role="tabpanel" aria-labelledby={`tab-${shown}`}>
        {shown === "lesson" && <LessonPanel meeting={meeting} state={state} />}
        {shown === "hands" && <HandsPanel meeting={meeting} state={state} />}
        {shown === "roster" && <Roster meeting={meeting} state={state} onPin={onPin} {...(pinned === undefined ? {} : { pinned })} />}
        {shown === "chat" && <Chat meeting={meeting} state={state} />}
        {shown === "lines" && <Lines meeting={meeting} state={state} />}
      </div>
    </aside>
  );
}
