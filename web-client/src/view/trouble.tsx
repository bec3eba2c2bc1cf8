// Connection trouble after the dot: the sentence, then the dialogue. Both go away by themselves.
import { useEffect, useState } from "preact/hooks";
import { failure } from "../model/failure";
import type { Meeting } from "../model/meeting";
import { useCell, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, Dialog } from "./parts";

export function Trouble({ meeting, onLeave }: { readonly meeting: Meeting; readonly onLeave: () => void }) {
  const words = useWords();
  const line = useCell(meeting.line);
  const [waved, setWaved] = useState(false);
  useEffect(() => {
    if (line.step < 2) setWaved(false);
  }, [line.step]);
  if (line.step < 2) return null;
  const link = line.why === "link" || line.why === "server";
  const sentence = line.why === "server" ? words.room.sentence_server : link ? words.room.sentence_link : words.room.sentence_media;
  if (line.step === 2 || waved) return <p class="sentence" role="alert"><span class="spinner" />{sentence}</p>;
  const steps = link ? words.room.dialogue_link : words.room.dialogue_media;
  return (
    <Dialog title={link ? words.room.dialogue_link_title : words.room.dialogue_media_title} onClose={() => setWaved(true)} alert>
      <p class="dialog-text">{link ? words.room.sentence_waiting : words.room.sentence_blocked}</p>
      <ul class="dialog-list">{steps.map((step) => <li key={step}>{step}</li>)}</ul>
      <p class="problem-code">{words.support_code(failure(link ? "link_lost" : "media_blocked").code)}</p>
      <div class="dialog-acts">
        <Button onClick={onLeave}>{words.bar.leave}</Button>
        <Button kind="main" onClick={() => setWaved(true)}>{words.room.keep_waiting}</Button>
      </div>
    </Dialog>
  );
}

/** Somebody looks on from outside the room: over the pictures, so that nothing moves when it comes and goes. */
export function Looked({ orgs }: { readonly orgs: readonly string[] }) {
  const words = useWords();
  const named = orgs.filter((name) => name !== "");
  return (
    <p class="looked" role="status" hidden={orgs.length === 0}>
      {orgs.length > 0 && <><Icon name="eye" size={16} /><span>{named.length > 0 ? words.room.looked_by(named.join("、")) : words.room.looked}</span></>}
    </p>
  );
}

/** Screen sharing and failing records: things that must be seen all the time. */
export function Banners({ meeting, failing }: { readonly meeting: Meeting; readonly failing: boolean }) {
  const words = useWords();
  const { on } = useCell(meeting.own.state);
  return (
    <>
      {on.includes("screen") && <p class="banner"><Icon name="screen" />{words.room.sharing_self}<Button onClick={() => void meeting.own.toggle("screen")}>{words.room.stop_share}</Button></p>}
      {failing && <p class="banner warn" role="status"><Icon name="alert" />{words.room.not_recording}</p>}
    </>
  );
}
