// The invited sites of a class that one sees: what they answered, and how many are there.
import { useState } from "preact/hooks";
import { sitesFound, siteTotals } from "../model/classsites";
import type { ClassFull, ClassSite } from "../protocol/classes";
import { useClasses } from "./classcards";
import { useRowWindow, useServices, useWords } from "./hooks";
import { FinderSearch } from "./orgtree";
import { Name } from "./parts";
import { Shown } from "./reading";

/** As the style sheet says. */
const ROW_PX = 44;
const FILTER_FROM = 12;

export function ClassSites({ row, version }: { readonly row: ClassFull; readonly version: string }) {
  const words = useWords().classes;
  const { classes } = useServices();
  const read = useClasses(() => classes.sites(row.id), row.id, version);
  return (
    <section class="class-part" aria-label={words.sites} data-part="sites">
      <h2>{words.sites}</h2>
      <Shown read={read}>{(sites) => (sites.length === 0 ? <p class="pale">{words.no_sites}</p> : <Sites sites={sites} />)}</Shown>
    </section>
  );
}

function Sites({ sites }: { readonly sites: readonly ClassSite[] }) {
  const words = useWords().classes;
  const [query, setQuery] = useState("");
  const shown = sitesFound(sites, query);
  const totals = siteTotals(shown);
  return (
    <>
      <div class="people-tools">
        {sites.length >= FILTER_FROM && <FinderSearch value={query} onChange={setQuery} label={words.filter_site} />}
        <p class="people-count figures" role="status">{words.sites_count(shown.length)} · {words.totals(totals.accepted, totals.declined, totals.open)}</p>
      </div>
      <Table sites={shown} />
    </>
  );
}

function Table({ sites }: { readonly sites: readonly ClassSite[] }) {
  const words = useWords().classes;
  const { first, last, ...area } = useRowWindow<HTMLDivElement>(sites.length, ROW_PX);
  const { columns } = words;
  return (
    <div class="people-scroll class-scroll" {...area} tabIndex={0} role="region" aria-label={words.sites_table}>
      <table class="people-table class-table" aria-rowcount={sites.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{columns.site}</th>
            <th scope="col" class="class-answer">{columns.answer}</th>
            <th scope="col" class="class-n">{columns.expected}</th>
            <th scope="col" class="class-n">{columns.arrived}</th>
            <th scope="col" class="class-n wide-cell">{columns.on_leave}</th>
            <th scope="col" class="class-n wide-cell">{columns.unproved}</th>
          </tr>
        </thead>
        <tbody>
          <Gap rows={first} />
          {sites.slice(first, last).map((site, n) => <Row key={site.site} site={site} index={first + n + 2} />)}
          <Gap rows={sites.length - last} />
        </tbody>
      </table>
    </div>
  );
}

/** In place of rows that are out of view. */
function Gap({ rows }: { readonly rows: number }) {
  return rows > 0 ? <tr class="people-gap" aria-hidden="true" ref={(gap: HTMLElement | null) => gap?.style.setProperty("--rows", String(rows))}><td colSpan={4} /></tr> : null;
}

function Row({ site, index }: { readonly site: ClassSite; readonly index: number }) {
  const words = useWords().classes;
  return (
    <tr aria-rowindex={index} data-site={site.site}>
      <th scope="row"><Name text={site.above_name ? `${site.above_name} / ${site.name}` : site.name} /></th>
      <td title={site.why || undefined}>
        <span class={site.answer === "accepted" ? "tag good" : site.answer === "declined" ? "tag warn" : "tag"}>{words.answers[site.answer]}</span>
        {site.why && <span class="class-why wide-only"> {site.why}</span>}
      </td>
      <td class="class-n figures">{site.expected}</td>
      <td class="class-n figures">{site.arrived}</td>
      <td class="class-n figures wide-cell">{site.on_leave}</td>
      <td class="class-n figures wide-cell">{site.unproved}</td>
    </tr>
  );
}
