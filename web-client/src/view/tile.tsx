// One seat's picture with its name. The name is the seat's own; the picture is lent by whichever slot shows that seat now,
// so that a picture cannot stand under another name.
import { useLayoutEffect, useRef } from "preact/hooks";
import type { TileRef } from "../model/layout";
import type { Meeting } from "../model/meeting";
import { isOn } from "../model/room";
import type { RoomState } from "../model/room";
import type { Seat } from "../protocol/messages";
import { useCell, useWords } from "./hooks";
import { Icon } from "./icons";
import { initialOf, Name } from "./parts";
import { LentPicture, slotOf } from "./picture";

interface TileProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
  readonly tile: TileRef;
  readonly kind: "stage" | "grid" | "strip";
  readonly pinned: boolean;
  readonly onPin: () => void;
}

const PLACE = { stage: "on-stage", grid: "in-grid", strip: "in-strip" };

export function Tile({ meeting, state, tile, kind, pinned, onPin }: TileProps) {
  const words = useWords();
  const seat = state.seats.get(tile.seat);
  if (!seat) return null;
  const me = seat.id === state.me;
  const speaking = state.speakers.includes(seat.id) && isOn(seat, "mic");
  const names = ["tile", PLACE[kind], speaking ? "speaking" : "", seat.presence === "away" ? "away" : ""].filter(Boolean).join(" ");
  const label = tile.source === "screen" ? words.room.screen_of(seat.name) : seat.name;
  return (
    <article class={names} data-seat={seat.id} data-name={seat.name} data-source={tile.source} aria-label={label} onDblClick={onPin}>
      {me ? <OwnPicture meeting={meeting} seat={seat} /> : <RemotePicture meeting={meeting} state={state} seat={seat} tile={tile} />}
      <TileLabel seat={seat} me={me} short={kind === "strip"} speaking={speaking} screen={tile.source === "screen"} pinned={pinned} mark={markOf(state, seat)} />
    </article>
  );
}

function markOf(state: RoomState, seat: Seat): "spotlit" | "on_stage" | undefined {
  if (state.room.spotlight === seat.id) return "spotlit";
  return state.room.stage.includes(seat.id) ? "on_stage" : undefined;
}

function TileLabel({ seat, me, short, speaking, screen, pinned, mark }: { readonly seat: Seat; readonly me: boolean; readonly short: boolean; readonly speaking: boolean; readonly screen: boolean; readonly pinned: boolean; readonly mark: "spotlit" | "on_stage" | undefined }) {
  const words = useWords();
  const mic = isOn(seat, "mic");
  return (
    <div class="tile-label">
      {screen ? <Icon name="screen" size={16} /> : mic ? speaking && <span class="tile-voice"><Icon name="wave" size={16} /><span class="sr">{words.room.speaking}</span></span> : <span class="tile-muted"><Icon name="mic_off" size={16} /><span class="sr">{words.room.muted}</span></span>}
      {me && short ? words.room.you : <Name text={screen ? words.room.screen_of(seat.name) : seat.name} />}
      {me && !short && <span class="tile-me">{words.room.you}</span>}
      {seat.org && <span class="tile-org"><Name text={seat.org} /></span>}
      {mark && <span class="tile-mark"><Icon name={mark === "spotlit" ? "broadcast" : "stage"} size={14} />{short ? <span class="sr">{words.floor[mark]}</span> : words.floor[mark]}</span>}
      {pinned && <span class="tile-pin" title={words.room.pinned}><Icon name="pin" size={16} /><span class="sr">{words.room.pinned}</span></span>}
    </div>
  );
}

export function Blank({ name, reason }: { readonly name: string; readonly reason: string }) {
  return (
    <div class="tile-blank">
      <span class="tile-initial" aria-hidden="true">{initialOf(name)}</span>
      {reason && <span class="tile-reason">{reason}</span>}
    </div>
  );
}

/** What is to be known of a picture that is there. */
export function Over({ text }: { readonly text: string }) {
  return <span class="tile-over" role="img" aria-label={text} title={text}><Icon name="pulse" size={16} /><span class="tile-reason">{text}</span></span>;
}

function RemotePicture({ meeting, state, seat, tile }: { readonly meeting: Meeting; readonly state: RoomState; readonly seat: Seat; readonly tile: TileRef }) {
  const words = useWords();
  const { slots } = useCell(meeting.player.view);
  const { profile } = useCell(meeting.bounds);
  const found = slotOf(slots, tile);
  const on = isOn(seat, tile.source);
  const reason = seat.presence === "away" ? words.room.away
    : state.unplayable.has(`${seat.id}/${tile.source}`) && on ? words.room.unplayable
    : found?.suspended && on ? words.room.suspended
    : on && seat.line === "voice" ? words.line.sender_voice
    : on && !found && profile !== "full" ? words.line.fewer[profile === "voice" ? "voice" : "village"]
    : on ? words.room.loading_picture : words.room.no_camera;
  return (
    <>
      {!found?.shown && <Blank name={seat.name} reason={reason} />}
      <LentPicture player={meeting.player} held={found} />
      {found?.shown && found.suspended && seat.presence !== "away" && <Over text={words.room.suspended} />}
      {found?.shown && seat.presence === "away" && <span class="tile-over"><span class="spinner" />{words.room.away}</span>}
    </>
  );
}

function OwnPicture({ meeting, seat }: { readonly meeting: Meeting; readonly seat: Seat }) {
  const words = useWords();
  const tracks = useCell(meeting.capture.tracks);
  const { on } = useCell(meeting.own.state);
  const unsent = useCell(meeting.bounds).profile === "voice";
  const video = useRef<HTMLVideoElement>(null);
  const track = on.includes("camera") ? tracks.camera : undefined;
  useLayoutEffect(() => {
    if (video.current) video.current.srcObject = track ? new MediaStream([track]) : null;
  }, [track]);
  if (!track) return <Blank name={seat.name} reason={words.room.no_camera} />;
  return (
    <>
      <video ref={video} class={unsent ? "picture mirrored unsent" : "picture mirrored"} autoPlay playsInline muted />
      {unsent && <Over text={words.line.own_voice} />}
    </>
  );
}
