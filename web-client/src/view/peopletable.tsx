// Persons in a table of any length: only the rows in view are in the page, the rest is read when somebody goes there.
import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { PeopleList } from "../model/peoplelist";
import type { ListState } from "../model/peoplelist";
import { PERSON_KINDS } from "../protocol/records";
import type { PersonKind, PersonRow } from "../protocol/records";
import { CheckField, Refusal, SelectField } from "./forms";
import { Link } from "./frame";
import { PHONE, useCell, useAskedAgain, useMedia, useRowWindow, useServices, useWords } from "./hooks";
import { FinderSearch, useLate } from "./orgtree";
import { Name } from "./parts";
import { Loading, Nothing } from "./reading";

/** As the style sheet says. */
const ROW_PX = 44;
const TYPING_MS = 250;
/** On a phone there is room for the name and one more. */
const COLUMNS = { wide: 4, phone: 2 };

interface PeopleTableProps {
  readonly org?: number;
  /** There is a button beside it that adds one. */
  readonly addable?: boolean;
}

export function PeopleTable({ org, addable = false }: PeopleTableProps) {
  const words = useWords().records;
  const { records } = useServices();
  const list = useMemo(() => new PeopleList(records), [records]);
  const state = useCell(list.state);
  const [query, setQuery] = useState("");
  const [kind, setKind] = useState<PersonKind | "">("");
  const [below, setBelow] = useState(false);
  const [former, setFormer] = useState(false);
  const q = useLate(query.trim(), TYPING_MS);
  const key = `${q} ${kind} ${below} ${former}`;
  const onRefused = useAskedAgain();
  useEffect(() => void (state.error !== undefined && onRefused(state.error)), [state.error]);
  useEffect(() => list.show({ ...(org === undefined ? {} : { org }), below, former, q, ...(kind ? { kind } : {}) }), [list, org, key]);
  return (
    <div class="people">
      <div class="people-tools">
        <FinderSearch value={query} onChange={setQuery} label={words.people.filter} />
        <SelectField
          label={words.people.columns.kind} bare value={kind} onChange={setKind}
          options={[["", words.people.any_kind], ...PERSON_KINDS.map((k) => [k, words.person_kinds[k]] as const)]}
        />
        {org !== undefined && <CheckField label={words.people.below} name="below" checked={below} onChange={setBelow} />}
        <CheckField label={words.people.former} name="former" checked={former} onChange={setFormer} />
      </div>
      <Rows state={state} places={org === undefined || below} filter={key} filtered={q !== "" || kind !== ""} addable={addable} onNeed={(n) => list.need(n)} />
    </div>
  );
}

interface RowsProps {
  readonly state: ListState;
  /** Of several organisations: which one matters more than the posts where there is room for one of both. */
  readonly places: boolean;
  readonly filter: string;
  readonly filtered: boolean;
  readonly addable: boolean;
  readonly onNeed: (n: number) => void;
}

function Rows({ state, places, filter, filtered, addable, onNeed }: RowsProps) {
  const words = useWords().records;
  if (state.error !== undefined && state.rows.length === 0) return <Refusal error={state.error} />;
  if (state.total === undefined) return <Loading />;
  return (
    <>
      <p class="people-count figures" role="status">
        {words.people.count(state.total)}
        {(state.closed ?? 0) > 0 && <span class="people-closed">{words.people.closed_orgs(state.closed ?? 0)}</span>}
      </p>
      {state.total === 0
        ? <Nothing icon="people" title={filtered ? words.people.none : words.people.none_here} {...(filtered || !addable ? {} : { help: words.people.none_here_help })} />
        : <Table places={places} rows={state.rows} total={state.total} filter={filter} onNeed={onNeed} />}
      {state.error !== undefined && <Refusal error={state.error} />}
    </>
  );
}

interface TableProps extends Pick<RowsProps, "places" | "filter" | "onNeed"> {
  readonly rows: readonly PersonRow[];
  readonly total: number;
}

function Table({ rows, total, places, filter, onNeed }: TableProps) {
  const words = useWords().records;
  const { first, last, ...area } = useRowWindow<HTMLDivElement>(total, ROW_PX);
  useEffect(() => onNeed(last), [last, rows.length]);
  useLayoutEffect(() => {
    if (area.ref.current) area.ref.current.scrollTop = 0; // another list: the first are what was asked for
  }, [filter]);
  const shown = rows.slice(first, last);
  return (
    <div class="people-scroll" {...area} tabIndex={0} role="region" aria-label={words.people.table}>
      <table class="people-table" aria-rowcount={total + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{words.people.columns.name}</th>
            <th scope="col" class="people-kind wide-cell">{words.people.columns.kind}</th>
            <th scope="col" class={places ? "wide-cell" : undefined}>{words.people.columns.posts}</th>
            <th scope="col" class={places ? "people-place" : "people-place wide-cell"}>{words.people.columns.org}</th>
          </tr>
        </thead>
        <tbody>
          <Gap rows={first} />
          {shown.map((row, n) => <Row key={row.id} row={row} places={places} index={first + n + 2} />)}
          <Gap rows={total - first - shown.length} />
        </tbody>
      </table>
    </div>
  );
}

/** In place of rows that are out of view, or not read yet. */
function Gap({ rows }: { readonly rows: number }) {
  const columns = useMedia(PHONE) ? COLUMNS.phone : COLUMNS.wide;
  return rows > 0 ? <tr class="people-gap" aria-hidden="true" ref={(gap: HTMLElement | null) => gap?.style.setProperty("--rows", String(rows))}><td colSpan={columns} /></tr> : null;
}

function Row({ row, places, index }: { readonly row: PersonRow; readonly places: boolean; readonly index: number }) {
  const words = useWords().records;
  return (
    <tr aria-rowindex={index} data-person={row.id}>
      <th scope="row"><Link to={`/person/${row.id}`} class="text-link">{row.name}</Link>{row.left && <span class="tag">{words.people.left}</span>}</th>
      <td class="wide-cell">{words.person_kinds[row.kind]}</td>
      <td class={places ? "wide-cell" : undefined}>{row.posts.join("、")}</td>
      <td class={places ? undefined : "wide-cell"}>
        <span class="place"><Name text={row.org_name ?? ""} />{row.main === false && <span class="tag">{words.people.secondary}</span>}</span>
      </td>
    </tr>
  );
}
