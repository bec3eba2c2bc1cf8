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
import { loadWords } from "./i18n/words";
import { Desk } from "./model/desk";
import { judgeLost, mayReload } from "./model/lostpart";
import type { Phone } from "./model/phone";
import { deviceName, prefsCell, tabKeeper } from "./model/prefs";
import { CompanionApi } from "./protocol/companion";
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
import { fetchFirst, mount } from "./view/app";
import type { Parts, Services } from "./view/hooks";

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

const ask = (to: string, init?: RequestInit): Promise<Response> => fetch(to, init);

const openSocket = (): SocketLike => webSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);

const api = new Api(ask);

/* What only some pages need, fetched with the first of them. */
const given = { ask, open: openSocket, prefs, shelf: byId("shelf") };
let media: typeof import("./meet") | undefined;
let phones: typeof import("./model/phone") | undefined;

function had<T>(part: T | undefined): T {
  if (part === undefined) throw new Error("used before it was fetched: see Parts");
  return part;
}

function phone(at: ScanAddress): Phone {
  const { Phone } = had(phones);
  return new Phone({
    at, api: new CompanionApi(new Rest(ask)), whoAmI: () => api.whoAmI(), kept: tabKeeper(sessionStorage, "phone", String(at.class)), device: deviceName(localStorage, () => crypto.getRandomValues(new Uint8Array(16))),
    open: openSocket, clock: realClock, wall: Date.now, random: Math.random, lang: () => prefs.value.lang,
  });
}

const entry = new URL(import.meta.url).pathname;
const RELOAD_AFTER_MS = 2_000; // the sentence can be read

const parts: Parts = {
  media: async () => { media ??= await import("./meet"); },
  phone: async () => { phones ??= await import("./model/phone"); },
  whyLost: async () => {
    const index = await fetch("/", { cache: "no-store" }).then((reply) => (reply.ok ? reply.text() : undefined), () => undefined);
    const lost = judgeLost(index, entry);
    if (mayReload(lost, entry, tabKeeper(sessionStorage, "reloaded", "entry"))) realClock.after(RELOAD_AFTER_MS, () => location.reload());
    return lost;
  },
  reload: () => location.reload(),
};

const newKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const acts = new Rest(ask, upload, newKey);

const services: Services = {
  api, phone, records: new Records(acts), imports: new Imports(acts), classes: new Classes(acts), credit: new Credit(acts), minutes: new MinutesApi(acts), rules: new Rules(acts), prefs, path, go, takeFragment, meet: (wish, capture) => had(media).meet(given, wish, capture), clock: realClock,
  reports: new Reports(ask), invites: new Invites(acts), keptCode: (number) => tabKeeper(sessionStorage, "expert", String(number)),
  look: new LookRecords(acts), desk: new Desk({ open: openSocket, clock: realClock, wall: Date.now, random: Math.random, lang: () => prefs.value.lang }), watch: () => had(media).watch(given), parts,
  account: new Cell<Account | undefined>(undefined),
  wasIn: (room) => tabKeeper(sessionStorage, "inside", room).get() !== undefined,
};

/** Without its words no page can be shown: what is left is what index.html says. */
async function start(): Promise<void> {
  const words = loadWords(prefs.value.lang);
  fetchFirst(services);
  await words.then(() => mount(byId("app"), services), () => {
    const again = document.createElement("button");
    again.className = "button main";
    again.textContent = "重新载入 Reload";
    again.onclick = () => location.reload();
    byId("opening").replaceChildren("会堂没有载入完整，请检查网络后重新载入。Huitang did not load completely: check the network, then reload.", again);
  });
}

void start();
