// The own controls, and beside them, kept apart, the chair's.
import { canShareScreen } from "../engine/devices";
import { ownHand, seesHands } from "../model/floor";
import type { ViewKind } from "../model/layout";
import type { Meeting } from "../model/meeting";
import { isBlocked, mayHost, sends } from "../model/room";
import type { RoomState } from "../model/room";
import { LINE_PROFILE_VALUES } from "../protocol/messages";
import type { LineProfile, PictureCoding } from "../protocol/messages";
import { codingRows } from "./coding";
import { useCell, useMedia, useServices, useWords, PHONE } from "./hooks";
import { Icon } from "./icons";
import type { IconName } from "./icons";
import { Menu } from "./parts";
import type { MenuRow } from "./parts";
import { useSettingRows } from "./settings";

export type Panel = "lesson" | "hands" | "roster" | "chat" | "lines" | undefined;
export type Asked = "rules" | "mute_all" | "invite" | "end" | "leave" | "stats" | "keys" | "devices" | undefined;

export interface BarProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
  readonly panel: Panel;
  readonly view: ViewKind;
  readonly onPanel: (panel: Panel) => void;
  readonly onView: (view: ViewKind) => void;
  readonly onAsk: (asked: Asked) => void;
}

interface ControlProps {
  readonly icon: IconName;
  readonly label: string;
  readonly hint?: string;
  readonly pressed?: boolean;
  readonly tone?: "off" | "live" | "danger" | "";
  readonly disabled?: boolean;
  readonly badge?: number;
  /** What the badge counts, for who does not see it; else what is unread. */
  readonly counted?: (n: number) => string;
  readonly extra?: preact.ComponentChildren;
  readonly id: string;
  readonly onClick: () => void;
}

export function Control({ icon, label, hint, pressed, tone = "", disabled, badge, counted, extra, id, onClick }: ControlProps) {
  const words = useWords();
  return (
    <button type="button" class={`control ${tone}`} data-control={id} aria-pressed={pressed} disabled={disabled} title={hint ?? label} onClick={onClick}>
      <span class="control-icon"><Icon name={icon} size={24} />{extra}</span>
      <span class="control-label">{label}</span>
      {badge !== undefined && badge > 0 && <span class="badge figures"><span aria-hidden="true">{badge > 99 ? "99+" : badge}</span><span class="sr">{(counted ?? words.bar.unread)(badge)}</span></span>}
    </button>
  );
}

export function OwnBar(props: BarProps) {
  const words = useWords();
  const phone = useMedia(PHONE);
  const { meeting, state, panel, view, onPanel, onView, onAsk } = props;
  const seat = state.seats.get(state.me);
  const may_send = !seat || sends(seat);
  const next_view: ViewKind = view === "grid" ? "speaker" : "grid";
  const next_label = view === "grid" ? words.bar.view_speaker : words.bar.view_grid;
  return (
    <div class="own-bar" role="toolbar" aria-label={words.bar.own}>
      {may_send && <MicControl meeting={meeting} state={state} />}
      {may_send && <CameraControl meeting={meeting} state={state} />}
      {may_send && !phone && canShareScreen() && <ShareControl meeting={meeting} state={state} />}
      {may_send && <HandControl {...props} />}
      <Control id="chat" icon="chat" label={words.bar.chat} hint={`${words.bar.chat} (C)`} pressed={panel === "chat"} badge={panel === "chat" ? 0 : state.unread} onClick={() => onPanel(panel === "chat" ? undefined : "chat")} />
      <Control id="roster" icon="people" label={words.bar.roster} pressed={panel === "roster" || panel === "lines"} onClick={() => onPanel(panel === "roster" || panel === "lines" ? undefined : "roster")} />
      {!phone && <Control id="view" icon={view === "grid" ? "stage" : "grid"} label={next_label} onClick={() => onView(next_view)} />}
      <MoreMenu meeting={meeting} onAsk={onAsk} {...(phone ? { view: { label: next_label, icon: view === "grid" ? "stage" : "grid", act: () => onView(next_view) } } : {})} />
      <Control id="leave" icon="leave" label={words.bar.leave} tone="danger" onClick={() => onAsk("leave")} />
    </div>
  );
}

/** Who leads has the queue behind it; others raise and lower their hand. */
function HandControl({ meeting, state, panel, onPanel }: BarProps) {
  const words = useWords();
  const w = words.floor;
  const hand = ownHand(state);
  if (seesHands(state.seats.get(state.me))) {
    return <Control id="hands" icon="hand" label={w.title} pressed={panel === "hands"} badge={state.hands.up} counted={w.queue} onClick={() => onPanel(panel === "hands" ? undefined : "hands")} />;
  }
  const label = hand ? w.hand_down : w.hand;
  return <Control id="hand" icon="hand" label={label} hint={`${label} (H)`} pressed={hand !== undefined} tone={hand ? "live" : ""} onClick={() => void (hand ? meeting.floor.lower() : meeting.floor.raise(""))} />;
}

/** The own line profile: remembered by the browser, since it is the line of this place. */
function useLineRows(meeting: Meeting): () => MenuRow {
  const words = useWords();
  const { prefs } = useServices();
  const { choice } = useCell(meeting.bounds);
  const choose = (line: LineProfile): void => {
    prefs.update((p) => ({ ...p, line }));
    void meeting.chooseLine(line);
  };
  const rows = (): readonly MenuRow[] => LINE_PROFILE_VALUES.map((line) => ({ kind: "act", label: words.line.profiles[line], checked: choice === line, act: () => choose(line) }));
  return () => ({ kind: "group", label: words.line.title, now: words.line.profiles[choice], rows });
}

/** How the own camera is coded: remembered, since it is what this computer can do. */
function useCodingRows(meeting: Meeting): () => MenuRow {
  const words = useWords();
  const { prefs } = useServices();
  const { coding: choice = "usual" } = useCell(prefs);
  const choose = (coding: PictureCoding): void => {
    prefs.update((p) => ({ ...p, coding }));
    void meeting.chooseCoding(coding);
  };
  return () => ({ kind: "group", label: words.coding.title, rows: () => codingRows(words, choice, choose) });
}

function MoreMenu({ meeting, onAsk, view }: { readonly meeting: Meeting; readonly onAsk: (asked: Asked) => void; readonly view?: { readonly label: string; readonly icon: IconName; readonly act: () => void } }) {
  const words = useWords();
  const settings = useSettingRows();
  const lines = useLineRows(meeting);
  const codings = useCodingRows(meeting);
  const rows = (): readonly MenuRow[] => [
    ...(view ? [{ kind: "act", ...view } as const] : []),
    { kind: "act", icon: "settings", label: words.bar.devices, act: () => onAsk("devices") },
    { kind: "act", icon: "pulse", label: words.bar.stats, act: () => onAsk("stats") },
    { kind: "act", icon: "keyboard", label: words.bar.shortcuts, act: () => onAsk("keys") },
    { kind: "line" },
    lines(),
    codings(),
    { kind: "group", label: `${words.language} · ${words.theme}`, rows: settings },
  ];
  return (
    <Menu rows={rows} label={words.bar.more} class="control">
      <span class="control-icon"><Icon name="more" size={24} /></span>
      <span class="control-label">{words.bar.more}</span>
    </Menu>
  );
}

export function MicControl({ meeting, state }: { readonly meeting: Meeting; readonly state: RoomState }) {
  const words = useWords();
  const { on, busy } = useCell(meeting.own.state);
  const live = on.includes("mic");
  const blocked = !live && isBlocked(state.seats.get(state.me), "mic");
  const label = live ? words.bar.mic_on : blocked ? words.bar.mic_blocked : words.bar.mic_off;
  return <Control id="mic" icon={live ? "mic" : "mic_off"} label={label} hint={`${label} (M)`} pressed={live} tone={live ? "live" : "off"} disabled={busy.includes("mic")} extra={live && <MicLevel meeting={meeting} />} onClick={() => void meeting.own.toggle("mic")} />;
}

function MicLevel({ meeting }: { readonly meeting: Meeting }) {
  const level = useCell(meeting.voice.level);
  return <span class="mic-level" aria-hidden="true" ref={(bar: HTMLElement | null) => bar?.style.setProperty("--level", String(level))} />;
}

export function CameraControl({ meeting, state }: { readonly meeting: Meeting; readonly state: RoomState }) {
  const words = useWords();
  const { on, busy } = useCell(meeting.own.state);
  const live = on.includes("camera");
  const blocked = !live && isBlocked(state.seats.get(state.me), "camera");
  const phone = useMedia(PHONE);
  const voice_only = useCell(meeting.bounds).profile === "voice";
  const unsent = live && voice_only;
  const label = blocked ? words.bar.camera_blocked : voice_only ? words.bar.camera_no_line : live ? words.bar.camera_on : words.bar.camera_off;
  return <Control id="camera" icon={live ? "camera" : "camera_off"} label={phone && !blocked && !unsent ? words.bar.camera : label} hint={`${unsent ? words.line.own_voice : label} (V)`} pressed={live} tone={unsent ? "" : live ? "live" : "off"} disabled={busy.includes("camera")} onClick={() => void meeting.own.toggle("camera")} />;
}

export function ShareControl({ meeting, state }: { readonly meeting: Meeting; readonly state: RoomState }) {
  const words = useWords();
  const { on, busy } = useCell(meeting.own.state);
  const live = on.includes("screen");
  const label = live ? words.bar.share_on : words.bar.share;
  const blocked = isBlocked(state.seats.get(state.me), "screen");
  return <Control id="share" icon="screen" label={label} hint={`${label} (S)`} pressed={live} tone={live ? "live" : ""} disabled={busy.includes("screen") || blocked} onClick={() => void meeting.own.toggle("screen")} />;
}

/** Lifting is offered where the rule stands; else muting. */
function muteRule(meeting: Meeting, state: RoomState, onAsk: (asked: Asked) => void): { readonly icon: IconName; readonly forbids: boolean; readonly act: () => void } {
  const forbids = !state.room.self_unmute;
  return { icon: forbids ? "mic" : "mic_off", forbids, act: () => (forbids ? void meeting.host.allowUnmute() : onAsk("mute_all")) };
}

export function HostBar({ meeting, state, onAsk }: BarProps) {
  const words = useWords();
  const seat = state.seats.get(state.me);
  if (!mayHost(seat)) return null;
  const rule = muteRule(meeting, state, onAsk);
  const { locked } = state.room;
  return (
    <div class="host-bar" role="toolbar" aria-label={words.host.bar}>
      <span class="host-bar-title">{words.host.bar}</span>
      <Control id="mute_all" icon={rule.icon} label={rule.forbids ? words.host.allow_all : words.host.mute_all} onClick={rule.act} />
      <Control id="rules" icon="shield" label={words.floor.rules} onClick={() => onAsk("rules")} />
      <Control id="lock" icon={locked ? "unlock" : "lock"} label={locked ? words.host.unlock : words.host.lock} pressed={locked} onClick={() => void meeting.host.lock(!locked)} />
      <Control id="invite" icon="link" label={words.host.invite} onClick={() => onAsk("invite")} />
      {seat?.role === "host" && <Control id="end" icon="end" label={words.host.end} tone="danger" onClick={() => onAsk("end")} />}
    </div>
  );
}

/** On a phone the chair's acts are behind one button of their own in the top bar. */
export function HostMenu({ meeting, state, onAsk }: BarProps) {
  const words = useWords();
  const seat = state.seats.get(state.me);
  if (!mayHost(seat)) return null;
  const rule = muteRule(meeting, state, onAsk);
  const { locked } = state.room;
  const rows = (): readonly MenuRow[] => [
    { kind: "act", icon: rule.icon, label: rule.forbids ? words.host.allow_all : words.host.mute_all, act: rule.act },
    { kind: "act", icon: "shield", label: words.floor.rules, act: () => onAsk("rules") },
    { kind: "act", icon: locked ? "unlock" : "lock", label: locked ? words.host.unlock : words.host.lock, act: () => void meeting.host.lock(!locked) },
    { kind: "act", icon: "link", label: words.host.invite, act: () => onAsk("invite") },
    ...(seat?.role === "host" ? [{ kind: "line" } as const, { kind: "act", icon: "end", label: words.host.end, danger: true, act: () => onAsk("end") } as const] : []),
  ];
  return <Menu rows={rows} label={words.host.bar} class="button host-menu"><Icon name="crown" size={18} />{words.host.bar}</Menu>;
}
