// One person: who, where, what; and everything that may be done to the record.
import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { dateOf } from "../i18n/words";
import { pathAbove } from "../model/orgtree";
import type { Person, SignIn, Versioned } from "../protocol/records";
import { SignInList } from "./devices";
import { ActDialog } from "./forms";
import { Frame, Link, say } from "./frame";
import { GrantRows } from "./grants";
import { History } from "./history";
import { useCell, usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button } from "./parts";
import { PersonActs } from "./personacts";
import { FactAdd, FactEnd } from "./personfacts";
import type { FactKind } from "./personfacts";
import { Shown, useRead } from "./reading";

export function PersonPage({ id }: { readonly id: number }) {
  const words = useWords().records;
  const { records, account } = useServices();
  const own = useCell(account)?.person === id;
  const read = useRead(() => records.person(id), id);
  const title = read.value?.value.name || words.people.title;
  return (
    <Frame at={own ? "own" : "people"} title={title}>
      <div class="sheet">
        {!own && <p><Link to="/people" class="back-link"><Icon name="left" size={18} />{words.person.back}</Link></p>}
        {read.error !== undefined && <h1 class="sr">{title}</h1>}
        <Shown read={read}>{(person) => <Detail person={person} onChanged={read.again} />}</Shown>
      </div>
    </Frame>
  );
}

interface DetailProps {
  readonly person: Versioned<Person>;
  readonly onChanged: () => Promise<void>;
}

function Detail({ person: versioned, onChanged }: DetailProps) {
  const words = useWords().records;
  const person = versioned.value;
  return (
    <>
      <div class="title-row">
        <div>
          <h1 class="page-title">{person.name || words.person.erased}</h1>
          <p class="org-facts">
            <span class="tag">{words.person_kinds[person.kind]}</span>
            {person.left && <span class="tag warn">{words.people.left}</span>}
            {person.erased !== true && <Link to={`/card/${person.id}`} class="text-link">{words.person.hours}</Link>}
            {person.may.includes("audit.view") && <Link to={`/audit?person=${person.id}`} class="text-link">{words.sections.audit}</Link>}
          </p>
        </div>
        <PersonActs person={versioned} onChanged={onChanged} />
      </div>
      <State person={person} />
      <div class="cards">
        <Identity person={person} />
        <Facts person={person} kind="memberships" onChanged={onChanged} />
        <Facts person={person} kind="posts" onChanged={onChanged} />
        <Facts person={person} kind="categories" onChanged={onChanged} />
        <Card title={words.person.grants}>
          {person.grants.length === 0 ? <p class="card-none">{words.person.no_grants}</p> : <GrantRows grants={person.grants} onChanged={onChanged} nameless />}
        </Card>
        {person.may.includes("session.view") && <Sessions person={person} />}
        <Card title={words.person.history}><History of="people" id={person.id} key={versioned.etag} /></Card>
      </div>
    </>
  );
}

function State({ person }: { readonly person: Person }) {
  const words = useWords().records;
  const { lang } = usePrefs();
  if (person.erased) return <p class="line-says warn"><Icon name="info" />{words.person.erased}</p>;
  if (person.merged_into !== undefined) {
    return <p class="line-says warn"><Icon name="info" /><span>{words.person.merged}{" "}<Link to={`/person/${person.merged_into}`} class="text-link">{words.person.see_merged}</Link></span></p>;
  }
  if (person.state === "restricted") return <p class="line-says warn"><Icon name="info" />{words.person.restricted(dateOf(person.erase_ms ?? 0, lang))}</p>;
  return person.left ? <p class="line-says warn"><Icon name="info" />{words.person.left}</p> : null;
}

function Card({ title, act, children }: { readonly title: string; readonly act?: ComponentChildren; readonly children: ComponentChildren }) {
  return (
    <section class="card sheet-card" aria-label={title}>
      <div class="card-head"><h2>{title}</h2>{act}</div>
      {children}
    </section>
  );
}

function Identity({ person }: { readonly person: Person }) {
  const words = useWords().records;
  const rows: readonly (readonly [string, string | undefined])[] = [
    [words.person.person_name, person.name], [words.person.reading, person.reading || undefined], [words.person.phone, person.phone],
    [words.person.card, person.card_tail ? words.person.card_tail(person.card_tail) : ""], [words.person.account, person.account],
  ];
  return (
    <Card title={words.person.identity}>
      <dl class="pairs">
        {rows.filter(([, value]) => value !== undefined).map(([label, value]) => (
          <div key={label}><dt>{label}</dt><dd class={value ? "" : "pale"}>{value || words.person.none}</dd></div>
        ))}
      </dl>
    </Card>
  );
}

interface FactRow {
  readonly id: number;
  readonly title: string;
  readonly more?: string;
  readonly org?: number;
  readonly from_ms: number;
  readonly to_ms?: number;
  /** The main membership ends by a transfer only. */
  readonly fixed?: boolean;
  readonly tag?: string;
}

function factsOf(person: Person, kind: FactKind, main: string): readonly FactRow[] {
  switch (kind) {
    case "memberships":
      return person.memberships.map((m) => ({ ...m, title: m.org_name, more: pathAbove(m.path), fixed: m.main, ...(m.main ? { tag: main } : {}) }));
    case "posts":
      return person.posts.map((p) => ({ ...p, more: p.org_name }));
    case "categories":
      return person.categories.map((c) => ({ ...c, title: c.name }));
  }
}

const ACTS = { memberships: "membership.set", posts: "post.set", categories: "category.set" } as const;

function Facts({ person, kind, onChanged }: { readonly person: Person; readonly kind: FactKind; readonly onChanged: () => Promise<void> }) {
  const words = useWords().records;
  const { lang } = usePrefs();
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<FactRow | undefined>();
  const rows = factsOf(person, kind, words.person.main);
  const gone = person.erased === true || person.merged_into !== undefined;
  const sets = person.may.includes(ACTS[kind]) && !gone;
  const adds = sets && (kind === "categories" || !person.left); // who left comes back by a transfer
  const add = { memberships: words.person.add_membership, posts: words.person.add_post, categories: words.person.add_category }[kind];
  const none = { memberships: words.person.left, posts: words.person.no_posts, categories: words.person.no_categories }[kind];
  const when = (row: FactRow): string => (row.to_ms === undefined ? words.person.since(dateOf(row.from_ms, lang)) : words.person.span(dateOf(row.from_ms, lang), dateOf(row.to_ms, lang)));
  return (
    <Card title={words.person[kind]} act={adds && <Button kind="quiet" icon="plus" onClick={() => setAdding(true)}>{add}</Button>}>
      {rows.length === 0 && <p class="card-none">{none}</p>}
      <ul class="rows">
        {rows.map((row) => (
          <li key={row.id} class="row">
            <span class="row-main">{row.title}{row.tag && <span class="tag">{row.tag}</span>}</span>
            <span class="row-more figures">{[row.more, when(row)].filter(Boolean).join(" · ")}</span>
            {sets && !row.fixed && <Button kind="quiet" onClick={() => setEnding(row)}>{words.person.end}<span class="sr"> {row.title}</span></Button>}
          </li>
        ))}
      </ul>
      {adding && <FactAdd person={person} kind={kind} title={add} onClose={() => setAdding(false)} onDone={onChanged} />}
      {ending && <FactEnd person={person} kind={kind} fact={ending} onClose={() => setEnding(undefined)} onDone={onChanged} />}
    </Card>
  );
}

function Sessions({ person }: { readonly person: Person }) {
  const words = useWords().records;
  const { records } = useServices();
  const read = useRead(() => records.personSessions(person.id), person.id);
  const [ending, setEnding] = useState<SignIn | undefined>();
  const [endingAll, setEndingAll] = useState(false);
  const may_end = person.may.includes("session.end");
  const several = may_end && (read.value?.length ?? 0) > 1;
  const over = async (act: Promise<void>): Promise<void> => {
    await act;
    await read.again();
    say(words.sessions.ended);
  };
  return (
    <Card title={words.person.sessions} act={several && <Button kind="quiet" onClick={() => setEndingAll(true)}>{words.sessions.end_all}</Button>}>
      <Shown read={read}>
        {(items) => (items.length === 0
          ? <p class="card-none">{words.person.no_sessions}</p>
          : <SignInList items={items} end={words.person.end} {...(may_end ? { onEnd: setEnding } : {})} />)}
      </Shown>
      {endingAll && (
        <ActDialog title={words.sessions.end_all_title} yes={words.sessions.end_all} danger onClose={() => setEndingAll(false)} act={() => over(records.endPersonSessions(person.id))}>
          <p class="dialog-text">{words.sessions.end_text}</p>
        </ActDialog>
      )}
      {ending && (
        <ActDialog
          title={words.sessions.end_title(ending.device || words.sessions.browser)} yes={words.sessions.end} danger onClose={() => setEnding(undefined)}
          act={() => over(records.endPersonSession(person.id, ending.id))}
        >
          <p class="dialog-text">{words.sessions.end_text}</p>
        </ActDialog>
      )}
    </Card>
  );
}
