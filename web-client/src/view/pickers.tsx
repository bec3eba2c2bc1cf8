// Choosing an organisation or a person inside a form.
import { useMemo, useState } from "preact/hooks";
import { OrgTree } from "../model/orgtree";
import type { PersonRow } from "../protocol/records";
import { useCell, useServices, useWords } from "./hooks";
import { FinderSearch, OrgFinder, useLate } from "./orgtree";
import { Button } from "./parts";
import { Nothing, Shown, useRead } from "./reading";

const FOUND_MAX = 20;
const TYPING_MS = 250;

export interface Chosen {
  readonly id: number;
  readonly name: string;
}

interface OrgPickerProps {
  readonly label: string;
  readonly value: Chosen | undefined;
  readonly onChange: (org: Chosen | undefined) => void;
  readonly except?: number;
}

export function OrgPicker({ label, value, onChange, except }: OrgPickerProps) {
  const { records } = useServices();
  const tree = useMemo(() => new OrgTree(records), [records]);
  const state = useCell(tree.state);
  const choose = async (id: number): Promise<void> => {
    const org = state.orgs.get(id) ?? (await records.org(id)).value;
    onChange({ id, name: org.path });
  };
  if (value) return <Choice label={label} text={value.name} onClear={() => onChange(undefined)} />;
  return (
    <div class="field" role="group" aria-label={label}>
      <span class="field-label">{label}</span>
      <div class="picker"><OrgFinder tree={tree} label={label} {...(except === undefined ? {} : { except })} onChoose={(id) => void choose(id)} /></div>
    </div>
  );
}

function Choice({ label, text, onClear }: { readonly label: string; readonly text: string; readonly onClear: () => void }) {
  const words = useWords().records;
  return (
    <div class="field" role="group" aria-label={label}>
      <span class="field-label">{label}</span>
      <div class="chosen"><span>{text}</span><Button kind="quiet" onClick={onClear}>{words.forms.change}</Button></div>
    </div>
  );
}

interface PersonPickerProps {
  readonly label: string;
  readonly value: Chosen | undefined;
  readonly onChange: (person: Chosen | undefined) => void;
  readonly except?: number;
}

export function PersonPicker({ label, value, onChange, except }: PersonPickerProps) {
  const words = useWords().records;
  const [query, setQuery] = useState("");
  const late = useLate(query.trim(), TYPING_MS);
  if (value) return <Choice label={label} text={value.name} onClear={() => onChange(undefined)} />;
  return (
    <div class="field" role="group" aria-label={label}>
      <span class="field-label">{label}</span>
      <div class="picker">
        <FinderSearch value={query} onChange={setQuery} label={words.person.search} />
        {late && <PersonResults query={late} except={except} onChoose={onChange} />}
      </div>
    </div>
  );
}

function PersonResults({ query, except, onChoose }: { readonly query: string; readonly except: number | undefined; readonly onChoose: (person: Chosen) => void }) {
  const words = useWords().records;
  const { records } = useServices();
  const read = useRead(() => records.people({ q: query }, undefined, FOUND_MAX), query);
  const place = (row: PersonRow): string => [words.person_kinds[row.kind], row.org_name, ...row.posts].filter(Boolean).join(" · ");
  return (
    <Shown read={read}>
      {({ items, total }) => (items.length === 0 ? <Nothing icon="search" title={words.person.none_found} /> : (
        <div class="finder-results">
          <p class="finder-count" role="status">{words.people.count(total ?? items.length)}</p>
          <ul>
            {items.map((row) => (
              <li key={row.id}>
                <button type="button" class="finder-result" data-person={row.id} disabled={row.id === except} onClick={() => onChoose({ id: row.id, name: row.name })}>
                  <span class="finder-name">{row.name}</span>
                  <span class="finder-path">{place(row)}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </Shown>
  );
}
