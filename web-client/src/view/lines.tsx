// The chair's table of all lines: bad ones first, sorted by any column.
import { useEffect, useMemo, useState } from "preact/hooks";
import { bitrate, percent } from "../i18n/words";
import type { Meeting } from "../model/meeting";
import { lineRows } from "../model/quality";
import type { LineColumn, LineRow } from "../model/quality";
import type { RoomState } from "../model/room";
import { useCell, useWords } from "./hooks";
import { Icon } from "./icons";
import { Name } from "./parts";

const COLUMNS: readonly LineColumn[] = ["name", "line", "loss_up", "loss_down", "rtt", "estimate", "freezes"];

interface LinesProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
}

export function Lines({ meeting, state }: LinesProps) {
  const words = useWords();
  const lines = useCell(meeting.host_lines.lines);
  const [column, setColumn] = useState<LineColumn>("line");
  const [turned, setTurned] = useState(false);
  useEffect(() => meeting.host_lines.open(), [meeting]);
  const rows = useMemo(() => lineRows(state.seats.values(), lines ?? new Map(), column, turned), [state.seats, lines, column, turned]);
  const bad = rows.filter((r) => r.judgement !== undefined && r.judgement !== "good").length;
  const sort = (by: LineColumn): void => {
    setTurned(by === column ? !turned : false);
    setColumn(by);
  };
  if (!lines) return <p class="lines-count" role="status">{words.stats.wait}</p>;
  return (
    <div class="lines">
      <p class="lines-count figures" role="status">{words.lines.count(rows.length, bad)}</p>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={words.lines.title}>
        <table>
          <thead>
            <tr>
              {COLUMNS.map((c) => (
                <th key={c} scope="col" aria-sort={c !== column ? "none" : (c === "name") === turned ? "descending" : "ascending"}>
                  <button type="button" class="sort" onClick={() => sort(c)}>{words.lines.columns[c]}{c === column && <Icon name={turned ? "up" : "down"} size={14} />}</button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{rows.map((row) => <Row key={row.seat.id} row={row} />)}</tbody>
        </table>
      </div>
    </div>
  );
}

function Row({ row }: { readonly row: LineRow }) {
  const words = useWords();
  const { seat, line, judgement } = row;
  const word = judgement === undefined ? words.lines.none : judgement === "good" ? words.lines.good : words.quality.short[judgement];
  const profile = seat.line === undefined ? "" : ` · ${words.line.short[seat.line]}`;
  const dot = judgement === undefined ? "dot" : judgement === "good" ? "dot good" : "dot warn";
  return (
    <tr data-seat={seat.id}>
      <th scope="row"><Name text={seat.name} /></th>
      <td class="lines-word"><span class={dot} aria-hidden="true" />{word}{profile}</td>
      {line
        ? <><td>{percent(line.loss_up / 1_000)}</td><td>{percent(line.loss_down / 1_000)}</td><td>{line.rtt_ms > 0 ? `${line.rtt_ms} ms` : ""}</td><td>{line.estimate_bps > 0 ? bitrate(line.estimate_bps) : ""}</td><td>{line.freezes}</td></>
        : <td colSpan={5} />}
    </tr>
  );
}
