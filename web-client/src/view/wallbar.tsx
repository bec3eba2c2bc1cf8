// The head of the wall: whose pictures, how many a page, and the keys.
import { districtsOf, inOrder, lookTree } from "../model/looktree";
import type { RoomDetail } from "../model/looking";
import { WALL_SIZES } from "../model/wallpages";
import type { WallSize } from "../model/wallpages";
import type { LookTile } from "../model/wallseats";
import { Link } from "./frame";
import { useWords } from "./hooks";
import { Icon } from "./icons";
import { lookPath } from "./looking";
import { Dialog, IconButton } from "./parts";

interface WallBarProps {
  readonly detail: RoomDetail;
  readonly seats: readonly LookTile[];
  readonly within: number | undefined;
  /** Of what is chosen, also where it is none of the districts. */
  readonly title: string;
  readonly onWithin: (org: number | undefined) => void;
  readonly size: WallSize;
  readonly onSize: (size: WallSize) => void;
  readonly onHelp: () => void;
}

const sizeOf = (text: string): WallSize => WALL_SIZES.find((n) => String(n) === text) ?? "auto";

export function WallBar({ detail, seats, within, title, onWithin, size, onSize, onHelp }: WallBarProps) {
  const words = useWords().look;
  const districts = inOrder(districtsOf(lookTree(detail.orgs, detail.sites)), "name");
  const other = within !== undefined && !districts.some((d) => d.id === within);
  const here = seats.filter((s) => s.state === "here").length;
  return (
    <header class="wall-head">
      <Link to={lookPath(detail.name)} class="button quiet wall-back"><Icon name="left" /><span class="wide-only">{words.back_room}</span><span class="phone-only sr">{words.back_room}</span></Link>
      <h1 class="wall-title" title={detail.room.title}>{detail.room.title}</h1>
      <span class="wall-count figures" role="status">{words.wall_count(here, seats.length)}</span>
      {districts.length > 1 && (
        <label class="wall-choice"><span class="wide-only">{words.shown}</span>
          <select class="input" name="within" aria-label={words.shown} value={within === undefined ? "" : String(within)} onChange={(event) => onWithin(event.currentTarget.value === "" ? undefined : Number(event.currentTarget.value))}>
            <option value="" selected={within === undefined}>{words.whole}</option>
            {other && <option value={String(within)} selected>{title}</option>}
            {districts.map((d) => <option key={d.id} value={String(d.id)} selected={d.id === within}>{d.name}</option>)}
          </select>
        </label>
      )}
      <label class="wall-choice"><span class="wide-only">{words.size}</span>
        <select class="input" name="size" aria-label={words.size} value={String(size)} onChange={(event) => onSize(sizeOf(event.currentTarget.value))}>
          <option value="auto" selected={size === "auto"}>{words.size_auto}</option>
          {WALL_SIZES.map((n) => <option key={n} value={String(n)} selected={size === n}>{words.size_n(n)}</option>)}
        </select>
      </label>
      <IconButton icon="keyboard" label={words.keys} onClick={onHelp} />
    </header>
  );
}

const KEYS = [["← →", "pages"], ["␣", "patrol"], ["F", "finding"], ["P", "pin"], ["Esc", "back"], ["?", "help"]] as const;

export function WallKeys({ onClose }: { readonly onClose: () => void }) {
  const words = useWords().look;
  return (
    <Dialog title={words.keys} onClose={onClose}>
      <dl class="keys">
        {KEYS.map(([key, what]) => [<dt key={key}><span class="kbd">{key}</span></dt>, <dd key={what}>{words.key_rows[what]}</dd>])}
      </dl>
    </Dialog>
  );
}
