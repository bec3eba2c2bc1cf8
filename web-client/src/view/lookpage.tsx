// What runs below a superior, from outside of it: each room as a tile, and what comes next where nothing does.
import { whenOf } from "../model/classlist";
import { roomsInOrder, sumOfRooms } from "../model/looking";
import type { LookRoom } from "../protocol/messages";
import { ClassCards, useClasses } from "./classcards";
import { Frame, Link, PageTitle } from "./frame";
import { useServices, useTick, useWords } from "./hooks";
import { Icon } from "./icons";
import { Fact, lookPath, NotYet, Offline, RoomState, ShareBar, useLooking } from "./looking";
import { Nothing, Shown } from "./reading";

const DAY_MS = 24 * 3_600_000;

export function LookPage() {
  const words = useWords().look;
  const looking = useLooking();
  return (
    <Frame at="look" title={words.title}>
      <div class="sheet">
        <PageTitle title={words.title} text={words.text}>
          <Link to="/findings" class="button"><Icon name="note" />{words.findings}</Link>
        </PageTitle>
        <Offline />
        {looking.refused === "forbidden" || !looking.rooms ? <NotYet looking={looking} /> : <Running rooms={[...looking.rooms.values()]} more={looking.more} />}
      </div>
    </Frame>
  );
}

function Running({ rooms, more }: { readonly rooms: readonly LookRoom[]; readonly more: number }) {
  const words = useWords().look;
  const sum = sumOfRooms(rooms);
  if (rooms.length === 0) {
    return (
      <>
        <Nothing icon="broadcast" title={words.none} help={words.none_help} />
        <Next />
      </>
    );
  }
  return (
    <section aria-label={words.running}>
      <h2 class="home-title figures" aria-live="polite">{words.sum(sum.rooms, sum.arrived, sum.expected)}</h2>
      <LookTiles rooms={rooms} />
      {more > 0 && <p class="pale look-more">{words.more(more)}</p>}
    </section>
  );
}

function Next() {
  const words = useWords().look;
  const { classes } = useServices();
  const now = useTick(30_000);
  const read = useClasses(() => classes.list(Date.now(), Date.now() + DAY_MS), "next");
  return (
    <section aria-label={words.next}>
      <h2 class="home-title">{words.next}</h2>
      <Shown read={read}>
        {(rows) => {
          const next = rows.filter((row) => row.state === "planned" && whenOf(row, now) !== "over");
          return next.length === 0 ? <p class="card class-none">{words.none_next}</p> : <ClassCards rows={next} now={now} />;
        }}
      </Shown>
    </section>
  );
}

export function LookTiles({ rooms }: { readonly rooms: readonly LookRoom[] }) {
  return <ul class="look-tiles">{roomsInOrder(rooms).map((room) => <LookTile key={room.room} room={room} />)}</ul>;
}

function LookTile({ room }: { readonly room: LookRoom }) {
  const words = useWords().look;
  const counted = room.class !== undefined && room.expected > 0;
  return (
    <li class={room.state === "open" ? "card look-tile running" : "card look-tile"} data-room={room.room}>
      <RoomState room={room} />
      <h3><Link to={lookPath(room.room)} class="text-link">{room.title}</Link></h3>
      <p class="class-card-org">{[room.org_name, room.hosts.length > 0 ? words.hosts(room.hosts.join("、")) : ""].filter(Boolean).join(" · ")}</p>
      {counted && (
        <>
          <p class="look-big figures"><strong>{room.arrived}</strong><span> / {room.expected}</span> <span class="look-unit">{words.arrived_of}</span></p>
          <ShareBar part={room.arrived} whole={room.expected} />
        </>
      )}
      <p class="look-facts figures">
        {room.sites > 0 && <Fact icon="people">{words.sites(room.sites_here, room.sites)}</Fact>}
        <Fact icon="camera">{words.seats(room.seats)}</Fact>
        {counted && room.state !== "lobby" && <Link to={lookPath(room.room, "?tab=absent")} class="text-link"><Fact icon="person">{words.absent(room.absent)}</Fact></Link>}
        {room.findings > 0 && <Link to={lookPath(room.room, "?tab=findings")} class="text-link"><Fact icon="note">{words.findings_count(room.findings)}</Fact></Link>}
      </p>
      <div class="acts">
        <Link to={lookPath(room.room)} class="button">{words.look_at}<span class="sr"> {room.title}</span></Link>
        {room.seats > 0 && <Link to={lookPath(room.room, "/wall")} class="button"><Icon name="grid" />{words.wall}<span class="sr"> {room.title}</span></Link>}
      </div>
    </li>
  );
}

/** On a superior's home: what runs now, and the way to all of it. */
export function HomeLook() {
  const words = useWords().look;
  const { rooms } = useLooking();
  if (!rooms) return null;
  return (
    <section aria-label={words.home_title} data-part="look">
      <div class="class-head">
        <h2 class="home-title">{words.home_title}</h2>
        <Link to="/look" class="text-link class-all">{words.home_all}<Icon name="right" size={18} /></Link>
      </div>
      {rooms.size === 0 ? <p class="card class-none">{words.home_none}</p> : <LookTiles rooms={[...rooms.values()]} />}
    </section>
  );
}
