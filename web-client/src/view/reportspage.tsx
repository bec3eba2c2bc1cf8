// What classes came to over a period: an organisation, its days, and a way down to the person.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { dateTime } from "../i18n/words";
import { daysFrom, daysOf, PERIODS, periodOf, troubleOf } from "../model/reportperiod";
import type { Days, Period } from "../model/reportperiod";
import { firstOrg } from "../model/sections";
import type { Account } from "../protocol/http";
import type { OrgFigures, Report, ReportQuery } from "../protocol/reports";
import { address } from "../protocol/rest";
import { Frame, Link, PageTitle } from "./frame";
import { usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button } from "./parts";
import { Nothing, Shown, useRead } from "./reading";
import { countText, HoursChart, hoursCount, RateChart, rateText } from "./reportcharts";
import { ReportDownload } from "./reportdownload";
import { OrgFiguresTable, PersonFiguresTable } from "./reporttables";
import { Tabs } from "./tabs";

/** The address of a report. */
export function reportPath(query: ReportQuery): string {
  return address("/reports", { org: query.org, from: query.from, to: query.to });
}

/** What an address of the page asks for; where it says nothing, this year of the own organisation. */
export function queryOf(text: URLSearchParams, who: Account, now_ms: number): ReportQuery {
  const org = Number(text.get("org") ?? "");
  return { org: Number.isSafeInteger(org) && org > 0 ? org : firstOrg(who), ...daysFrom(text, now_ms) };
}

export function ReportsPage({ search, who }: { readonly search: URLSearchParams; readonly who: Account }) {
  const words = useWords().reports;
  const { reports, go } = useServices();
  const query = queryOf(search, who, Date.now());
  const key = reportPath(query);
  const read = useRead(() => reports.children(query), key);
  return (
    <Frame at="reports" title={words.title}>
      <div class="sheet report">
        <Head query={query} read={read.value} />
        <DaysChoice key={`${query.from} ${query.to}`} days={query} onChange={(days) => go(reportPath({ org: query.org, ...days }))} />
        <Shown read={read}>{(report) => <Body key={key} report={report} query={query} site={who.person === 0} />}</Shown>
      </div>
    </Frame>
  );
}

function Head({ query, read }: { readonly query: ReportQuery; readonly read: Report<OrgFigures> | undefined }) {
  const words = useWords().reports;
  return (
    <>
      {read && <Way report={read} query={query} />}
      <PageTitle title={read ? read.org_name : words.title} text={read ? `${words.title} · ${words.days(query.from, query.to)}` : ""}>
        {read && read.may_export && <ReportDownload query={query} persons={read.persons} />}
        {read && <Button icon="print" onClick={() => print()}>{words.print}</Button>}
      </PageTitle>
    </>
  );
}

function Way({ report, query }: { readonly report: Report<OrgFigures>; readonly query: ReportQuery }) {
  const words = useWords().reports;
  if (report.above.length === 0) return null;
  return (
    <nav class="report-way" aria-label={words.path}>
      <ol>
        {report.above.map(({ org, name }, at) => <li key={org}>{at > 0 && <Icon name="right" size={16} />}<Link to={reportPath({ ...query, org })} class="text-link">{name}</Link></li>)}
      </ol>
    </nav>
  );
}

function DaysChoice({ days, onChange }: { readonly days: Days; readonly onChange: (days: Days) => void }) {
  const words = useWords().reports;
  const named = periodOf(days, Date.now());
  const [open, setOpen] = useState(named === undefined);
  const [from, setFrom] = useState(days.from);
  const [to, setTo] = useState(days.to);
  const [tried, setTried] = useState(false);
  const trouble = troubleOf({ from, to });
  const submit = (event: Event): void => {
    event.preventDefault();
    setTried(true);
    if (trouble === undefined) onChange({ from, to });
  };
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => list.current?.querySelector("[aria-pressed=true]")?.scrollIntoView({ block: "nearest", inline: "center" }), []); // on a phone it may be out of view
  const choose = (period: Period): void => onChange(daysOf(period, Date.now()));
  return (
    <div class="report-days" role="group" aria-label={words.period}>
      <div class="report-periods" ref={list}>
        {PERIODS.map((period) => <button key={period} type="button" class="button plain chip" aria-pressed={!open && period === named} onClick={() => choose(period)}>{words.periods[period]}</button>)}
        <button type="button" class="button plain chip" aria-pressed={open} aria-expanded={open} onClick={() => setOpen(!open)}>{words.any_days}</button>
      </div>
      {open && (
        <form class="report-any" onSubmit={submit} noValidate>
          <label class="field"><span class="field-label">{words.from}</span><input class="input" type="date" name="from" value={from} onInput={(event) => setFrom(event.currentTarget.value)} /></label>
          <label class="field"><span class="field-label">{words.to}</span><input class="input" type="date" name="to" value={to} onInput={(event) => setTo(event.currentTarget.value)} /></label>
          <Button type="submit">{words.show}</Button>
          {tried && trouble && <p class="refusal" role="alert"><Icon name="alert" /><span>{words.troubles[trouble]}</span></p>}
        </form>
      )}
    </div>
  );
}

type Tab = "charts" | "table" | "persons";

interface BodyProps {
  readonly report: Report<OrgFigures>;
  readonly query: ReportQuery;
  /** A site reads sums alone. */
  readonly site: boolean;
}

function Body({ report, query, site }: BodyProps) {
  const words = useWords().reports;
  const [tab, setTab] = useState<Tab>("charts");
  const toOrg = (org: number): string => reportPath({ ...query, org });
  if (report.items.length === 0 && !report.others) return <Nothing icon="chart" title={words.none} help={words.none_help} />;
  const tabs: readonly Tab[] = site ? ["charts", "table"] : ["charts", "table", "persons"];
  return (
    <>
      <KeyFigures report={report} />
      {report.alone && <p class="pale report-note">{words.alone}</p>}
      <Tabs tabs={tabs.map((t) => [t, words.tabs[t]] as const)} value={tab} onChange={setTab}>
        <div class="report-panel">
          {tab === "charts" && <><RateChart report={report} toOrg={toOrg} /><HoursChart report={report} /></>}
          {tab === "table" && <OrgFiguresTable report={report} toOrg={toOrg} />}
          {tab === "persons" && <Persons query={query} />}
        </div>
      </Tabs>
      <About report={report} />
    </>
  );
}

function KeyFigures({ report: { total } }: { readonly report: Report<OrgFigures> }) {
  const words = useWords().reports;
  return (
    <dl class="report-keys figures">
      <div class="card report-key main"><dt>{words.rate}</dt><dd>{rateText(total, words.no_rate)}</dd></div>
      {(["expected", "arrived", "on_leave", "absent"] as const).map((name) => <div key={name} class="card report-key"><dt>{words.key[name]}</dt><dd>{countText(total[name])}</dd></div>)}
      <div class="card report-key"><dt>{words.key.milli_hours}</dt><dd>{hoursCount(total.milli_hours)}</dd></div>
      <div class="card report-key"><dt>{words.key.sites}</dt><dd>{countText(total.attended)}<span class="pale"> / {countText(total.invited)}</span></dd></div>
    </dl>
  );
}

function Persons({ query }: { readonly query: ReportQuery }) {
  const { reports } = useServices();
  const read = useRead(() => reports.persons(query), reportPath(query));
  return <Shown read={read}>{(report) => <PersonFiguresTable key={report.hash} report={report} />}</Shown>;
}

function About({ report }: { readonly report: Report<OrgFigures> }) {
  const { about } = useWords().reports;
  const { lang } = usePrefs();
  const lines = [about.tree, about.rate, about.as_of(dateTime(report.as_of_ms, lang)), about.known(report.known.sequence, dateTime(report.known.time_ms, lang)), about.rules(report.rules)];
  return (
    <footer class="report-about" aria-label={about.title}>
      {lines.filter(Boolean).map((line) => <p key={line}>{line}</p>)}
      <p>{about.hash} <span class="report-hash figures">{report.hash}</span></p>
    </footer>
  );
}

/** On the homes of who answers for an organisation, and of a site. */
