// A report as tables: organisations, months beside them, and persons as far as they may be named.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { FIGURES } from "../protocol/reports";
import type { Figure, Figures, OrgFigures, PersonFigures, Report } from "../protocol/reports";
import { Link } from "./frame";
import { useServices, useWords } from "./hooks";
import { Button } from "./parts";
import { Nothing } from "./reading";
import { Refusal } from "./forms";
import { countText, hoursCount, rateText } from "./reportcharts";

const OF_PERSONS: readonly Figure[] = ["expected", "arrived", "on_leave", "absent", "present_s", "unproved_s", "met", "sent", "milli_hours"];
const MINUTES: readonly Figure[] = ["present_s", "unproved_s"];

function Cells({ figures, columns }: { readonly figures: Figures; readonly columns: readonly Figure[] }) {
  const words = useWords().reports;
  const text = (figure: Figure): string => {
    if (MINUTES.includes(figure)) return countText(Math.round(figures[figure] / 60));
    return figure === "milli_hours" ? hoursCount(figures.milli_hours) : countText(figures[figure]);
  };
  return (
    <>
      {columns.map((figure) => [
        <td key={figure}>{text(figure)}</td>,
        figure === "absent" && <td key="rate">{rateText(figures, words.no_rate)}</td>, // behind what it is made of
      ])}
    </>
  );
}

function Heads({ columns }: { readonly columns: readonly Figure[] }) {
  const words = useWords().reports;
  return <>{columns.map((figure) => [<th key={figure} scope="col">{words.columns[figure]}</th>, figure === "absent" && <th key="rate" scope="col">{words.rate}</th>])}</>;
}

interface TableProps {
  readonly caption: string;
  readonly first: readonly string[];
  readonly columns: readonly Figure[];
  readonly total: Figures;
  readonly others?: { readonly name: string; readonly figures: Figures };
  readonly children: ComponentChildren;
}

function ReportTable({ caption, first, columns, total, others, children }: TableProps) {
  const words = useWords().reports;
  const gap = first.slice(1).map((name) => <td key={name} />);
  return (
    <div class="table-scroll report-table" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption class="sr">{caption}</caption>
        <thead><tr>{first.map((name, at) => <th key={name} scope="col" class={at > 0 ? "report-home" : undefined}>{name}</th>)}<Heads columns={columns} /></tr></thead>
        <tbody>
          {children}
          {others && <tr class="report-others"><th scope="row">{others.name}</th>{gap}<Cells figures={others.figures} columns={columns} /></tr>}
        </tbody>
        <tfoot><tr><th scope="row">{words.total}</th>{gap}<Cells figures={total} columns={columns} /></tr></tfoot>
      </table>
    </div>
  );
}

interface OrgTableProps {
  readonly report: Report<OrgFigures>;
  readonly toOrg: (org: number) => string;
}

export function OrgFiguresTable({ report, toOrg }: OrgTableProps) {
  const words = useWords().reports;
  const { others } = report;
  return (
    <>
      <ReportTable
        caption={`${report.org_name} · ${words.days(report.from, report.to)}`} first={[words.org]} columns={FIGURES} total={report.total}
        {...(others ? { others: { name: words.others(others.count), figures: others } } : {})}
      >
        {report.items.map((item) => (
          <tr key={item.org} data-org={item.org}>
            <th scope="row" title={item.name}>{item.own ? words.own(item.name) : <Link to={toOrg(item.org)} class="text-link">{item.name}</Link>}</th>
            <Cells figures={item} columns={FIGURES} />
          </tr>
        ))}
      </ReportTable>
      {others && <p class="pale report-note">{words.others_note}</p>}
      <MonthTable report={report} />
    </>
  );
}

function MonthTable({ report }: { readonly report: Report<OrgFigures> }) {
  const words = useWords().reports;
  if (report.months.length < 2) return null;
  return (
    <ReportTable caption={words.chart_hours} first={[words.period]} columns={FIGURES} total={report.total}>
      {report.months.map((month) => <tr key={month.month}><th scope="row">{words.month_of(month.month)}</th><Cells figures={month} columns={FIGURES} /></tr>)}
    </ReportTable>
  );
}

export function PersonFiguresTable({ report: first }: { readonly report: Report<PersonFigures> }) {
  const words = useWords().reports;
  const { reports } = useServices();
  const [report, setReport] = useState(first);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const more = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const next = await reports.persons(report, report.next);
      setReport({ ...next, items: [...report.items, ...next.items] });
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const { others } = report;
  if (report.count === 0 && others) return <Nothing icon="shield" title={words.persons_closed} help={words.persons_closed_help(others.count)} />;
  if (report.count === 0) return <Nothing icon="people" title={words.persons_none} />;
  const places = report.items.some((item) => item.org !== report.items[0]?.org);
  return (
    <>
      <ReportTable
        caption={`${report.org_name} · ${words.days(report.from, report.to)}`} first={places ? [words.name, words.home] : [words.name]} columns={OF_PERSONS} total={report.total}
        {...(others ? { others: { name: words.other_persons(others.count), figures: others } } : {})}
      >
        {report.items.map((item) => (
          <tr key={`${item.person} ${item.org}`} data-person={item.person}>
            <th scope="row"><Link to={`/card/${item.person}`} class="text-link">{item.name}</Link></th>
            {places && <td class="report-home">{item.org_name}</td>}
            <Cells figures={item} columns={OF_PERSONS} />
          </tr>
        ))}
      </ReportTable>
      {others && <p class="pale report-note">{words.others_note}</p>}
      {error !== undefined && <Refusal error={error} />}
      {report.next !== undefined && <p><Button onClick={() => void more()} disabled={busy}>{words.more(report.count - report.items.length)}</Button></p>}
    </>
  );
}
