// The wall of a room: live pictures of its sites, page by page; some pinned, one large with its sound, a patrol that turns by itself.
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import type { Wall } from "../engine/wall";
import type { RoomDetail } from "../model/looking";
import { findNode, lookTree } from "../model/looktree";
import type { Patrol } from "../model/patrol";
import { advance, goTo, newPatrol, pause, placeOf, resume, step } from "../model/patrol";
import { askedOf, keepSlots, MOST_PINS, onScreen, sameAsked, smaller, wallPage } from "../model/wallpages";
import type { WallPage, WallSize } from "../model/wallpages";
import { fullName, patrolSites, wallSeats } from "../model/wallseats";
import type { LookTile } from "../model/wallseats";
import type { WallSlot } from "../protocol/messages";
import { WriteFinding } from "./findings";
import { Link, Said } from "./frame";
import { PHONE, useCell, useMedia, useServices, useSize, useTheme, useWords } from "./hooks";
import { Icon } from "./icons";
import { NotYet, Offline, useLooking } from "./looking";
import { useLate } from "./orgtree";
import { Button } from "./parts";
import { Nothing } from "./reading";
import { PatrolBar } from "./patrolbar";
import type { PatrolKind } from "./patrolbar";
import { WallBar, WallKeys } from "./wallbar";
import { WallTile } from "./walltile";

const VIDEO_SLOTS = { phone: 9, desktop: 25 };
const GAP_PX = 8;
/** A line that is short for a moment is no news. */
const SHORT_MS = 3_000;
const NOBODY: readonly LookTile[] = [];

export function LookWallPage({ room, org }: { readonly room: string; readonly org?: number }) {
  const words = useWords().look;
  const product = useWords().product;
  const looking = useLooking(room);
  useTheme(true);
  const { detail } = looking;
  useEffect(() => {
    document.title = `${words.wall_title(detail?.room.title ?? "")} · ${product}`;
  }, [detail?.room.title, words, product]);
  if (detail) return <Opened detail={detail} {...(org === undefined ? {} : { org })} />;
  return (
    <main id="main" class="page waiting">
      <NotYet looking={looking}><Link to="/look" class="button">{words.back}</Link></NotYet>
    </main>
  );
}

/** A wall for as long as the page is there. */
function useWall(): { readonly wall: Wall; readonly again: () => void } {
  const { watch } = useServices();
  const [turn, again] = useReducer((n: number) => n + 1, 0);
  const wall = useMemo(() => watch(), [watch, turn]);
  useEffect(() => {
    wall.start();
    const changed = (): void => wall.networkChanged();
    const seen = (): void => {
      if (!document.hidden) wall.nudge();
    };
    addEventListener("online", changed);
    document.addEventListener("visibilitychange", seen);
    return () => {
      removeEventListener("online", changed);
      document.removeEventListener("visibilitychange", seen);
      wall.close();
    };
  }, [wall]);
  return { wall, again: () => again(undefined as never) };
}

interface WallChoice {
  readonly size: WallSize;
  readonly page: number;
  readonly pinned: readonly string[];
  readonly big?: string;
  readonly sound: boolean;
}

function Opened({ detail, org }: { readonly detail: RoomDetail; readonly org?: number }) {
  const { wall, again } = useWall();
  const [within, setWithin] = useState(org);
  const seats = useMemo(() => wallSeats(detail, within), [detail, within]);
  return <WallView key={within} detail={detail} wall={wall} onAgain={again} seats={seats} within={within} onWithin={setWithin} />;
}

interface ViewProps {
  readonly detail: RoomDetail;
  readonly wall: Wall;
  readonly onAgain: () => void;
  readonly seats: readonly LookTile[];
  readonly within: number | undefined;
  readonly onWithin: (org: number | undefined) => void;
}

function WallView({ detail, wall, onAgain, seats, within, onWithin }: ViewProps) {
  const words = useWords().look;
  const { desk } = useServices();
  const phone = useMedia(PHONE);
  const [choice, setChoice] = useState<WallChoice>({ size: "auto", page: 0, pinned: [], sound: true });
  const [kind, setKind] = useState<PatrolKind>("pages");
  const [patrol, setPatrol] = useState<Patrol>(() => newPatrol(15));
  const [patrolling, setPatrolling] = useState(false);
  const [about, setAbout] = useState<{ readonly tile: LookTile; readonly look_ms: number } | undefined>();
  const [help, setHelp] = useState(false);
  const whole = useRef<HTMLDivElement>(null);
  const main = useSize<HTMLElement>();
  const area = useSize<HTMLDivElement>();
  const by_site = patrolling && kind === "sites";
  const big = by_site ? patrol.at : choice.big;
  const sites = useMemo(() => patrolSites(seats), [seats]);
  const turned = patrolling && kind === "pages" && patrol.at !== undefined ? Number(patrol.at) : choice.page;
  const { size, pinned } = choice;
  const page = wallPage({ seats, pinned, size, page: turned, width: area.width, height: area.height, most: phone ? VIDEO_SLOTS.phone : VIDEO_SLOTS.desktop, ...(big === undefined ? {} : { big }) });
  const stops = kind === "sites" ? sites.map((s) => s.key) : Array.from({ length: page.pages }, (_, n) => String(n));
  const now = (): number => performance.now();
  const heard = page.big && choice.sound ? page.big : undefined;
  useAsked(wall, page, heard, whole, phone);
  useLayoutEffect(() => {
    area.ref.current?.style.setProperty("--tile-width", `${fit(page, area.width, area.height, phone ? GAP_PX / 2 : GAP_PX)}px`);
  }, [page.columns, page.rows, area.width, area.height, phone]);

  const turn = (by: number): void => {
    if (patrolling) setPatrol((p) => step(p, stops, by, now()));
    else if (page.big) setChoice((c) => ({ ...c, big: neighbour(seats, page.big, by) }));
    else setChoice((c) => ({ ...c, page: (page.page + by + page.pages) % page.pages }));
  };
  const startPatrol = (): void => {
    const at = kind === "sites" ? (page.big?.key ?? stops[0]) : String(page.page);
    setPatrol((p) => resume(goTo(p, stops, at, now()), now()));
    setPatrolling(true);
  };
  const stopPatrol = (): void => {
    setPatrolling(false);
    setPatrol((p) => pause(p, now()));
    setChoice(({ big: _, ...c }) => ({ ...c, page: page.page }));
  };
  const pauseOrGo = (): void => {
    if (!patrolling) startPatrol();
    else setPatrol((p) => (p.running ? pause(p, now()) : resume(p, now())));
  };
  const closeBig = (): void => (by_site ? stopPatrol() : setChoice(({ big: _, ...c }) => c));
  const openBig = (key: string): void => {
    if (patrolling) setPatrol((p) => pause(p, now()));
    setPatrolling(false);
    setChoice((c) => ({ ...c, page: page.page, big: key }));
  };
  const pin = (key: string): void =>
    setChoice((c) => ({ ...c, pinned: c.pinned.includes(key) ? c.pinned.filter((k) => k !== key) : [...c.pinned.filter((k) => seats.some((s) => s.key === k)), key].slice(-MOST_PINS) }));
  const write = (tile: LookTile | undefined): void => {
    if (!tile || tile.site === 0 || detail.room.class === undefined) return;
    setPatrol((p) => pause(p, now()));
    setAbout({ tile, look_ms: desk.now() });
  };
  const focused = (): LookTile | undefined => page.big ?? seats.find((s) => s.key === document.activeElement?.closest<HTMLElement>("[data-key]")?.dataset["key"]);
  useKeys(about === undefined && !help, {
    turn, patrol: pauseOrGo, back: closeBig, help: () => setHelp(true), finding: () => write(focused()),
    pin: () => {
      const tile = focused();
      if (tile) pin(tile.key);
    },
  });
  const tileProps = { wall, onBig: openBig, onPin: pin, onFinding: detail.room.class === undefined ? undefined : write };
  const portrait = main.height > main.width;
  return (
    <div class="wall" ref={whole}>
      <WallBar
        detail={detail} seats={seats} within={within} onWithin={onWithin} size={size} onSize={(s) => setChoice((c) => ({ ...c, size: s, page: 0 }))} onHelp={() => setHelp(true)}
        title={within === undefined ? "" : findNode(lookTree(detail.orgs, detail.sites), within)?.name ?? ""}
      />
      <Offline />
      <Over wall={wall} onAgain={onAgain} />
      <Short page={page} wall={wall} onSize={(s) => setChoice((c) => ({ ...c, size: s, page: 0 }))} />
      <main id="main" ref={main.ref} class={portrait ? "wall-main portrait" : "wall-main"} aria-label={words.wall_region}>
        {page.big && <BigPicture tile={page.big} sound={choice.sound} onSound={() => setChoice((c) => ({ ...c, sound: !c.sound }))} onClose={closeBig} {...tileProps} />}
        {!page.big && page.pinned.length > 0 && (
          <section class={`wall-pins n${page.pinned.length}`} aria-label={words.pins}>
            {page.pinned.map((tile) => <WallTile key={tile.key} tile={tile} kind="pin" pinned {...tileProps} />)}
          </section>
        )}
        <section class="wall-grid" ref={area.ref} aria-label={words.wall_region} hidden={!!page.big}>
          {(page.big ? NOBODY : page.tiles).map((tile) => <WallTile key={tile.key} tile={tile} kind="grid" pinned={false} {...tileProps} />)}
          {seats.length === 0 && <Nothing icon="camera_off" title={within === undefined ? words.wall_none : words.wall_none_here} help={words.wall_none_help} />}
        </section>
      </main>
      <PatrolBar
        patrol={patrol} on={patrolling} kind={kind} onKind={setKind} stops={stops} place={patrolling ? placeOf(patrol, stops) : page.page} pages={page.pages} big={!!page.big}
        onTick={() => setPatrol((p) => advance(p, stops, now()))} onChange={setPatrol} onStart={startPatrol} onStop={stopPatrol} onPause={pauseOrGo} onTurn={turn}
      />
      {about && detail.room.class !== undefined && <WriteFinding number={detail.room.class} site={about.tile.site} name={fullName(about.tile)} look_ms={about.look_ms} onClose={() => setAbout(undefined)} />}
      {help && <WallKeys onClose={() => setHelp(false)} />}
      <Said />
    </div>
  );
}

/** The one before or behind, around the ends. */
function neighbour(seats: readonly LookTile[], of: LookTile | undefined, by: number): string | undefined {
  const at = seats.findIndex((s) => s.key === of?.key);
  return seats[(at + by + seats.length) % seats.length]?.key;
}

/** How wide a 16:9 tile may be. */
function fit(page: WallPage<LookTile>, width: number, height: number, gap: number): number {
  const across = (width - gap * (page.columns - 1)) / page.columns;
  const down = ((height - gap * (page.rows - 1)) / page.rows) * (16 / 9);
  return Math.max(80, Math.floor(Math.min(across, down)));
}

/** Tells the server what is on the screen, each picture as high as it is drawn, and only when that changed. */
function useAsked(wall: Wall, page: WallPage<LookTile>, heard: LookTile | undefined, whole: { readonly current: HTMLElement | null }, phone: boolean): void {
  const slots = useRef<ReadonlyMap<string, number>>(new Map());
  const last = useRef<{ readonly wall?: Wall; readonly asked: readonly WallSlot[] }>({ asked: [] });
  useEffect(() => {
    const keys = onScreen(page).map((s) => s.key);
    slots.current = keepSlots(slots.current, keys, phone ? VIDEO_SLOTS.phone : VIDEO_SLOTS.desktop);
    const heights = new Map([...(whole.current?.querySelectorAll<HTMLElement>("article.tile") ?? [])].map((t) => [t.dataset["key"] ?? "", t.clientHeight]));
    const asked = askedOf({ page, slots: slots.current, heights, pixel_ratio: devicePixelRatio, ...(heard ? { heard } : {}) });
    if (last.current.wall === wall && sameAsked(asked, last.current.asked)) return;
    last.current = { wall, asked };
    wall.show(asked);
  });
}

interface KeyActs {
  readonly turn: (by: number) => void;
  readonly patrol: () => void;
  readonly finding: () => void;
  readonly pin: () => void;
  readonly back: () => void;
  readonly help: () => void;
}

const TYPED_INTO = "input, textarea, select, dialog, [role=menu]";

/** Keys of the whole page. Space walks, except on a button that is meant by it. */
function useKeys(on: boolean, acts: KeyActs): void {
  const latest = useRef({ on, acts });
  latest.current = { on, acts };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { on: listening, acts: a } = latest.current;
      const target = event.target instanceof Element ? event.target : undefined;
      if (!listening || event.ctrlKey || event.metaKey || event.altKey || target?.closest(TYPED_INTO)) return;
      const meant = target?.closest("button, a") && !target.closest(".wall-open");
      if (event.key === " " && meant) return;
      const act = { ArrowLeft: () => a.turn(-1), ArrowRight: () => a.turn(1), " ": a.patrol, f: a.finding, F: a.finding, p: a.pin, P: a.pin, Escape: a.back, "?": a.help }[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    const onUp = (event: KeyboardEvent): void => {
      if (event.key === " " && event.target instanceof Element && event.target.closest(".wall-open")) event.preventDefault(); // browsers press a button when the key comes up
    };
    addEventListener("keydown", onKey);
    addEventListener("keyup", onUp);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("keyup", onUp);
    };
  }, []);
}

interface BigProps {
  readonly tile: LookTile;
  readonly wall: Wall;
  readonly sound: boolean;
  readonly onSound: () => void;
  readonly onClose: () => void;
  readonly onBig: (key: string) => void;
  readonly onPin: (key: string) => void;
  readonly onFinding: ((tile: LookTile) => void) | undefined;
}

function BigPicture({ tile, wall, sound, onSound, onClose, onFinding, ...rest }: BigProps) {
  const words = useWords().look;
  const { needs_tap } = useCell(wall.player.view);
  return (
    <section class="wall-big" aria-label={tile.name} data-big={tile.key}>
      <WallTile key={tile.key} tile={tile} wall={wall} kind="big" pinned={false} {...rest} onFinding={undefined} />
      <div class="wall-big-acts">
        <Button icon="close" onClick={onClose}>{words.big_close}</Button>
        <Button icon={sound ? "volume" : "volume_off"} aria-pressed={sound} onClick={onSound}>{sound ? words.sound_on : words.sound_off}</Button>
        {onFinding && tile.site > 0 && <Button kind="main" icon="note" onClick={() => onFinding(tile)}>{words.finding}</Button>}
      </div>
      {sound && needs_tap && <button type="button" class="tap-to-hear" onClick={() => wall.player.tap()}><Icon name="volume" />{words.tap}</button>}
    </section>
  );
}

/** The wall is over, or not there yet. */
function Over({ wall, onAgain }: { readonly wall: Wall; readonly onAgain: () => void }) {
  const words = useWords().look;
  const { phase, why } = useCell(wall.state);
  if (phase === "open") return null;
  if (phase === "opening") return <p class="look-offline" role="status"><span class="spinner" aria-hidden="true" />{words.wall_opening}</p>;
  return (
    <div class="wall-over" role="alert">
      <Icon name="alert" />
      <span>{why === "taken_over" ? words.wall_taken : words.wall_over}</span>
      <Button icon="refresh" onClick={onAgain}>{words.wall_again}</Button>
    </div>
  );
}

/** Pictures for which this line has no room: a smaller page is offered, not forced. */
function Short({ page, wall, onSize }: { readonly page: WallPage<LookTile>; readonly wall: Wall; readonly onSize: (size: WallSize) => void }) {
  const words = useWords().look;
  const { slots } = useCell(wall.player.view);
  const count = [...slots.values()].filter((s) => s.suspended !== undefined).length;
  const late = useLate(count, SHORT_MS);
  const less = smaller(page.per_page);
  if (count === 0 || late === 0 || page.big) return null;
  return (
    <p class="wall-short" role="status">
      <Icon name="pulse" />{words.line_short(count)}
      {less !== undefined && <Button onClick={() => onSize(less)}>{words.line_less(less)}</Button>}
    </p>
  );
}
