// A stay in a room, whichever page shows it: the devices after a reload, and what browser and network do to it meanwhile.
import { useEffect, useRef } from "preact/hooks";
import type { Capture } from "../engine/capture";
import type { Failure } from "../model/failure";
import type { Meeting, MeetingPhase } from "../model/meeting";
import type { Prefs } from "../model/prefs";
import { useCell } from "./hooks";

/** After a reload: the devices that were on, without asking again. */
export async function reopen(capture: Capture, prefs: Prefs): Promise<void> {
  if (prefs.mic_on) await capture.openMic(prefs.mic).catch(() => undefined); // refused meanwhile: back without it
  if (prefs.camera_on) await capture.openCamera(prefs.camera).catch(() => undefined);
}

export function useStay(meeting: Meeting, onOver: (why?: Failure) => void): MeetingPhase {
  const phase = useCell(meeting.phase);
  const over = useRef(false);
  useEffect(() => {
    const looked = (): void => {
      meeting.seen(!document.hidden);
      if (!document.hidden) meeting.nudge();
    };
    const changed = (): void => meeting.networkChanged();
    addEventListener("online", changed);
    document.addEventListener("visibilitychange", looked);
    return () => {
      removeEventListener("online", changed);
      document.removeEventListener("visibilitychange", looked);
      if (!over.current) void meeting.leave(); // the browser's Back
    };
  }, [meeting]);
  useEffect(() => {
    if (phase.kind !== "over") return;
    over.current = true;
    onOver(phase.failure);
  }, [phase]);
  return phase;
}
