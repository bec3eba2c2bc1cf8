// Attendance of several organisations: bars on one scale from nought, with the numbers in them and the words above; as a table beside it.
import { useState } from "preact/hooks";
import { clockTime } from "../i18n/words";
import { inOrder, PARTS, partsOf, scaleOf, totalOf } from "../model/looktree";
import type { LookNode, LookOrder, Part, Sums } from "../model/looktree";
import { useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, Name } from "./parts";

/** A number stands in its part where that is so wide of the longest bar, else it is in the label and the table. */
const ROOM_FOR_NUMBER = 0.035;

interface ChartProps {
  readonly room: string;
  /** What was chosen of it. */
  readonly of?: string;
  readonly nodes: readonly LookNode[];
  readonly order: LookOrder;
  readonly onChoose: (id: number) => void;
}

export function AttendanceChart({ room, of, nodes, order, onChoose }: ChartProps) {
  const words = useWords().look;
  const [table, setTable] = useState(false);
  const rows = inOrder(nodes, order);
  const title = of === undefined ? words.chart : words.chart_of(of);
  return (
    <section class="card look-chart" aria-label={title}>
      <div class="card-head">
        <h2>{title}</h2>
        <div class="acts no-print">
          <Button kind="quiet" icon={table ? "chart" : "list"} onClick={() => setTable(!table)}>{table ? words.as_chart : words.as_table}</Button>
          <Button kind="quiet" onClick={() => print()}>{words.print}</Button>
        </div>
      </div>
      <p class="print-only">{words.print_head(room, clockTime(Date.now()))}</p>
      <div class={table ? "print-only" : undefined}><Bars rows={rows} onChoose={onChoose} /></div>
      <div class={table ? "table-scroll look-table" : "table-scroll look-table print-only"}><Table rows={rows} onChoose={onChoose} /></div>
      <p class="look-explain">{words.explain}</p>
    </section>
  );
}

function Bars({ rows, onChoose }: { readonly rows: readonly LookNode[]; readonly onChoose: (id: number) => void }) {
  const words = useWords().look;
  const scale = scaleOf(rows);
  const total = partsOf(totalOf(rows));
  return (
    <figure class="look-bars">
      <figcaption class="look-bars-words figures">
        {PARTS.map((part) => <span key={part} class="look-bars-word"><i class={`look-bar-part ${part}`} aria-hidden="true" />{words.parts[part]} <strong>{total[part]}</strong></span>)}
      </figcaption>
      <ul>{rows.map((node) => <BarRow key={node.id} node={node} scale={scale} onChoose={() => onChoose(node.id)} />)}</ul>
    </figure>
  );
}

function BarRow({ node, scale, onChoose }: { readonly node: LookNode; readonly scale: number; readonly onChoose: () => void }) {
  const words = useWords().look;
  const parts = partsOf(node.sums);
  const said = PARTS.filter((p) => parts[p] > 0).map((p) => words.part(words.parts[p], parts[p]));
  return (
    <li class="look-bar-row" data-bar={node.id}>
      <button type="button" class="look-bar-name" onClick={onChoose}><Name text={node.name} /></button>
      <div class="look-bar" role="img" aria-label={words.bar(node.name, said.join("、"))}>
        {PARTS.map((part) => <BarPart key={part} part={part} n={parts[part]} scale={scale} />)}
      </div>
      <span class="look-bar-sum figures">{node.sums.arrived}/{node.sums.expected}</span>
    </li>
  );
}

function BarPart({ part, n, scale }: { readonly part: Part; readonly n: number; readonly scale: number }) {
  const words = useWords().look;
  if (n === 0) return null;
  return (
    <span class={`look-bar-part ${part}`} title={words.part(words.parts[part], n)} ref={(bar: HTMLElement | null) => bar?.style.setProperty("--share", String(n / scale))}>
      {n / scale >= ROOM_FOR_NUMBER && <span class="look-bar-n figures">{n}</span>}
    </span>
  );
}

const COLUMNS = ["sites", "expected", "arrived", "late", "absent", "left", "on_leave", "unproved"] as const;

function cell(sums: Sums, column: (typeof COLUMNS)[number]): string {
  return column === "sites" ? `${sums.sites_here}/${sums.sites}` : String(sums[column]);
}

function Table({ rows, onChoose }: { readonly rows: readonly LookNode[]; readonly onChoose: (id: number) => void }) {
  const words = useWords().look;
  const total = totalOf(rows);
  return (
    <table>
      <thead><tr><th scope="col">{words.columns.name}</th>{COLUMNS.map((c) => <th key={c} scope="col">{words.columns[c]}</th>)}</tr></thead>
      <tbody>
        {rows.map((node) => (
          <tr key={node.id} data-row={node.id}>
            <th scope="row"><button type="button" class="look-bar-name" onClick={() => onChoose(node.id)}><Name text={node.name} /></button></th>
            {COLUMNS.map((c) => <td key={c}>{cell(node.sums, c)}</td>)}
          </tr>
        ))}
      </tbody>
      {rows.length > 1 && <tfoot><tr><th scope="row">{words.total}</th>{COLUMNS.map((c) => <td key={c}>{cell(total, c)}</td>)}</tr></tfoot>}
    </table>
  );
}

/** The whole of what is chosen, in large figures. */
export function Totals({ sums }: { readonly sums: Sums }) {
  const words = useWords().look;
  const share = sums.expected > 0 ? `${Math.floor((100 * sums.arrived) / sums.expected)}%` : "";
  const facts: readonly (readonly [string, string, string])[] = [
    [words.arrived_of, `${sums.arrived} / ${sums.expected}`, share && words.people_share(share)],
    [words.columns.sites, `${sums.sites_here} / ${sums.sites}`, words.site_states.here],
    [words.columns.absent, String(sums.absent), sums.left > 0 ? words.left_count(sums.left) : ""],
    [words.columns.late, String(sums.late), ""],
    [words.columns.unproved, String(sums.unproved), ""],
    [words.columns.on_leave, String(sums.on_leave), ""],
  ];
  return (
    <dl class="look-totals figures">
      {facts.map(([label, value, more]) => (
        <div key={label}><dt>{label}</dt><dd><strong>{value}</strong>{more && <span>{more}</span>}</dd></div>
      ))}
    </dl>
  );
}

export function NoChart({ text }: { readonly text: string }) {
  return <p class="card look-none"><Icon name="chart" />{text}</p>;
}
