// Hands and the floor: over the pictures one sentence about who speaks and where the own seat stands; in the side panel the queue.
import { useState } from "preact/hooks";
import { countdown, duration } from "../i18n/words";
import { FLOOR_MINUTES, hasFloor, isOnStage, mayStage, ownHand, ownStanding, seesHands, whoSpeaks } from "../model/floor";
import type { Meeting } from "../model/meeting";
import { mayHost, sends } from "../model/room";
import type { RoomState } from "../model/room";
import type { Words } from "../i18n/words";
import type { Floor as FloorTurn, Hand } from "../protocol/messages";
import { ActDialog, TextField } from "./forms";
import { useCell, usePrefs, useTick, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, IconButton, Menu, Name } from "./parts";
import type { MenuRow } from "./parts";

interface FloorProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
}

const TICK_MS = 250;

/** What is left of a turn, by the server's clock. */
function useLeft(meeting: Meeting, floor: FloorTurn): string {
  const now = useTick(TICK_MS);
  return countdown(floor.until_ms - now - meeting.ahead_ms);
}

export function FloorBanner({ meeting, state }: FloorProps) {
  const { floor } = state.room;
  const standing = ownStanding(state);
  if (floor && standing === "floor") return <OwnTurn meeting={meeting} floor={floor} />;
  if (!floor && standing === undefined && state.room.cue === undefined && state.room.host !== undefined) return null;
  return (
    <div class="banner floor-banner">
      {floor && <Turn meeting={meeting} state={state} floor={floor} />}
      {(!floor || standing !== undefined) && <Standing meeting={meeting} state={state} />}
    </div>
  );
}

function OwnTurn({ meeting, floor }: { readonly meeting: Meeting; readonly floor: FloorTurn }) {
  const { floor: w } = useWords();
  const { on, busy } = useCell(meeting.own.state);
  const left = useLeft(meeting, floor);
  const live = on.includes("mic");
  return (
    <div class="banner floor-banner own" data-floor="own">
      <Icon name={live ? "mic" : "mic_off"} />
      <strong class="figures">{w.yours(left)}</strong>
      <span class="banner-acts">
        {!live && <Button kind="main" icon="mic" disabled={busy.includes("mic")} onClick={() => void meeting.own.switchOnMic()}>{w.open_mic}</Button>}
        <Button onClick={() => void meeting.own.silence("mic").then(() => meeting.floor.end(floor.seat))}>{w.done}</Button>
      </span>
    </div>
  );
}

function Turn({ meeting, state, floor }: FloorProps & { readonly floor: FloorTurn }) {
  const { floor: w } = useWords();
  const left = useLeft(meeting, floor);
  return (
    <div class="floor-part">
      <Icon name="mic" />
      <span class="floor-who" role="status"><Name text={w.speaks(whoSpeaks(state.seats.get(floor.seat), floor.speaker))} /></span>
      <span class="figures floor-left">{w.left(left)}</span>
      {mayHost(state.seats.get(state.me)) && <TurnActs meeting={meeting} floor={floor} />}
    </div>
  );
}

function TurnActs({ meeting, floor }: { readonly meeting: Meeting; readonly floor: FloorTurn }) {
  const { floor: w } = useWords();
  return (
    <span class="banner-acts">
      <Button onClick={() => void meeting.floor.extend(floor.seat)}>{w.extend}</Button>
      <Button onClick={() => void meeting.floor.end(floor.seat)}>{w.take_back}</Button>
    </span>
  );
}

/** Where the own seat stands, in one sentence; else what the room waits for. */
function Standing({ meeting, state }: FloorProps) {
  const { floor: w } = useWords();
  const [naming, setNaming] = useState(false);
  const hand = ownHand(state);
  const standing = ownStanding(state);
  const cue = state.room.cue === undefined ? undefined : state.seats.get(state.room.cue);
  const text = standing === "spotlight" ? w.you_spotlit : standing === "stage" ? w.you_on_stage : hand ? w.place((state.hands.place ?? 1 + state.hands.hands.indexOf(hand)) - 1)
    : cue ? w.cue(cue.name) : state.room.host === undefined ? w.no_host : "";
  if (text === "") return null;
  return (
    <div class="floor-part">
      <Icon name={standing === "spotlight" ? "broadcast" : standing === "stage" ? "stage" : hand ? "hand" : "info"} />
      <span class="floor-standing" role="status">{text}</span>
      {standing === "hand" && (
        <span class="banner-acts">
          <Button onClick={() => setNaming(true)}>{hand?.speaker === undefined ? w.speaker_set : w.speaker_is(hand.speaker)}</Button>
        </span>
      )}
      {naming && <SpeakerDialog meeting={meeting} hand={hand} onClose={() => setNaming(false)} />}
    </div>
  );
}

function SpeakerDialog({ meeting, hand, onClose }: { readonly meeting: Meeting; readonly hand: Hand | undefined; readonly onClose: () => void }) {
  const { floor: w } = useWords();
  const [speaker, setSpeaker] = useState(hand?.speaker ?? "");
  const act = async (): Promise<void> => {
    await meeting.floor.raise(speaker.trim());
  };
  return (
    <ActDialog title={w.hand} yes={w.hand} onClose={onClose} act={act}>
      <TextField label={w.speaker} name="speaker" value={speaker} onChange={setSpeaker} max={40} autofocus />
    </ActDialog>
  );
}

/** The side panel: who speaks, who waits, and the own hand. */
export function HandsPanel({ meeting, state }: FloorProps) {
  const { floor: w } = useWords();
  const me = state.seats.get(state.me);
  const { floor } = state.room;
  return (
    <div class="hands">
      <section class="lesson-part">
        <h2 class="lesson-title">{w.now}</h2>
        {floor ? <PanelTurn meeting={meeting} state={state} floor={floor} /> : <p class="field-hint">{w.nobody_speaks}</p>}
      </section>
      {seesHands(me) && <Queue meeting={meeting} state={state} />}
      {me && sends(me) && !mayHost(me) && <OwnHand meeting={meeting} state={state} />}
    </div>
  );
}

export function PanelTurn({ meeting, state, floor }: FloorProps & { readonly floor: FloorTurn }) {
  const { floor: w } = useWords();
  const left = useLeft(meeting, floor);
  return (
    <div class="hand-row">
      <span class="hand-who"><Name text={whoSpeaks(state.seats.get(floor.seat), floor.speaker)} /><span class="hand-note figures">{w.left(left)}</span></span>
      {mayHost(state.seats.get(state.me)) && <TurnActs meeting={meeting} floor={floor} />}
    </div>
  );
}

export function Queue({ meeting, state }: FloorProps) {
  const { floor: w } = useWords();
  const { hands, up } = state.hands;
  return (
    <section class="lesson-part">
      <h2 class="lesson-title figures">{w.queue(up)}</h2>
      {hands.length === 0 && <div class="empty"><Icon name="hand" size={32} /><p>{w.nobody}</p></div>}
      <ol class="hand-list">{hands.map((hand) => <HandRow key={hand.seat} meeting={meeting} state={state} hand={hand} />)}</ol>
    </section>
  );
}

/** The times to choose from, as rows of a menu. */
export function giveRows(meeting: Meeting, seat: string, w: Words["floor"]): readonly MenuRow[] {
  return FLOOR_MINUTES.map((n): MenuRow => ({ kind: "act", icon: "mic", label: w.minutes(n), act: () => void meeting.floor.give(seat, n) }));
}

function HandRow({ meeting, state, hand }: FloorProps & { readonly hand: Hand }) {
  const { floor: w } = useWords();
  const { lang } = usePrefs();
  const now = useTick(15_000);
  const seat = state.seats.get(hand.seat);
  if (!seat) return null;
  const leads = mayHost(state.seats.get(state.me));
  const staged = isOnStage(state, seat.id);
  const waited = now + meeting.ahead_ms - hand.since_ms;
  return (
    <li class="hand-row" data-hand={seat.id}>
      <span class="hand-who">
        <Name text={whoSpeaks(seat, hand.speaker)} />
        <span class="hand-note figures">{seat.org && seat.org !== seat.name && <Name text={`${seat.org} · `} />}<span>{waited < 60_000 ? w.just : w.waiting(duration(waited, lang))}</span></span>
      </span>
      <span class="hand-acts">
        {leads && <Menu rows={() => giveRows(meeting, seat.id, w)} label={w.give_to(seat.name)} class="button main"><Icon name="mic" size={18} />{w.give}</Menu>}
        {mayStage(state.seats.get(state.me), seat) && <IconButton icon="stage" label={staged ? w.unstage : w.stage} onClick={() => void meeting.floor.stage(seat.id, !staged)} />}
        {leads && <IconButton icon="close" label={w.lower_of(seat.name)} onClick={() => void meeting.floor.lower(seat.id)} />}
      </span>
    </li>
  );
}

function OwnHand({ meeting, state }: FloorProps) {
  const { floor: w } = useWords();
  const hand = ownHand(state);
  const [speaker, setSpeaker] = useState(hand?.speaker ?? "");
  if (hasFloor(state)) return null;
  return (
    <form class="own-hand" onSubmit={(event) => { event.preventDefault(); void meeting.floor.raise(speaker.trim()); }}>
      <p class="field-hint">{hand ? w.place((state.hands.place ?? 1) - 1) : w.hand_help}</p>
      <TextField label={w.speaker} name="speaker" value={speaker} onChange={setSpeaker} max={40} />
      <div class="lesson-acts">
        <Button kind="main" icon="hand" type="submit">{hand ? w.speaker_set : w.hand}</Button>
        {hand && <Button onClick={() => void meeting.floor.lower()}>{w.hand_down}</Button>}
      </div>
    </form>
  );
}
