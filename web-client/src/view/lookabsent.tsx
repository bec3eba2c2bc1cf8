// Sites that lack somebody, the worst first; the names of each where its organisation shows them.
import { useState } from "preact/hooks";
import { clockTime } from "../i18n/words";
import { sitesUnder, totalOf } from "../model/looktree";
import type { LookNode } from "../model/looktree";
import type { RoomDetail } from "../model/looking";
import type { LookSite } from "../protocol/messages";
import { useServices, useWords } from "./hooks";
import { Button } from "./parts";
import { Nothing, Shown, useRead } from "./reading";

const PAGE = 100;

interface AbsentProps {
  readonly detail: RoomDetail;
  readonly nodes: readonly LookNode[];
}

export function Absentees({ detail, nodes }: AbsentProps) {
  const words = useWords().look;
  const all = useWords();
  const [shown, setShown] = useState(PAGE);
  const lacking = sitesUnder(nodes, "absent").filter((n) => n.sums.absent > 0).sort((a, b) => b.sums.absent - a.sums.absent);
  if (detail.room.state === "lobby") return <Nothing icon="person" title={words.absentees_lobby} help={words.absentees_lobby_help} />;
  if (lacking.length === 0) return <Nothing icon="check" title={words.absentees_none} help={words.absentees_none_help} />;
  return (
    <section aria-label={words.absentees} class="look-absentees">
      <p class="people-count figures" role="status">{words.absentees_count(lacking.length, totalOf(lacking).absent)}</p>
      <ul class="card rows">{lacking.slice(0, shown).map((node) => node.site && <AbsentRow key={node.id} detail={detail} site={node.site} />)}</ul>
      {lacking.length > shown && <p><Button icon="down" onClick={() => setShown(shown + PAGE)}>{all.classes.more_people(lacking.length - shown)}</Button></p>}
    </section>
  );
}

/** Where a site lies, without its own name. */
function above(detail: RoomDetail, site: LookSite): string {
  return (site.above !== undefined && detail.orgs.get(site.above)?.name) || "";
}

export function answerWord(words: Readonly<Record<string, string>>, answer: string): string {
  return words[answer] ?? "";
}

function AbsentRow({ detail, site }: { readonly detail: RoomDetail; readonly site: LookSite }) {
  const words = useWords().look;
  const [open, setOpen] = useState(false);
  const state = site.state === "never" ? answerWord(words.site_answers, site.answer) : site.since_ms > 0 && site.state === "gone" ? words.left_at(clockTime(site.since_ms)) : "";
  const more = [above(detail, site), site.left > 0 ? words.left_count(site.left) : "", state].filter(Boolean);
  return (
    <li class="row look-absent-row" data-site={site.site}>
      <span class="row-main">{site.name}<span class={site.state === "here" ? "tag good" : "tag warn"}>{words.site_states[site.state]}</span><strong class="figures look-lacks">{words.lacks(site.absent, site.expected)}</strong></span>
      <span class="row-more figures">{more.join(" · ")}</span>
      {site.names
        ? <Button kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? words.names_hide : words.names}<span class="sr"> {site.name}</span></Button>
        : <span class="row-acts pale look-closed">{words.names_closed}</span>}
      {open && detail.room.class !== undefined && <Names number={detail.room.class} site={site.site} version={site.absent} />}
    </li>
  );
}

function Names({ number, site, version }: { readonly number: number; readonly site: number; readonly version: number }) {
  const words = useWords().look;
  const { classes } = useServices();
  const read = useRead(() => classes.people(number, site), `${number} ${site} ${version}`);
  return (
    <div class="look-names">
      <Shown read={read}>
        {(people) => {
          const absent = people.filter((p) => p.expected && p.leave !== "granted" && p.grade === undefined);
          return absent.length === 0 ? <p class="pale">{words.names_none}</p> : <ul class="look-name-list">{absent.map((p) => <li key={p.person} class="tag">{p.name}</li>)}</ul>;
        }}
      </Shown>
    </div>
  );
}
