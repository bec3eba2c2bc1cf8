// What the pages of a superior's look share: the line to the server, the state of a room in words, and what is said when there is nothing.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { clockTime, duration } from "../i18n/words";
import type { LookState } from "../model/desk";
import type { LookRoom } from "../protocol/messages";
import { useCell, usePrefs, useServices, useTick, useWords } from "./hooks";
import { Icon } from "./icons";
import { Loading, Nothing } from "./reading";

/** What runs, live while the page is there; with a room its details, too. */
export function useLooking(room?: string): LookState {
  const { desk } = useServices();
  useEffect(() => desk.useLook(room), [desk, room]);
  useEffect(() => {
    const seen = (): void => {
      if (!document.hidden) desk.nudge();
    };
    document.addEventListener("visibilitychange", seen);
    addEventListener("online", seen);
    return () => {
      document.removeEventListener("visibilitychange", seen);
      removeEventListener("online", seen);
    };
  }, [desk]);
  return useCell(desk.looking);
}

export function lookPath(room: string, rest = ""): string {
  return `/look/${encodeURIComponent(room)}${rest}`;
}

export function RoomState({ room }: { readonly room: LookRoom }) {
  const words = useWords().look;
  const { lang } = usePrefs();
  const { desk } = useServices();
  useTick(30_000);
  const now = desk.now();
  const on = room.state === "open" || room.state === "paused";
  const when = on && room.since_ms > 0 ? words.since(clockTime(room.since_ms), duration(now - room.since_ms, lang)) : room.state === "lobby" && room.start_ms > 0 ? words.starts(clockTime(room.start_ms)) : "";
  return (
    <p class="class-state figures">
      {room.state === "open" && <span class="lamp" aria-hidden="true" />}
      <strong>{room.class === undefined ? words.room_only : words.states[room.state]}</strong>
      {when && <span>{when}</span>}
      {on && room.end_ms > 0 && <span>{words.ended(clockTime(room.end_ms))}</span>}
    </p>
  );
}

/** While the line is down the figures stand still, and the page says so. */
export function Offline() {
  const words = useWords().look;
  const { desk } = useServices();
  const live = useCell(desk.live);
  const { rooms } = useCell(desk.looking);
  if (live || !rooms) return null;
  return <p class="look-offline" role="status"><span class="spinner" aria-hidden="true" />{words.offline}</p>;
}

/** Until there is an answer, or where there is none. */
export function NotYet({ looking, children }: { readonly looking: LookState; readonly children?: ComponentChildren }) {
  const words = useWords().look;
  if (looking.refused === "forbidden" || looking.refused === "not_signed_in") return <Nothing icon="eye_off" title={words.no_right} help={words.no_right_help}>{children}</Nothing>;
  if (looking.refused !== undefined) return <Nothing icon="search" title={words.not_there} help={words.not_there_help}>{children}</Nothing>;
  return <Loading />;
}

/** A share of a whole as a bar from nought, with nothing but two lengths. */
export function ShareBar({ part, whole }: { readonly part: number; readonly whole: number }) {
  const share = whole > 0 ? Math.min(1, part / whole) : 0;
  return <div class="share-bar" aria-hidden="true"><i ref={(bar: HTMLElement | null) => bar?.style.setProperty("--share", String(share))} /></div>;
}

export function Fact({ icon, children }: { readonly icon: "people" | "camera" | "note" | "person"; readonly children: ComponentChildren }) {
  return <span class="look-fact"><Icon name={icon} size={16} />{children}</span>;
}
