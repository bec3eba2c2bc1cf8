// The expert's bar: microphone, camera, screen, devices, the line, the encoder's address, and leaving.
import { useState } from "preact/hooks";
import { canShareScreen } from "../engine/devices";
import type { Meeting } from "../model/meeting";
import type { RoomState } from "../model/room";
import { Encoder } from "./encoder";
import { useMedia, useWords, PHONE } from "./hooks";
import { CameraControl, Control, MicControl, ShareControl } from "./ownbar";
import { Dialog } from "./parts";

interface OwnControlsProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
  readonly onDevices: () => void;
  readonly onStats: () => void;
  readonly onLeave: () => void;
  /** Where it has no place on the page itself. */
  readonly obs?: { readonly room: string; readonly token: string | undefined };
}

export function OwnControls({ meeting, state, onDevices, onStats, onLeave, obs }: OwnControlsProps) {
  const words = useWords();
  const w = words.invite.air;
  const phone = useMedia(PHONE);
  const [open, setOpen] = useState(false);
  return (
    <div class="own-bar" role="toolbar" aria-label={words.bar.own}>
      <MicControl meeting={meeting} state={state} />
      <CameraControl meeting={meeting} state={state} />
      {!phone && canShareScreen() && <ShareControl meeting={meeting} state={state} />}
      <Control id="devices" icon="settings" label={w.devices} onClick={onDevices} />
      <Control id="stats" icon="pulse" label={words.bar.stats} onClick={onStats} />
      {obs && <Control id="obs" icon="broadcast" label={w.tabs.obs} onClick={() => setOpen(true)} />}
      <Control id="leave" icon="leave" label={w.leave} tone="danger" onClick={onLeave} />
      {open && obs && <Dialog title={words.invite.page.obs} onClose={() => setOpen(false)}><Encoder room={obs.room} token={obs.token} /></Dialog>}
    </div>
  );
}
