// Composition root: makes the services and mounts the pages.
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/pages.css";
import "./styles/room.css";
import "./styles/records.css";
import "./styles/import.css";
import "./styles/class.css";
import "./styles/classes.css";
import "./styles/credit.css";
import "./styles/report.css";
import "./styles/invite.css";
import "./styles/floor.css";
import "./styles/minutes.css";
import "./styles/look.css";
import { Cell } from "./base/cell";
import { realClock } from "./base/clock";
import type { Capture } from "./engine/capture";
import { Player } from "./engine/player";
import { Wall } from "./engine/wall";
import { Desk } from "./model/desk";
import { Meeting } from "./model/meeting";
import { Phone } from "./model/phone";
import { deviceName, prefsCell, tabKeeper } from "./model/prefs";
import { classPeople, CompanionApi } from "./protocol/companion";
import type { ScanAddress } from "./protocol/companion";
import { Api } from "./protocol/http";
import { Classes } from "./protocol/classes";
import { Credit } from "./protocol/credit";
import { Rules } from "./protocol/rules";
import { Imports } from "./protocol/imports";
import { Invites } from "./protocol/invites";
import { MinutesApi } from "./protocol/minutes";
import { LookRecords } from "./protocol/look";
import { Records } from "./protocol/records";
import { Reports } from "./protocol/reports";
import { Rest } from "./protocol/rest";
import type { Account } from "./protocol/http";
import type { SocketLike } from "./protocol/socket";
import { webSocket } from "./protocol/socket";
import { upload } from "./protocol/upload";
import { mount } from "./view/app";
import { PHONE } from "./view/hooks";
import type { MeetingWish, Services } from "./view/hooks";

const prefs = prefsCell(localStorage, navigator.languages);
const path = new Cell(location.pathname + location.search);

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html lacks #${id}`);
  return element;
}

function go(to: string): void {
  history.pushState(null, "", to);
  path.set(to);
}

function takeFragment(): string {
  const fragment = decodeURIComponent(location.hash.slice(1));
  if (fragment) history.replaceState(null, "", location.pathname + location.search);
  return fragment;
}

addEventListener("popstate", () => path.set(location.pathname + location.search));

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

const ask = (to: string, init?: RequestInit): Promise<Response> => fetch(to, init);

const openSocket = (): SocketLike => webSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);

function meet(wish: MeetingWish, capture: Capture): Meeting {
  const { camera, mic, speaker, line } = prefs.value;
  const player = new Player(byId("shelf"));
  if (speaker !== undefined) player.setSpeaker(speaker);
  const meeting = new Meeting({
    ...wish, ...(mic === undefined ? {} : { mic_id: mic }), ...(camera === undefined ? {} : { camera_id: camera }), ...(line === undefined ? {} : { line }),
    profile: matchMedia(PHONE).matches ? "phone" : "desktop",
    open: openSocket, people: (number, site) => classPeople(new Rest(ask), number, site),
    clock: realClock, random: Math.random, lang: () => prefs.value.lang, resume: tabKeeper(sessionStorage, "resume", wish.room),
    onInside: (inside) => tabKeeper(sessionStorage, "inside", wish.room).set(inside ? "1" : undefined),
  }, capture, player);
  expose(meeting);
  return meeting;
}

/** For a wall's page; a reload of it opens another. */
function watch(): Wall {
  const { speaker } = prefs.value;
  const player = new Player(byId("shelf"));
  if (speaker !== undefined) player.setSpeaker(speaker);
  return new Wall({
    profile: matchMedia(PHONE).matches ? "phone" : "desktop", open: openSocket, clock: realClock, random: Math.random, lang: () => prefs.value.lang,
    resume: tabKeeper(sessionStorage, "resume", ":wall"),
  }, player);
}

const api = new Api(ask);

function phone(at: ScanAddress): Phone {
  return new Phone({
    at, api: new CompanionApi(new Rest(ask)), whoAmI: () => api.whoAmI(), kept: tabKeeper(sessionStorage, "phone", String(at.class)), device: deviceName(localStorage, () => crypto.getRandomValues(new Uint8Array(16))),
    open: openSocket, clock: realClock, wall: Date.now, random: Math.random, lang: () => prefs.value.lang,
  });
}

const services: Services = {
  api, phone, records: new Records(new Rest(ask)), imports: new Imports(new Rest(ask, upload)), classes: new Classes(new Rest(ask)), credit: new Credit(new Rest(ask)), minutes: new MinutesApi(new Rest(ask)), rules: new Rules(new Rest(ask)), prefs, path, go, takeFragment, meet, clock: realClock,
  reports: new Reports(ask), invites: new Invites(new Rest(ask)), keptCode: (number) => tabKeeper(sessionStorage, "expert", String(number)),
  look: new LookRecords(new Rest(ask)), desk: new Desk({ open: openSocket, clock: realClock, wall: Date.now, random: Math.random, lang: () => prefs.value.lang }), watch,
  account: new Cell<Account | undefined>(undefined),
  wasIn: (room) => tabKeeper(sessionStorage, "inside", room).get() !== undefined,
};

mount(byId("app"), services);
