// The chair's table of all lines: bad ones first, sorted by any column.
import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { bitrate, percent } from "../i18n/words";
import type { Meeting } from "../model/meeting";
import { isAscending, lineRows } from "../model/quality";
import type { LineColumn, LineRow } from "../model/quality";
import type { RoomState } from "../model/room";
import { useCell, useRowWindow, useWords } from "./hooks";
import { Icon } from "./icons";
import { Name, SearchBox } from "./parts";

/** As the style sheet says. */
const ROW_PX = 36;

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
  const [search, setSearch] = useState("");
  useEffect(() => meeting.host_lines.open(), [meeting]);
  const rows = useMemo(() => lineRows(state.seats.values(), lines ?? new Map(), column, turned, search), [state.seats, lines, column, turned, search]);
  const bad = rows.filter((r) => r.judgement !== undefined && r.judgement !== "good").length;
  const sort = (by: LineColumn): void => {
    setTurned(by === column ? !turned : false);
    setColumn(by);
  };
  if (!lines) return <p class="lines-count" role="status">{words.stats.wait}</p>;
  return (
    <div class="lines">
      <SearchBox value={search} onChange={setSearch} />
      <p class="lines-count figures" role="status">{rows.length === 0 ? words.roster.none : words.lines.count(rows.length, bad)}</p>
      <Table rows={rows} column={column} turned={turned} search={search} onSort={sort} />
    </div>
  );
}

interface TableProps {
  readonly rows: readonly LineRow[];
  readonly column: LineColumn;
  readonly turned: boolean;
  readonly search: string;
  readonly onSort: (column: LineColumn) => void;
}

function Table({ rows, column, turned, search, onSort }: TableProps) {
  const words = useWords();
  const { first, last, ...area } = useRowWindow<HTMLDivElement>(rows.length, ROW_PX);
  const ascending = isAscending(column, turned);
  useLayoutEffect(() => {
    if (area.ref.current) area.ref.current.scrollTop = 0; // another order: the first are what was asked for
  }, [column, turned, search]);
  return (
    <div class="table-scroll" {...area} tabIndex={0} role="region" aria-label={words.lines.title}>
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {COLUMNS.map((c) => (
              <th key={c} scope="col" aria-sort={c !== column ? "none" : ascending ? "ascending" : "descending"}>
                <button type="button" class="sort" onClick={() => onSort(c)}>{words.lines.columns[c]}{c === column && <Icon name={ascending ? "up" : "down"} size={14} />}</button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap rows={first} />
          {rows.slice(first, last).map((row, n) => <Row key={row.seat.id} row={row} index={first + n + 2} />)}
          <Gap rows={rows.length - last} />
        </tbody>
      </table>
    </div>
  );
}

/** In place of rows that are out of view. */
function Gap({ rows }: { readonly rows: number }) {
  return rows > 0 ? <tr class="lines-gap" aria-hidden="true" ref={(gap: HTMLElement | null) => gap?.style.setProperty("--rows", String(rows))}><td colSpan={COLUMNS.length} /></tr> : null;
}

function Row({ row, index }: { readonly row: LineRow; readonly index: number }) {
  const words = useWords();
  const { seat, line, judgement } = row;
  const word = judgement === undefined ? words.lines.none : judgement === "good" ? words.lines.good : words.quality.short[judgement];
  const profile = seat.line === undefined ? "" : ` · ${words.line.short[seat.line]}`;
  const dot = judgement === undefined ? "dot" : judgement === "good" ? "dot good" : "dot warn";
  return (
    <tr data-seat={seat.id} aria-rowindex={index}>
      <th scope="row"><Name text={seat.name} /></th>
      <td class="lines-word"><span class={dot} aria-hidden="true" />{word}{profile}</td>
      {line
        ? <><td>{percent(line.loss_up / 1_000)}</td><td>{percent(line.loss_down / 1_000)}</td><td>{line.rtt_ms > 0 ? `${line.rtt_ms} ms` : ""}</td><td>{line.estimate_bps > 0 ? bitrate(line.estimate_bps) : ""}</td><td>{line.freezes}</td></>
        : <td colSpan={5} />}
    </tr>
  );
}
