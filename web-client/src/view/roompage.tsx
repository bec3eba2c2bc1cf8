// One address, three pages: the check, the room, and what comes after.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Capture } from "../engine/capture";
import type { Failure } from "../model/failure";
import type { Meeting } from "../model/meeting";
import type { Account, RoomCard } from "../protocol/http";
import { Check } from "./check";
import { usePrefs, useServices, useWords } from "./hooks";
import { Over } from "./over";
import { Room } from "./room";
import { reopen, useStay } from "./stay";

interface RoomPageProps {
  readonly room: string;
  readonly token?: string;
  readonly account?: Account;
}

type Step = { readonly kind: "check" } | { readonly kind: "back" } | { readonly kind: "meeting"; readonly meeting: Meeting } | { readonly kind: "over"; readonly why?: Failure };

function useRoomCard(room: string, account: Account | undefined): RoomCard | undefined {
  const { api } = useServices();
  const [card, setCard] = useState<RoomCard | undefined>();
  useEffect(() => {
    if (account) api.rooms().then((rooms) => setCard(rooms.find((r) => r.id === room)), () => undefined); // only for the title: the join tells what is wrong
  }, [room, account, api]);
  return card;
}

export function RoomPage({ room, token, account }: RoomPageProps) {
  const words = useWords();
  const { meet, wasIn } = useServices();
  const prefs = usePrefs();
  const card = useRoomCard(room, account);
  const capture = useMemo(() => new Capture(), []);
  const [step, setStep] = useState<Step>(() => ({ kind: wasIn(room) ? "back" : "check" }));
  const alive = useRef(true);
  const enter = (name: string): void => {
    const mic = !!capture.track("mic") && prefs.mic_on;
    const camera = !!capture.track("camera") && prefs.camera_on;
    const guest = account === undefined;
    const meeting = meet({ room, mic, camera, ...(token === undefined ? {} : { token }), ...(guest && name ? { name } : {}) }, capture);
    meeting.start();
    setStep({ kind: "meeting", meeting });
  };
  useEffect(() => {
    if (step.kind === "back") void reopen(capture, prefs).then(() => alive.current && enter(prefs.guest_name));
    return () => {
      alive.current = false;
      capture.close();
    };
  }, []);
  if (step.kind === "meeting") return <Stay meeting={step.meeting} onOver={(why) => setStep({ kind: "over", ...(why ? { why } : {}) })} />;
  if (step.kind === "over") return <Over guest={account === undefined} onAgain={() => setStep({ kind: "check" })} {...(step.why ? { why: step.why } : {})} />;
  if (step.kind === "back") return <Joining text={words.room.reconnecting} />;
  return <Check capture={capture} onJoin={enter} {...(account ? { name: account.name } : {})} {...(card ? { title: card.title, org: card.org } : {})} />;
}

function Stay({ meeting, onOver }: { readonly meeting: Meeting; readonly onOver: (why?: Failure) => void }) {
  const words = useWords();
  const phase = useStay(meeting, onOver);
  return phase.kind === "room" ? <Room meeting={meeting} /> : <Joining text={words.room.joining} />;
}

function Joining({ text }: { readonly text: string }) {
  return (
    <main id="main" class="page waiting">
      <p class="waiting-line" role="status"><span class="spinner" />{text}</p>
    </main>
  );
}
