// The organisations and sites of a room as a tree with counts: searched, sorted, one of them chosen.
import { useMemo, useRef, useState } from "preact/hooks";
import { lookRows, nodesFound } from "../model/looktree";
import type { LookNode, LookOrder, LookRow } from "../model/looktree";
import { treeKey, typeAhead } from "../model/orgtree";
import { useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { FinderSearch, useLate } from "./orgtree";
import { Nothing, useRead } from "./reading";

const TYPING_MS = 250;

interface TreeProps {
  readonly nodes: readonly LookNode[];
  readonly chosen?: number;
  readonly onChoose: (id: number | undefined) => void;
  readonly order: LookOrder;
  readonly onOrder: (order: LookOrder) => void;
}

/** Other readings of names than characters and initials are the server's to know. */
function useFoundByServer(query: string): ReadonlySet<number> {
  const { records } = useServices();
  const late = useLate(query.trim(), TYPING_MS);
  const read = useRead(async () => (late === "" ? [] : (await records.search(late)).orgs.map((o) => o.id)), late);
  return useMemo(() => new Set(read.value ?? []), [read.value]);
}

export function LookTreePanel({ nodes, chosen, onChoose, order, onOrder }: TreeProps) {
  const words = useWords().look;
  const [query, setQuery] = useState("");
  const more = useFoundByServer(query);
  const found = nodesFound(nodes, query, more);
  const none = found !== undefined && found.size === 0;
  return (
    <div class="look-finder">
      <FinderSearch value={query} onChange={setQuery} label={words.find} />
      <div class="look-order" role="group" aria-label={words.order}>
        {(["name", "absent"] as const).map((o) => <button key={o} type="button" class="look-chip" aria-pressed={order === o} onClick={() => onOrder(o)}>{words.orders[o]}</button>)}
      </div>
      <button type="button" class="look-whole" aria-pressed={chosen === undefined} onClick={() => onChoose(undefined)}>{words.whole}</button>
      {none ? <Nothing icon="search" title={words.nothing_found} /> : <TreeView nodes={nodes} order={order} onChoose={onChoose} {...(found ? { found } : {})} {...(chosen === undefined ? {} : { chosen })} />}
    </div>
  );
}

function TreeView({ nodes, chosen, order, found, onChoose }: Omit<TreeProps, "onOrder"> & { readonly found?: ReadonlySet<number> }) {
  const words = useWords().look;
  const [open, setOpen] = useState<ReadonlySet<number>>(() => new Set(nodes.length === 1 ? nodes.map((n) => n.id) : []));
  const [focused, setFocused] = useState<number | undefined>(chosen);
  const list = useRef<HTMLUListElement>(null);
  const rows = lookRows(nodes, open, order, found);
  const keys = rows.map(({ node, level, expandable, open: is_open }) => ({ level, expandable, open: is_open, org: node }));
  const at = Math.max(0, rows.findIndex((r) => r.node.id === focused));
  const toggle = (id: number, to: boolean): void => setOpen((s) => new Set(to ? [...s, id] : [...s].filter((o) => o !== id)));
  const focus = (index: number): void => {
    if (index < 0) return;
    setFocused(rows[index]?.node.id);
    list.current?.querySelectorAll<HTMLElement>("[role=treeitem]")[index]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = treeKey(keys, at, event.key);
    if (move?.kind === "focus") focus(move.index);
    else if (move?.kind === "choose") choose(move.id);
    else if (move) toggle(move.id, move.kind === "open");
    else if (event.key.length === 1 && event.key !== " ") focus(typeAhead(keys, at, event.key));
    else return;
    event.preventDefault();
    event.stopPropagation(); // the page's own keys are not meant
  };
  const choose = (id: number): void => {
    setFocused(id);
    onChoose(id);
  };
  return (
    <ul ref={list} class="tree" role="tree" aria-label={words.tree} onKeyDown={onKeyDown}>
      {rows.map((row, index) => <TreeItem key={row.node.id} row={row} chosen={row.node.id === chosen} focusable={index === at} onToggle={() => toggle(row.node.id, !row.open)} onChoose={() => choose(row.node.id)} />)}
    </ul>
  );
}

interface ItemProps {
  readonly row: LookRow;
  readonly chosen: boolean;
  readonly focusable: boolean;
  readonly onToggle: () => void;
  readonly onChoose: () => void;
}

function TreeItem({ row, chosen, focusable, onToggle, onChoose }: ItemProps) {
  const words = useWords().look;
  const { node } = row;
  const { arrived, expected, absent } = node.sums;
  return (
    <li
      role="treeitem" class="tree-item look-item" data-node={node.id} aria-level={row.level} aria-posinset={row.place} aria-setsize={row.places} aria-selected={chosen}
      aria-expanded={row.expandable ? row.open : undefined} tabIndex={focusable ? 0 : -1} onClick={onChoose}
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
        {row.expandable ? <Icon name={row.open ? "down" : "right"} size={16} /> : node.site && <i class={`site-dot ${node.site.state}`} title={words.site_states[node.site.state]} />}
      </span>
      <span class="tree-name">{node.name}</span>
      <span class="sr">{words.node_says(arrived, expected, absent)}</span>
      {absent > 0 && <span class="look-absent figures" aria-hidden="true" title={words.absent(absent)}>−{absent}</span>}
      <span class="tree-count figures" aria-hidden="true">{arrived}/{expected}</span>
    </li>
  );
}
