// Between cells and components.
import { createContext } from "preact";
import { useContext, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ReadCell } from "../base/cell";
import type { Clock } from "../base/clock";
import type { Cell } from "../base/cell";
import { wordsFor } from "../i18n/words";
import type { Words } from "../i18n/words";
import type { Capture } from "../engine/capture";
import type { Wall } from "../engine/wall";
import type { Desk } from "../model/desk";
import type { LostPart } from "../model/lostpart";
import type { Meeting } from "../model/meeting";
import type { Phone } from "../model/phone";
import type { Keeper, Prefs } from "../model/prefs";
import { visibleRows } from "../model/roster";
import type { Account, Api } from "../protocol/http";
import type { ScanAddress } from "../protocol/companion";
import type { Classes } from "../protocol/classes";
import type { Credit } from "../protocol/credit";
import type { Imports } from "../protocol/imports";
import type { Invites } from "../protocol/invites";
import type { MinutesApi } from "../protocol/minutes";
import type { LookRecords } from "../protocol/look";
import type { Records } from "../protocol/records";
import type { Reports } from "../protocol/reports";
import type { Rules } from "../protocol/rules";
import { RequestError } from "../protocol/socket";
import { noteSignInLost } from "./saying";

export interface MeetingWish {
  readonly room: string;
  readonly token?: string;
  readonly name?: string;
  readonly mic: boolean;
  readonly camera: boolean;
}

/** Parts of the program that are fetched by the pages that need them. */
export interface Parts {
  /** To be awaited before `meet` and `watch`. */
  media(): Promise<void>;
  /** To be awaited before `phone`. */
  phone(): Promise<void>;
  /** Why a part could not be fetched. Loads the page anew by itself where that helps. */
  whyLost(): Promise<LostPart>;
  reload(): void;
}

/** What the composition root gives to the pages. */
export interface Services {
  readonly api: Api;
  readonly records: Records;
  readonly imports: Imports;
  readonly classes: Classes;
  readonly credit: Credit;
  readonly rules: Rules;
  readonly reports: Reports;
  readonly invites: Invites;
  /** The code of an expert's link, kept by the tab for a reload. */
  readonly keptCode: (class_number: number) => Keeper;
  readonly minutes: MinutesApi;
  readonly look: LookRecords;
  /** Notices, and what a superior looks at. */
  readonly desk: Desk;
  readonly prefs: Cell<Prefs>;
  readonly account: Cell<Account | undefined>;
  readonly parts: Parts;
  readonly clock: Clock;
  readonly path: Cell<string>;
  readonly go: (path: string) => void;
  /** What stands behind # in the address, once: it is a secret there. */
  readonly takeFragment: () => string;
  readonly meet: (wish: MeetingWish, capture: Capture) => Meeting;
  /** A wall of pictures that is not open yet. */
  readonly watch: () => Wall;
  /** The page of a member's phone that a site's QR code leads to. */
  readonly phone: (at: ScanAddress) => Phone;
  /** Whether this tab was in the room a moment ago, so that a reload goes straight back. */
  readonly wasIn: (room: string) => boolean;
}

export const ServicesContext = createContext<Services | undefined>(undefined);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error("no services: the app is not mounted");
  return services;
}

export function useCell<T>(cell: ReadCell<T>): T {
  const [value, setValue] = useState(cell.value);
  useLayoutEffect(() => {
    setValue(() => cell.value);
    return cell.subscribe((next) => setValue(() => next));
  }, [cell]);
  return value;
}

/** To be called where something was refused: what was granted may have been taken away, and the pages show what is left. */
export function useAskedAgain(): (error: unknown) => Promise<void> {
  const { api, account } = useServices();
  return async (error) => {
    if (!(error instanceof RequestError)) return;
    if (error.code === "not_signed_in") {
      if (account.value) noteSignInLost();
      account.set(undefined);
    }
    if (error.code === "forbidden" || error.code === "not_found") await api.whoAmI().then((who) => account.set(who), () => undefined); // out of reach: said elsewhere
  };
}

export function usePrefs(): Prefs {
  return useCell(useServices().prefs);
}

export function useWords(): Words {
  return wordsFor(usePrefs().lang);
}

/** The size of an element, in CSS pixels. */
export function useSize<E extends HTMLElement>(): { readonly ref: { current: E | null }; readonly width: number; readonly height: number } {
  const ref = useRef<E>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const read = (): void => setSize({ width: element.clientWidth, height: element.clientHeight });
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, ...size };
}

/** Of many rows of one height only those in view are in the page: which, and what the element that scrolls needs. */
export function useRowWindow<E extends HTMLElement>(count: number, row_px: number) {
  const area = useSize<E>();
  const [top, setTop] = useState(0);
  const { first, last } = visibleRows(count, row_px, top, area.height || 600);
  const onScroll = (event: { readonly currentTarget: { readonly scrollTop: number } }): void => setTop(event.currentTarget.scrollTop);
  return { ref: area.ref, onScroll, first: Math.min(first, last), last };
}

export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const read = (): void => setMatches(list.matches);
    read();
    list.addEventListener("change", read);
    return () => list.removeEventListener("change", read);
  }, [query]);
  return matches;
}

/** Draws again every `period_ms`, for clocks. */
export function useTick(period_ms: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), period_ms);
    return () => clearInterval(timer);
  }, [period_ms]);
  return now;
}

/** The room is dark unless the user says otherwise; other pages follow the system. */
export function useTheme(in_room: boolean): void {
  const { theme } = usePrefs();
  const system_dark = useMedia("(prefers-color-scheme: dark)");
  const dark = theme === "auto" ? in_room || system_dark : theme === "dark";
  useLayoutEffect(() => {
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  }, [dark]);
}

export const PHONE = "(max-width: 720px), (max-height: 480px)";
