// The two charts of a report: rates as bars from zero, hours as columns. Labelled where they stand, and readable on a printer without colour.
import { useEffect, useRef } from "preact/hooks";
import { hoursText } from "../model/creditcard";
import { monthsOf } from "../model/reportperiod";
import { percent } from "../i18n/words";
import type { Figures, OrgFigures, Report } from "../protocol/reports";
import { Link } from "./frame";
import { useWords } from "./hooks";

/** 21,298; of hours at most two decimals, and never more than there are. */
export function countText(n: number): string {
  return n.toLocaleString("en-GB");
}

export function hoursCount(milli_hours: number): string {
  return Number(hoursText(milli_hours)).toLocaleString("en-GB");
}

export function rateText(figures: Figures, none: string): string {
  return figures.rate_permille === null ? none : percent(figures.rate_permille / 1_000);
}

/** Filled from the left as far as `part` of one goes: drawn, since browsers do not print backgrounds. */
function Bar({ part }: { readonly part: number }) {
  return (
    <svg class="report-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="report-bar-whole" width="1000" height="10" />
      <rect class="report-bar-part" width={Math.max(0, Math.min(1, part)) * 1_000} height="10" />
    </svg>
  );
}

interface RateRow {
  readonly key: string;
  readonly name: string;
  readonly to?: string;
  readonly figures: Figures;
}

function rowsOf(report: Report<OrgFigures>, words: { readonly own: (name: string) => string; readonly others: (n: number) => string }, toOrg: (org: number) => string): readonly RateRow[] {
  const single = report.items.length === 1 && !report.others;
  const rows: RateRow[] = report.items.map((item) => ({
    key: String(item.org), name: item.own && !single ? words.own(item.name) : item.name, figures: item, ...(item.own ? {} : { to: toOrg(item.org) }),
  }));
  return report.others ? [...rows, { key: "others", name: words.others(report.others.count), figures: report.others }] : rows;
}

export function RateChart({ report, toOrg }: { readonly report: Report<OrgFigures>; readonly toOrg: (org: number) => string }) {
  const words = useWords().reports;
  const rows = rowsOf(report, words, toOrg).filter(({ figures }) => figures.expected > 0);
  if (rows.length === 0) return null;
  return (
    <section class="card report-chart" aria-label={words.chart_rate}>
      <h2>{report.items.some((item) => !item.own) ? words.chart_rate : words.chart_rate_own}</h2>
      <ul class="rate-rows">
        {rows.map(({ key, name, to, figures }) => (
          <li key={key} class="rate-row" data-org={key}>
            <span class="rate-name">{to ? <Link to={to} class="text-link">{name}</Link> : name}</span>
            <Bar part={(figures.rate_permille ?? 0) / 1_000} />
            <span class="rate-value figures"><strong>{rateText(figures, words.no_rate)}</strong><span class="pale">{words.of(countText(figures.arrived), countText(figures.expected))}</span></span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function HoursChart({ report }: { readonly report: Report<OrgFigures> }) {
  const words = useWords().reports;
  const list = useRef<HTMLOListElement>(null);
  const of = new Map(report.months.map((month) => [month.month, month.milli_hours]));
  const months = monthsOf(report);
  const most = Math.max(0, ...of.values());
  useEffect(() => { // what is new stands at the end
    if (list.current) list.current.scrollLeft = list.current.scrollWidth;
  }, [report]);
  if (most === 0) return null;
  return (
    <section class="card report-chart" aria-label={words.chart_hours}>
      <h2>{words.chart_hours}</h2>
      <ol class="month-columns" ref={list} tabIndex={0} aria-label={words.chart_hours}>
        {months.map((month) => {
          const hours = of.get(month) ?? 0;
          return (
            <li key={month} class="month-column" data-month={month}>
              <span class="report-month-value figures">{hoursCount(hours)}</span>
              <svg class="report-month-bar" viewBox="0 0 10 1000" preserveAspectRatio="none" aria-hidden="true"><rect class="report-bar-part" y={1_000 - (hours / most) * 1_000} width="10" height={(hours / most) * 1_000} /></svg>
              <span class="report-month-name">{words.month(month)}{(month.endsWith("-01") || month === months[0]) && <span class="month-year figures">{month.slice(0, 4)}</span>}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
