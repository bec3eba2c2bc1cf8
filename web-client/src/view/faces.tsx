// The expert's return view: a small grid of the sites that were chosen, or of some that have a picture. Nobody else sees the choice.
import { useEffect, useState } from "preact/hooks";
import { encoderOf, faceOf, facesShown, facesToChoose, FACES_MAX, hostOf, watchFaces } from "../model/faces";
import type { Meeting } from "../model/meeting";
import { isOn } from "../model/room";
import type { RoomState } from "../model/room";
import type { Seat } from "../protocol/messages";
import { useCell, useSize, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, Dialog, Name, SearchBox } from "./parts";
import { Tile } from "./tile";

interface FacesProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
  readonly encoder: string | undefined;
}

export function Faces({ meeting, state }: FacesProps) {
  const words = useWords().invite.air;
  const [chosen, setChosen] = useState<readonly string[] | undefined>();
  const [choosing, setChoosing] = useState(false);
  const area = useSize<HTMLDivElement>();
  const { videos } = useCell(meeting.bounds);
  const faces = facesShown(state, chosen);
  const host = hostOf(state);
  const shown = host && !faces.includes(host) ? [...faces, host] : faces;
  const columns = shown.length > 4 ? 3 : shown.length > 1 ? 2 : 1;
  const height = Math.floor((area.width / columns) * (9 / 16));
  useEffect(() => {
    const encoder = encoderOf(state);
    if (area.width > 0) meeting.watch(watchFaces([...(encoder ? [encoder] : []), ...shown], height, devicePixelRatio).slice(0, Math.min(videos, FACES_MAX + 2)));
  });
  return (
    <>
      <div class="air-head"><h2>{words.faces}</h2><Button icon="grid" onClick={() => setChoosing(true)}>{words.choose}</Button></div>
      <div class="air-grid" ref={(grid: HTMLDivElement | null) => { area.ref.current = grid; grid?.style.setProperty("--columns", String(columns)); }}>
        {shown.map((seat) => <Tile key={seat.id} meeting={meeting} state={state} tile={faceOf(seat)} kind="grid" pinned={false} onPin={() => undefined} />)}
      </div>
      {faces.length === 0 && <p class="pale">{words.no_faces}</p>}
      {choosing && <Choose state={state} chosen={chosen ?? faces.map((s) => s.id)} onChoose={setChosen} onClose={() => setChoosing(false)} />}
    </>
  );
}

interface ChooseProps {
  readonly state: RoomState;
  readonly chosen: readonly string[];
  readonly onChoose: (chosen: readonly string[] | undefined) => void;
  readonly onClose: () => void;
}

function Choose({ state, chosen, onChoose, onClose }: ChooseProps) {
  const words = useWords();
  const w = words.invite.air;
  const [query, setQuery] = useState("");
  const toggle = (seat: Seat): void => onChoose(chosen.includes(seat.id) ? chosen.filter((id) => id !== seat.id) : [...chosen, seat.id].slice(-FACES_MAX));
  const sites = facesToChoose(state, query).slice(0, 100);
  return (
    <Dialog title={w.choose_title} onClose={onClose}>
      <p class="field-hint figures">{w.choose_text(FACES_MAX)} {w.chosen(chosen.length, FACES_MAX)}</p>
      <SearchBox value={query} onChange={setQuery} />
      <div class="air-choose">
        {sites.map((seat) => (
          <button key={seat.id} type="button" class="ask-option" role="checkbox" aria-checked={chosen.includes(seat.id)} onClick={() => toggle(seat)}>
            <span class="ask-mark" aria-hidden="true">{chosen.includes(seat.id) && <Icon name="check" size={18} />}</span>
            <Name text={seat.name} />{!isOn(seat, "camera") && <span class="tag">{words.room.no_camera}</span>}
          </button>
        ))}
      </div>
      <div class="dialog-acts"><Button onClick={() => { onChoose(undefined); onClose(); }}>{w.auto}</Button><Button kind="main" onClick={onClose}>{words.close}</Button></div>
    </Dialog>
  );
}
