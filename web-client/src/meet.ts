// The composition of what sends and shows media: fetched with the first page that needs it.
import { realClock } from "./base/clock";
import type { Cell } from "./base/cell";
import type { Capture } from "./engine/capture";
import { Player } from "./engine/player";
import { Wall } from "./engine/wall";
import { Meeting } from "./model/meeting";
import { tabKeeper } from "./model/prefs";
import type { Prefs } from "./model/prefs";
import { classPeople } from "./protocol/companion";
import { Rest } from "./protocol/rest";
import type { Fetch } from "./protocol/rest";
import type { SocketLike } from "./protocol/socket";
import { PHONE } from "./view/hooks";
import type { MeetingWish } from "./view/hooks";

export interface Given {
  readonly ask: Fetch;
  readonly open: () => SocketLike;
  readonly prefs: Cell<Prefs>;
  /** Where elements that play sound stay. */
  readonly shelf: HTMLElement;
}

/** For tests that drive the page from outside: what is going on, to be read only. */
function expose(meeting: Meeting): void {
  if (new URLSearchParams(location.search).get("debug") !== "1") return;
  const handle = Object.freeze({
    get pc() {
      return meeting.connection();
    },
    get state() {
      return { phase: meeting.phase.value, room: meeting.room.value, own: meeting.own.state.value, line: meeting.line.value, slots: meeting.player.view.value.slots };
    },
  });
  Object.defineProperty(window, "__huitang", { value: handle, configurable: true });
}

function playerOf({ shelf, prefs }: Given): Player {
  const { speaker } = prefs.value;
  const player = new Player(shelf);
  if (speaker !== undefined) player.setSpeaker(speaker);
  return player;
}

const profile = (): "phone" | "desktop" => (matchMedia(PHONE).matches ? "phone" : "desktop");

export function meet(given: Given, wish: MeetingWish, capture: Capture): Meeting {
  const { ask, open, prefs } = given;
  const { camera, mic, line, coding } = prefs.value;
  const meeting = new Meeting({
    ...wish, ...(mic === undefined ? {} : { mic_id: mic }), ...(camera === undefined ? {} : { camera_id: camera }), ...(line === undefined ? {} : { line }), ...(coding === undefined ? {} : { coding }),
    profile: profile(), open, people: (number, site) => classPeople(new Rest(ask), number, site),
    clock: realClock, random: Math.random, lang: () => prefs.value.lang, resume: tabKeeper(sessionStorage, "resume", wish.room),
    onInside: (inside) => tabKeeper(sessionStorage, "inside", wish.room).set(inside ? "1" : undefined),
  }, capture, playerOf(given));
  expose(meeting);
  return meeting;
}

/** For a wall's page; a reload of it opens another. */
export function watch(given: Given): Wall {
  return new Wall({
    profile: profile(), open: given.open, clock: realClock, random: Math.random, lang: () => given.prefs.value.lang, resume: tabKeeper(sessionStorage, "resume", ":wall"),
  }, playerOf(given));
}
