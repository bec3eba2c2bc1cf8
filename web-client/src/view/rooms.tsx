// My rooms: what is on now, first and large. A part of every home.
import { useCallback, useEffect, useState } from "preact/hooks";
import { calendarDay } from "../i18n/words";
import { failureOf } from "../model/failure";
import type { Failure } from "../model/failure";
import type { RoomCard } from "../protocol/http";
import { usePrefs, useServices, useTick, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, IconButton, Problem } from "./parts";
import { noteSignInLost } from "./saying";

const REFRESH_MS = 10_000;

export function Rooms() {
  const words = useWords();
  const { api, account } = useServices();
  const [rooms, setRooms] = useState<readonly RoomCard[] | undefined>();
  const [trouble, setTrouble] = useState<Failure | undefined>();
  const read = useCallback(async () => {
    try {
      setRooms(await api.rooms());
      setTrouble(undefined);
    } catch (error) {
      const why = failureOf(error);
      if (why.kind === "not_signed_in") {
        if (account.value) noteSignInLost();
        account.set(undefined);
      }
      else setTrouble(why);
    }
  }, [api, account]);
  useEffect(() => {
    void read();
    const timer = setInterval(() => void read(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [read]);
  return (
    <>
      <div class="rooms-title">
        <Today />
        <IconButton icon="refresh" label={words.rooms.refresh} onClick={() => void read()} />
      </div>
      {trouble && <Problem failure={trouble} />}
      {!rooms && !trouble && <p class="rooms-wait"><span class="spinner" /> {words.rooms.loading}</p>}
      {rooms && rooms.length === 0 && <NoRooms />}
      {rooms && rooms.length > 0 && <RoomList rooms={rooms} />}
    </>
  );
}

function Today() {
  const words = useWords();
  const { lang } = usePrefs();
  const now = useTick(30_000);
  return (
    <div>
      <h2 class="home-title">{words.rooms.title}</h2>
      <p class="page-day">{calendarDay(now, lang)}</p>
    </div>
  );
}

function NoRooms() {
  const words = useWords();
  return (
    <div class="card empty">
      <Icon name="people" size={40} />
      <h2>{words.rooms.empty}</h2>
      <p>{words.rooms.empty_help}</p>
    </div>
  );
}

// What was arranged goes before what is always there.
const ORDER: Readonly<Record<RoomCard["state"], number>> = { running: 0, waiting: 1, ended: 3 };

function place(room: RoomCard): number {
  return room.standing && room.state === "waiting" ? 2 : ORDER[room.state];
}

function RoomList({ rooms }: { readonly rooms: readonly RoomCard[] }) {
  const sorted = [...rooms].sort((a, b) => place(a) - place(b));
  return (
    <ul class="room-cards">
      {sorted.map((room) => <RoomEntry key={room.id} room={room} />)}
    </ul>
  );
}

function RoomEntry({ room }: { readonly room: RoomCard }) {
  const words = useWords();
  const { go } = useServices();
  const running = room.state === "running";
  const title = room.standing ? words.rooms.standing(room.title) : room.title;
  const state = running ? words.rooms.running(room.here) : words.rooms[room.state === "ended" ? "ended" : "waiting"];
  return (
    <li class={running ? "card room-card running" : "card room-card"}>
      <div class="room-card-text">
        {room.org !== room.title && !room.standing && <p class="room-card-org">{room.org}</p>}
        <h2>{title}</h2>
        <p class="room-card-state figures">
          {running && <span class="lamp" aria-hidden="true" />}
          {state}
          {room.locked && <span class="tag warn"><Icon name="lock" size={14} />{words.rooms.locked}</span>}
        </p>
      </div>
      {room.state !== "ended" && (
        <Button kind={running ? "main" : "plain"} large onClick={() => go(`/room/${encodeURIComponent(room.id)}`)}>
          {words.rooms.enter}
          <span class="sr"> {title}</span>
        </Button>
      )}
    </li>
  );
}
