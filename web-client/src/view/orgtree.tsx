// Finding an organisation: a tree that opens as one goes, and a search with its results in the same place.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { pathAbove, treeKey, treeRows, typeAhead } from "../model/orgtree";
import type { OrgTree, TreeRow } from "../model/orgtree";
import type { Found } from "../protocol/records";
import { useCell, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Nothing, Shown, useRead } from "./reading";

const TYPING_MS = 250;
const TYPE_AHEAD_MS = 700;

interface FinderProps {
  readonly tree: OrgTree;
  readonly selected?: number;
  readonly onChoose: (id: number) => void;
  /** Not to be chosen: what is being moved. */
  readonly except?: number;
  readonly label: string;
}

export function OrgFinder(props: FinderProps) {
  const { tree } = props;
  const words = useWords();
  const begun = useRead(() => tree.begin().then(() => true), tree);
  const [query, setQuery] = useState("");
  const late = useLate(query.trim(), TYPING_MS);
  return (
    <div class="finder">
      <FinderSearch value={query} onChange={setQuery} label={words.records.orgs.search} />
      {late ? <OrgResults query={late} {...props} /> : <Shown read={begun}>{() => <TreeView {...props} />}</Shown>}
    </div>
  );
}

/** The value once it has stayed the same for a while. */
export function useLate<T>(value: T, delay_ms: number): T {
  const { clock } = useServices();
  const [late, setLate] = useState(value);
  useEffect(() => clock.after(delay_ms, () => setLate(() => value)), [value, clock, delay_ms]);
  return late;
}

export function FinderSearch({ value, onChange, label }: { readonly value: string; readonly onChange: (value: string) => void; readonly label: string }) {
  return (
    <label class="finder-search">
      <Icon name="search" />
      <span class="sr">{label}</span>
      <input
        class="input" type="search" value={value} placeholder={label} onInput={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()} // results come while typing; a form around it is not sent
      />
    </label>
  );
}

function OrgResults({ query, selected, onChoose, except }: FinderProps & { readonly query: string }) {
  const { records } = useServices();
  const read = useRead(() => records.search(query), query);
  return <Shown read={read}>{(found) => <OrgResultList found={found} {...(selected === undefined ? {} : { selected })} {...(except === undefined ? {} : { except })} onChoose={onChoose} />}</Shown>;
}

function OrgResultList({ found, selected, except, onChoose }: { readonly found: Found; readonly selected?: number; readonly except?: number; readonly onChoose: (id: number) => void }) {
  const words = useWords().records;
  const { orgs, orgs_total } = found;
  if (orgs.length === 0) return <Nothing icon="search" title={words.orgs.none_found} />;
  return (
    <div class="finder-results">
      <p class="finder-count" role="status">{orgs.length < orgs_total ? words.orgs.found_more(orgs.length, orgs_total) : words.orgs.found(orgs_total)}</p>
      <ul>
        {orgs.map((org) => (
          <li key={org.id}>
            <button type="button" class="finder-result" data-org={org.id} disabled={org.id === except} aria-current={org.id === selected ? "true" : undefined} onClick={() => onChoose(org.id)}>
              <span class="finder-name">{org.name}</span>
              <span class="finder-path">{[words.org_kinds[org.kind], pathAbove(org.path)].filter(Boolean).join(" · ")}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Letters typed shortly after one another are one beginning. */
function useTyped(): (key: string) => string {
  const typed = useRef({ text: "", at: 0 });
  return (key) => {
    const now = Date.now();
    const text = now - typed.current.at < TYPE_AHEAD_MS ? typed.current.text + key : key;
    typed.current = { text, at: now };
    return text;
  };
}

function TreeView({ tree, selected, onChoose, except, label }: FinderProps) {
  const words = useWords();
  const state = useCell(tree.state);
  const rows = useMemo(() => treeRows(state), [state]);
  const [focused, setFocused] = useState<number | undefined>(selected);
  const list = useRef<HTMLUListElement>(null);
  const type = useTyped();
  useEffect(() => {
    if (selected !== undefined) void tree.reveal(selected).then(() => setFocused(selected)).catch(() => undefined); // not there: the page says so
  }, [selected, tree]);
  const at = Math.max(0, rows.findIndex((r) => r.org.id === focused));
  const focus = (index: number): void => {
    if (index < 0) return;
    setFocused(rows[index]?.org.id);
    list.current?.querySelectorAll<HTMLElement>("[role=treeitem]")[index]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = treeKey(rows, at, event.key);
    if (move?.kind === "focus") focus(move.index);
    else if (move?.kind === "choose") choose(move.id);
    else if (move) void tree.setOpen(move.id, move.kind === "open");
    else if (event.key.length === 1 && event.key !== " ") focus(typeAhead(rows, at, type(event.key)));
    else return;
    event.preventDefault();
  };
  const choose = (id: number): void => {
    setFocused(id);
    if (id !== except) onChoose(id);
  };
  if (rows.length === 0) return <Nothing icon="tree" title={words.records.orgs.none} help={words.records.orgs.none_help} />;
  return (
    <ul ref={list} class="tree" role="tree" aria-label={label} onKeyDown={onKeyDown}>
      {rows.map((row, index) => (
        <TreeItem
          key={row.org.id} row={row} selected={row.org.id === selected} off={row.org.id === except} focusable={index === at}
          onToggle={() => void tree.setOpen(row.org.id, !row.open)} onChoose={() => choose(row.org.id)}
        />
      ))}
    </ul>
  );
}

interface ItemProps {
  readonly row: TreeRow;
  readonly selected: boolean;
  readonly off: boolean;
  readonly focusable: boolean;
  readonly onToggle: () => void;
  readonly onChoose: () => void;
}

function TreeItem({ row, selected, off, focusable, onToggle, onChoose }: ItemProps) {
  const { org } = row;
  return (
    <li
      role="treeitem" class="tree-item" data-org={org.id} aria-level={row.level} aria-posinset={row.place} aria-setsize={row.places} aria-selected={selected}
      aria-expanded={row.expandable ? row.open : undefined} aria-disabled={off || undefined} tabIndex={focusable ? 0 : -1} onClick={onChoose}
      ref={(item: HTMLLIElement | null) => item?.style.setProperty("--level", String(row.level))}
    >
      <span
        class="tree-toggle" aria-hidden="true"
        onClick={(event) => {
          if (!row.expandable) return;
          event.stopPropagation();
          onToggle();
        }}
      >
        {row.expandable && <Icon name={row.open ? "down" : "right"} size={16} />}
      </span>
      <span class="tree-name">{org.name}</span>
      {(org.children ?? 0) > 0 && <span class="tree-count figures" aria-hidden="true">{org.children}</span>}
    </li>
  );
}

