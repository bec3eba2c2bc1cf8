// The room's dialogues: each asks one thing, or shows one thing.
import { useEffect, useRef, useState } from "preact/hooks";
import { listDevices, NO_DEVICES } from "../engine/devices";
import type { Devices } from "../engine/devices";
import type { Meeting } from "../model/meeting";
import { mutable } from "../model/room";
import type { RoomState } from "../model/room";
import { Picker } from "./check";
import { usePrefs, useServices, useWords } from "./hooks";
import { LinePanel } from "./linepanel";
import { Button, Confirm, Dialog } from "./parts";
import { RulesDialog } from "./rules";
import type { Asked } from "./ownbar";

interface QuestionProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
  readonly onClose: () => void;
}

export function Question({ asked, ...props }: QuestionProps & { readonly asked: Asked }) {
  const words = useWords();
  const { meeting, state, onClose } = props;
  switch (asked) {
    case "mute_all":
      return <MuteAll {...props} />;
    case "rules":
      return <RulesDialog {...props} />;
    case "invite":
      return <Invite {...props} />;
    case "end":
      return <Confirm title={words.host.end_title} text={words.host.end_text(state.here)} yes={words.host.end_yes} onYes={() => void meeting.host.end()} onClose={onClose} />;
    case "leave":
      return <Confirm title={words.host.leave_title} text={words.host.leave_text} yes={words.host.leave_only} onYes={() => void meeting.leave()} onClose={onClose} />;
    case "stats":
      return <LinePanel meeting={meeting} state={state} onClose={onClose} />;
    case "keys":
      return <Keys onClose={onClose} />;
    case "devices":
      return <DeviceChoice {...props} />;
    default:
      return null;
  }
}

function MuteAll({ meeting, state, onClose }: QuestionProps) {
  const words = useWords();
  const mute = (self_unmute: boolean): void => {
    onClose();
    void meeting.host.muteAll(self_unmute);
  };
  return (
    <Dialog title={words.host.mute_all_title} onClose={onClose}>
      <p class="dialog-text figures">{words.host.mute_all_text(mutable(state))}</p>
      <div class="dialog-acts stacked">
        <Button kind="main" onClick={() => mute(true)}>{words.host.mute_all_allow}</Button>
        <Button onClick={() => mute(false)}>{words.host.mute_all_forbid}</Button>
        <Button kind="quiet" onClick={onClose}>{words.cancel}</Button>
      </div>
    </Dialog>
  );
}

function Invite({ meeting, onClose }: QuestionProps) {
  const words = useWords();
  const field = useRef<HTMLInputElement>(null);
  const [link, setLink] = useState("");
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    void meeting.host.invite().then((path) => (path === undefined ? onClose() : setLink(location.origin + path)));
  }, []);
  const copy = async (): Promise<void> => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
    } catch {
      setCopied(document.execCommand("copy")); // plain HTTP has no clipboard object
    }
  };
  return (
    <Dialog title={words.host.invite_title} onClose={onClose}>
      <p class="dialog-text">{words.host.invite_help}</p>
      <input ref={field} class="input" readOnly value={link} aria-label={words.host.invite} onFocus={(event) => event.currentTarget.select()} />
      <div class="dialog-acts">
        <Button kind="main" icon={copied ? "check" : "copy"} disabled={!link} onClick={() => void copy()}>{copied ? words.host.copied : words.host.copy}</Button>
      </div>
    </Dialog>
  );
}

function Keys({ onClose }: { readonly onClose: () => void }) {
  const { keys: w, floor } = useWords();
  const rows: readonly (readonly [string, string])[] = [["M", w.mic], ["V", w.camera], ["H", floor.key], ["C", w.chat], ["S", w.share], [w.arrows, w.pages], ["?", w.help], ["Esc", w.escape]];
  return (
    <Dialog title={w.title} onClose={onClose}>
      <dl class="keys">
        {rows.map(([key, says]) => [<dt key={key}><kbd class="kbd">{key}</kbd></dt>, <dd key={says}>{says}</dd>])}
      </dl>
    </Dialog>
  );
}

function DeviceChoice({ meeting, onClose }: QuestionProps) {
  const words = useWords();
  const { prefs } = useServices();
  const wish = usePrefs();
  const [devices, setDevices] = useState<Devices>(NO_DEVICES);
  useEffect(() => {
    void listDevices().then(setDevices, () => setDevices(NO_DEVICES));
  }, []);
  const choose = (kind: "camera" | "mic" | "speaker", id: string | undefined): void => {
    prefs.update((p) => ({ ...p, [kind]: id }));
    if (kind === "speaker") meeting.player.setSpeaker(id ?? "");
    else void (kind === "camera" ? meeting.own.useCamera(id) : meeting.own.useMic(id)).catch((error: unknown) => meeting.tell(error));
  };
  return (
    <Dialog title={words.bar.devices} onClose={onClose}>
      <Picker label={words.check.camera} devices={devices.cameras} value={wish.camera} onChoose={(id) => choose("camera", id)} />
      <Picker label={words.check.mic} devices={devices.mics} value={wish.mic} onChoose={(id) => choose("mic", id)} />
      {devices.speakers.length > 0 && <Picker label={words.check.speaker} devices={devices.speakers} value={wish.speaker} onChoose={(id) => choose("speaker", id)} />}
    </Dialog>
  );
}
