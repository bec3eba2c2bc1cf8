// All persons that the user sees, and those who were entered twice.
import { useState } from "preact/hooks";
import { dateOf } from "../i18n/words";
import type { Person, PersonRow, Twins } from "../protocol/records";
import { ActDialog } from "./forms";
import { Frame, Link, PageTitle, say } from "./frame";
import { useCell, usePrefs, useServices, useWords } from "./hooks";
import { Button } from "./parts";
import { PeopleTable } from "./peopletable";
import { PersonCreate } from "./personcreate";
import { Nothing, Shown, useRead } from "./reading";
import { Icon } from "./icons";

export function PeoplePage() {
  const words = useWords().records;
  const imported = useWords().import.title;
  const { account } = useServices();
  const who = useCell(account);
  const [adding, setAdding] = useState(false);
  const [added, setAdded] = useState(0);
  const roles = who?.grants.map((g) => g.role) ?? [];
  const adds = roles.includes("administrator") || roles.includes("leader");
  return (
    <Frame at="people" title={words.people.title} full>
      <div class="sheet filling">
        <PageTitle title={words.people.title}>
          {roles.includes("administrator") && <Link to="/twins" class="button plain">{words.people.twins}</Link>}
          {roles.includes("administrator") && <Link to="/import" class="button plain">{imported}</Link>}
          {adds && <Button kind="main" icon="plus" onClick={() => setAdding(true)}>{words.orgs.add_person}</Button>}
        </PageTitle>
        <PeopleTable key={added} />
      </div>
      {adding && <PersonCreate onClose={() => setAdding(false)} onDone={async () => setAdded((n) => n + 1)} />}
    </Frame>
  );
}

export function TwinsPage() {
  const words = useWords().records;
  const { records } = useServices();
  const read = useRead(() => records.twins(), "all");
  return (
    <Frame at="people" title={words.twins.title}>
      <div class="sheet">
        <p><Link to="/people" class="back-link"><Icon name="left" size={18} />{words.person.back}</Link></p>
        <PageTitle title={words.twins.title} text={words.twins.text} />
        <Shown read={read}>
          {(groups) => (groups.length === 0 ? <Nothing icon="people" title={words.twins.none} /> : (
            <ul class="cards">{groups.map((g) => <TwinGroup key={g.people[0]?.id} group={g} onDone={read.again} />)}</ul>
          ))}
        </Shown>
      </div>
    </Frame>
  );
}

/** What the records say, side by side: which to keep is not to be guessed. */
function Compare({ people }: { readonly people: readonly PersonRow[] }) {
  const words = useWords().records;
  const { lang } = usePrefs();
  const { records } = useServices();
  const read = useRead(() => Promise.all(people.map(async ({ id }) => (await records.person(id)).value)), people.map((p) => p.id).join(" "));
  const since = (p: Person): string => p.memberships.filter((m) => m.main).map((m) => words.person.since(dateOf(m.from_ms, lang))).join("");
  const lines: readonly (readonly [string, (p: Person) => string | undefined])[] = [
    [words.person.phone, (p) => p.phone], [words.person.card, (p) => p.card_tail && words.person.card_tail(p.card_tail)], [words.person.account, (p) => p.account],
    [words.person.memberships, since], [words.person.posts, (p) => p.posts.map((x) => x.title).join(" · ")], [words.person.categories, (p) => p.categories.map((x) => x.name).join(" · ")],
  ];
  return (
    <Shown read={read}>
      {(found) => (
        <table class="compare">
          <caption class="sr">{words.twins.compare}</caption>
          <thead><tr><td />{found.map((p, n) => <th scope="col" key={p.id}>{words.twins.nth(n + 1)}</th>)}</tr></thead>
          <tbody>{lines.map(([label, of]) => <tr key={label}><th scope="row">{label}</th>{found.map((p) => <td key={p.id} class="figures">{of(p) || words.person.none}</td>)}</tr>)}</tbody>
        </table>
      )}
    </Shown>
  );
}

function TwinGroup({ group, onDone }: { readonly group: Twins; readonly onDone: () => Promise<void> }) {
  const words = useWords().records;
  const { records, account } = useServices();
  const merges = useCell(account)?.grants.some((g) => g.role === "administrator");
  const [keep, setKeep] = useState<PersonRow | undefined>();
  const [comparing, setComparing] = useState(false);
  const others = group.people.filter((p) => p.id !== keep?.id);
  const merge = async (into: PersonRow): Promise<void> => {
    for (const other of others) await records.mergePerson(other.id, into.id, words.twins.reasons[group.reason]);
    await onDone();
    say(words.person.merged_done);
  };
  const about = (p: PersonRow): string => [words.person_kinds[p.kind], p.org_name, ...p.posts, p.card_tail && words.person.card_tail(p.card_tail)].filter(Boolean).join(" · ");
  return (
    <li class="card sheet-card">
      <div class="card-head"><h2>{group.name}</h2><span class="tag warn">{words.twins.reasons[group.reason]}</span></div>
      <ul class="rows">
        {group.people.map((p) => (
          <li key={p.id} class="row" data-person={p.id}>
            <Link to={`/person/${p.id}`} class="text-link row-main">{p.name}</Link>
            <span class="row-more figures">{about(p)}</span>
            {merges && <Button kind="quiet" onClick={() => setKeep(p)}>{words.twins.keep}<span class="sr"> {about(p)}</span></Button>}
          </li>
        ))}
      </ul>
      {comparing ? <Compare people={group.people} /> : <Button kind="quiet" onClick={() => setComparing(true)}>{words.twins.compare}</Button>}
      {keep && (
        <ActDialog title={words.twins.confirm_title} yes={words.person.merge_yes} danger onClose={() => setKeep(undefined)} act={() => merge(keep)}>
          <p class="dialog-text">{words.twins.merge_into(`${keep.name} · ${about(keep)}`)}</p>
          <p class="dialog-text">{words.twins.confirm_text(others.length)}</p>
        </ActDialog>
      )}
    </li>
  );
}
