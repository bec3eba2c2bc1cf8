// One class: its plan, its sites and their answers, the people of the own sites; and what may be done about it.
import type { ComponentChildren } from "preact";
import { whenOf } from "../model/classlist";
import type { ClassFull } from "../protocol/classes";
import type { Account } from "../protocol/http";
import type { Versioned } from "../protocol/rest";
import { CalendarLink } from "./calendarlink";
import { Answers, ClassActs } from "./classacts";
import { ClassStateLine, ClassTime, EnterClass, useClasses } from "./classcards";
import { Experts, Overlaps } from "./classinvite";
import { ClassPeople } from "./classpeople";
import { ClassSites } from "./classsites";
import { Frame, Link } from "./frame";
import { useServices, useTick, useWords } from "./hooks";
import { Icon } from "./icons";
import { Shown } from "./reading";

export function ClassPage({ id, who }: { readonly id: number; readonly who: Account }) {
  const words = useWords().classes;
  const { classes } = useServices();
  const read = useClasses(() => classes.one(id), id);
  return (
    <Frame at="classes" title={read.value?.value.title ?? words.title}>
      <div class="sheet">
        <p><Link to="/classes" class="back-link"><Icon name="left" size={18} />{words.back}</Link></p>
        <Shown read={read}>{(one) => <Detail one={one} who={who} onChanged={read.again} />}</Shown>
      </div>
    </Frame>
  );
}

interface DetailProps {
  readonly one: Versioned<ClassFull>;
  readonly who: Account;
  readonly onChanged: () => Promise<void>;
}

function Detail({ one, who, onChanged }: DetailProps) {
  const words = useWords();
  const now = useTick(15_000);
  const row = one.value;
  const when = whenOf(row, now);
  return (
    <>
      <div class="title-row">
        <div>
          <h1 class="page-title">{row.title}</h1>
          <ClassStateLine row={row} now={now} />
        </div>
        <div class="class-head-acts">
          <CalendarLink row={row} />
          <ClassActs row={row} who={who} onChanged={onChanged} />
        </div>
      </div>
      {row.minutes > 0 && <p><Link to={`/class/${row.id}/minutes`} class="text-link class-all">{words.minutes.open}<Icon name="right" size={18} /></Link></p>}
      {row.role !== null && when !== "over" && <div class="class-enter"><EnterClass row={row} main={when === "now"} /></div>}
      <Answers row={row} onChanged={onChanged} />
      <Overlaps row={row} version={one.etag} />
      <div class="cards">
        <Plan row={row} />
        <Agenda row={row} />
      </div>
      {row.may_change && <Experts row={row} />}
      <ClassSites row={row} version={one.etag} />
      <ClassPeople row={row} version={one.etag} onChanged={onChanged} />
    </>
  );
}

function Pair({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

function Plan({ row }: { readonly row: ClassFull }) {
  const { classes: words, class_roster } = useWords();
  const elsewhere = row.zone !== "" && row.zone !== Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <section class="card sheet-card" aria-label={words.plan}>
      <div class="card-head"><h2>{words.plan}</h2></div>
      <dl class="pairs">
        <Pair name={words.time}><ClassTime row={row} />{elsewhere && <span class="pale"> {words.zone(row.zone)}</span>}</Pair>
        <Pair name={words.org}>{row.org === undefined ? row.org_name : <Link to={`/org/${row.org}`} class="text-link">{row.org_name}</Link>}</Pair>
        <Pair name={words.kind}>{words.kinds[row.kind]}</Pair>
        {row.campaign && <Pair name={words.campaign}>{row.campaign}</Pair>}
        <Pair name={words.way}>{words.ways[row.way]}</Pair>
        {row.subject && <Pair name={words.subject}>{row.subject}</Pair>}
        <Pair name={words.hosts}>{row.hosts.map((host) => host.name).join("、") || words.no_hosts}</Pair>
        <Pair name={words.roster}>{row.roster > 0 ? [words.roster_version(row.roster), row.roster_why && class_roster.changed(row.roster_why)].filter(Boolean).join(" · ") : words.roster_open}</Pair>
      </dl>
    </section>
  );
}

function Agenda({ row }: { readonly row: ClassFull }) {
  const words = useWords().classes;
  return (
    <section class="card sheet-card" aria-label={words.agenda}>
      <div class="card-head"><h2>{words.agenda}</h2></div>
      {row.agenda.length === 0 ? <p class="card-none">{words.no_agenda}</p> : (
        <ol class="class-agenda">
          {row.agenda.map((item, n) => (
            <li key={n}>
              <span class="class-agenda-title">{item.title}</span>
              <span class="row-more figures">{[item.speaker, item.minutes ? words.minutes(item.minutes) : ""].filter(Boolean).join(" · ")}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
