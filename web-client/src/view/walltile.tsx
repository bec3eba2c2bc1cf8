// One site on the wall: its picture under its own name, and what is to be known of it.
import { clockTime } from "../i18n/words";
import type { Wall } from "../engine/wall";
import { fullName } from "../model/wallseats";
import type { LookTile } from "../model/wallseats";
import { useCell, useWords } from "./hooks";
import { Icon } from "./icons";
import { IconButton, Name } from "./parts";
import { LentPicture, slotOf } from "./picture";
import type { Held } from "./picture";
import { Blank, Over } from "./tile";

interface WallTileProps {
  readonly tile: LookTile;
  readonly wall: Wall;
  readonly kind: "grid" | "pin" | "big";
  readonly pinned: boolean;
  readonly onBig: (key: string) => void;
  readonly onPin: (key: string) => void;
  readonly onFinding: ((tile: LookTile) => void) | undefined;
}

const PLACE = { grid: "in-grid", pin: "in-pin", big: "on-stage" };

export function WallTile({ tile, wall, kind, pinned, onBig, onPin, onFinding }: WallTileProps) {
  const words = useWords().look;
  const name = fullName(tile);
  return (
    <article class={`tile wall-tile ${PLACE[kind]} ${tile.state}`} data-key={tile.key} data-seat={tile.seat} data-name={tile.name} data-source="camera" aria-label={name}>
      <WallPicture tile={tile} wall={wall} />
      <div class="tile-label">
        {tile.state === "here" && !tile.on.includes("mic") && <span class="tile-muted"><Icon name="mic_off" size={16} /><span class="sr">{words.muted}</span></span>}
        {pinned && <span class="tile-pin"><Icon name="pin" size={16} /><span class="sr">{words.pinned}</span></span>}
        <Name text={name} />
      </div>
      {kind !== "big" && <button type="button" class="wall-open" aria-label={words.bigger(name)} onClick={() => onBig(tile.key)} />}
      {kind !== "big" && (
        <div class="wall-acts">
          <IconButton icon="pin" label={`${pinned ? words.unpin : words.pin} ${name}`} aria-pressed={pinned} onClick={() => onPin(tile.key)} />
          {onFinding && tile.site > 0 && <IconButton icon="note" label={`${words.finding} ${name}`} onClick={() => onFinding(tile)} />}
        </div>
      )}
    </article>
  );
}

function WallPicture({ tile, wall }: { readonly tile: LookTile; readonly wall: Wall }) {
  const words = useWords().look;
  const { slots } = useCell(wall.player.view);
  const held = tile.seat === "" ? undefined : slotOf(slots, { room: tile.room, seat: tile.seat, source: "camera" });
  const reason = useReason(tile, wall, held);
  const shown = held?.shown === true && tile.state !== "gone";
  return (
    <>
      {!shown && <Blank name={tile.name} reason={reason} />}
      <LentPicture player={wall.player} held={held} />
      {shown && held.suspended && tile.state === "here" && <Over text={words.suspended} />}
      {shown && tile.state === "away" && <span class="tile-over"><span class="spinner" />{words.away}</span>}
    </>
  );
}

/** Why there is no picture. */
function useReason(tile: LookTile, wall: Wall, held: Held | undefined): string {
  const words = useWords().look;
  const { unplayable, refused } = useCell(wall.state);
  if (tile.state === "gone") return tile.since_ms > 0 ? words.gone(clockTime(tile.since_ms)) : words.gone_plain;
  if (tile.state === "away") return words.away;
  if (!tile.on.includes("camera")) return words.no_camera;
  if (unplayable.has(`${tile.room}/${tile.seat}/camera`)) return words.unplayable;
  if (held?.suspended) return words.suspended;
  return refused.size > 0 && !held ? words.refused : words.loading;
}
