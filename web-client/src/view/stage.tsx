// The pictures: a stage with a strip, or pages of a grid. It says to the server what it shows.
import { useEffect, useLayoutEffect } from "preact/hooks";
import { layoutOf, watchHeight, watchOf } from "../model/layout";
import type { Layout, TileRef, ViewKind } from "../model/layout";
import type { Meeting } from "../model/meeting";
import { mayHost } from "../model/room";
import type { RoomState } from "../model/room";
import { useCell, useMedia, useSize, useWords, PHONE } from "./hooks";
import { Icon } from "./icons";
import { Button, IconButton } from "./parts";
import { Tile } from "./tile";

interface StageProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
  readonly view: ViewKind;
  readonly page: number;
  readonly pinned?: string;
  readonly onPage: (page: number) => void;
  readonly onPin: (seat: string | undefined) => void;
  readonly onInvite: () => void;
}

const STRIP_TILE_PX = 176;
const UPRIGHT = "(max-width: 720px) and (orientation: portrait)";
const VIDEO_SLOTS = { phone: 9, desktop: 25 };

/** On a phone held upright the others stand two abreast below the stage (16:10), down to the bars. */
function uprightTiles(width: number, height: number): number {
  const rows = Math.floor((height - (width * 10) / 16) / ((width / 2) * (9 / 16) + 4));
  return Math.min(VIDEO_SLOTS.phone - 1, Math.max(1, rows) * 2);
}

/** How wide a 16:9 tile may be so that `rows` of them fit. */
function fit(layout: Layout, width: number, height: number, gap: number): number {
  const across = (width - gap * (layout.columns - 1)) / layout.columns;
  const down = ((height - gap * (layout.rows - 1)) / layout.rows) * (16 / 9);
  return Math.max(80, Math.floor(Math.min(across, down)));
}

/** How high each tile is drawn now, in CSS pixels. */
function heightsOf(root: HTMLElement): ReadonlyMap<string, number> {
  const tiles = [...root.querySelectorAll<HTMLElement>("article.tile")];
  return new Map(tiles.map((tile) => [`${tile.dataset["seat"]}/${tile.dataset["source"]}`, tile.clientHeight]));
}

export function Stage(props: StageProps) {
  const { meeting, state, view, pinned } = props;
  const phone = useMedia(PHONE);
  const whole = useSize<HTMLDivElement>();
  const area = useSize<HTMLDivElement>();
  const { videos } = useCell(meeting.bounds);
  const most = phone ? VIDEO_SLOTS.phone : VIDEO_SLOTS.desktop;
  const upright = useMedia(UPRIGHT);
  const strip = upright ? uprightTiles(whole.width, whole.height) : Math.max(2, Math.floor((area.width - 96) / STRIP_TILE_PX));
  const layout = layoutOf({ state, view, page: props.page, width: area.width, height: area.height, strip, most, ...(pinned === undefined ? {} : { pinned }) });
  const gap = phone ? 4 : 8;
  useEffect(() => {
    const heights = whole.ref.current ? heightsOf(whole.ref.current) : new Map<string, number>();
    const heightOf = (tile: TileRef): number | undefined => watchHeight(heights.get(`${tile.seat}/${tile.source}`) ?? 0, devicePixelRatio);
    if (area.width > 0) meeting.watch(watchOf(layout, state, Math.min(most, videos), heightOf), pinned === undefined || pinned === state.me ? [] : [pinned]);
  });
  useLayoutEffect(() => {
    area.ref.current?.style.setProperty("--tile-width", `${fit(layout, area.width, area.height, gap)}px`);
  }, [layout.columns, layout.rows, area.width, area.height, gap]);
  const alone = state.seats.size <= 1;
  return (
    <div ref={whole.ref} class={view === "grid" ? "stage-area grid-view" : alone ? "stage-area speaker-view alone-view" : "stage-area speaker-view"}>
      <div class="stage-main" ref={area.ref}>
        {view === "grid" ? <Grid {...props} layout={layout} /> : <Speaker {...props} layout={layout} />}
        {alone && <Alone state={state} onInvite={props.onInvite} />}
      </div>
      {view === "speaker" && !alone && <Strip {...props} layout={layout} />}
      {view === "grid" && layout.pages > 1 && <Pager layout={layout} onPage={props.onPage} />}
    </div>
  );
}

interface PartProps extends StageProps {
  readonly layout: Layout;
}

function TileOf({ tile, kind, meeting, state, pinned, onPin }: PartProps & { readonly tile: TileRef; readonly kind: "stage" | "grid" | "strip" }) {
  const is_pinned = pinned === tile.seat && tile.source === "camera";
  return <Tile meeting={meeting} state={state} tile={tile} kind={kind} pinned={is_pinned} onPin={() => onPin(is_pinned ? undefined : tile.seat)} />;
}

function Speaker(props: PartProps) {
  const words = useWords();
  const { stage } = props.layout;
  if (!stage) return null;
  return (
    <section class="speaker" aria-label={words.room.stage}>
      <TileOf key={`${stage.seat}/${stage.source}`} {...props} tile={stage} kind="stage" />
      {props.pinned !== undefined && <Button class="unpin" icon="pin" onClick={() => props.onPin(undefined)}>{words.room.unpin}</Button>}
    </section>
  );
}

function Grid(props: PartProps) {
  const words = useWords();
  return (
    <section class="grid" aria-label={words.room.tiles}>
      {props.layout.tiles.map((tile) => <TileOf key={`${tile.seat}/${tile.source}`} {...props} tile={tile} kind="grid" />)}
    </section>
  );
}

function Strip(props: PartProps) {
  const words = useWords();
  const { layout, onPage } = props;
  return (
    <section class="strip" aria-label={words.room.strip}>
      {layout.pages > 1 && <IconButton icon="left" label={words.room.previous} disabled={layout.page === 0} onClick={() => onPage(layout.page - 1)} />}
      <div class="strip-tiles">
        {layout.tiles.map((tile) => <TileOf key={`${tile.seat}/${tile.source}`} {...props} tile={tile} kind="strip" />)}
      </div>
      {layout.pages > 1 && <IconButton icon="right" label={words.room.next} disabled={layout.page >= layout.pages - 1} onClick={() => onPage(layout.page + 1)} />}
    </section>
  );
}

function Pager({ layout, onPage }: { readonly layout: Layout; readonly onPage: (page: number) => void }) {
  const words = useWords();
  return (
    <nav class="pager" aria-label={words.room.page(layout.page + 1, layout.pages)}>
      <IconButton icon="left" label={words.room.previous} disabled={layout.page === 0} onClick={() => onPage(layout.page - 1)} />
      <span class="figures" aria-live="polite">{words.room.page(layout.page + 1, layout.pages)}</span>
      <IconButton icon="right" label={words.room.next} disabled={layout.page >= layout.pages - 1} onClick={() => onPage(layout.page + 1)} />
    </nav>
  );
}

function Alone({ state, onInvite }: { readonly state: RoomState; readonly onInvite: () => void }) {
  const words = useWords();
  const host = mayHost(state.seats.get(state.me));
  return (
    <div class="alone" role="status">
      <h2>{words.room.empty_title}</h2>
      <p>{host ? words.room.empty_help : words.room.empty_wait}</p>
      {host && <Button kind="main" icon="link" onClick={onInvite}>{words.host.invite}</Button>}
    </div>
  );
}

export function TapToHear({ meeting }: { readonly meeting: Meeting }) {
  const words = useWords();
  const { needs_tap } = useCell(meeting.player.view);
  if (!needs_tap) return null;
  return <button type="button" class="tap-to-hear" onClick={() => meeting.player.tap()}><Icon name="volume" />{words.room.tap_to_hear}</button>;
}
