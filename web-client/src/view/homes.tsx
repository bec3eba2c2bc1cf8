// Each kind of user has a home: what concerns them, and nothing else. All have their meetings.
import { administeredOrg, firstOrg, hasNotices, looksDown, pathOf, sectionsOf } from "../model/sections";
import type { Section } from "../model/sections";
import type { Account } from "../protocol/http";
import type { Org } from "../protocol/records";
import { WaitingAppeals } from "./appeals";
import { TodaysClasses } from "./classcards";
import { FindingsToAnswer } from "./findings";
import { Frame, Link } from "./frame";
import { useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import type { IconName } from "./icons";
import { ReportsTile } from "./reportstile";
import { HomeLook } from "./lookpage";
import { Rooms } from "./rooms";
import { Shown, useRead } from "./reading";

export function HomePage({ who }: { readonly who: Account }) {
  const words = useWords();
  return (
    <Frame at="home" title={words.records.sections.home}>
      <div class="rooms">
        <h1 class="sr">{words.records.sections.home}</h1>
        <OfKind who={who} />
      </div>
    </Frame>
  );
}

/** What a kind of user came for goes first; meetings that are always there go last where they are not the reason. */
function OfKind({ who }: { readonly who: Account }) {
  const waiting = who.grants.length > 0 && <WaitingAppeals />;
  switch (who.home) {
    case "administrator":
      return <>{waiting}<Administration who={who} /><Subtree who={who} />{looksDown(who) && <HomeLook />}<TodaysClasses /><ReportsTile who={who} /><Rooms /></>;
    case "superior":
      return <>{looksDown(who) && <HomeLook />}{waiting}<TodaysClasses /><Subtree who={who} /><ReportsTile who={who} /><Rooms /></>;
    case "branch":
      return <>{hasNotices(who) && <FindingsToAnswer />}{waiting}<TodaysClasses /><Rooms />{who.person > 0 && <OwnBranch who={who} />}<ReportsTile who={who} /></>;
    default:
      return <><TodaysClasses />{waiting}<Mine who={who} /><Rooms /></>;
  }
}

/** Who leads a branch: its members and what is known of it. */
function OwnBranch({ who }: { readonly who: Account }) {
  const words = useWords().records;
  return (
    <section aria-label={words.home.branch}>
      <h2 class="home-title">{words.home.branch}</h2>
      <ul class="tiles">
        <Tile to={`/org/${firstOrg(who)}`} icon="tree" title={who.grants[0]?.org_name ?? who.org} text={words.home.branch_help} />
        <Tile to="/people" icon="people" title={words.sections.people} text={words.home.people} />
      </ul>
    </section>
  );
}

function Tile({ to, icon, title, text }: { readonly to: string; readonly icon: IconName; readonly title: string; readonly text: string }) {
  return (
    <li>
      <Link to={to} class="card tile-link">
        <Icon name={icon} size={24} />
        <span><span class="tile-title">{title}</span><span class="tile-text">{text}</span></span>
      </Link>
    </li>
  );
}

const ADMIN_TILES = ["orgs", "people", "grants", "policy", "audit"] as const;
const ICONS: Readonly<Record<(typeof ADMIN_TILES)[number], IconName>> = { orgs: "tree", people: "people", grants: "key", policy: "shield", audit: "list" };

function Administration({ who }: { readonly who: Account }) {
  const { records: words, import: { title: import_title } } = useWords();
  const has: readonly Section[] = sectionsOf(who);
  const administered = administeredOrg(who);
  return (
    <section aria-label={words.home.admin}>
      <h2 class="home-title">{words.home.admin}</h2>
      <ul class="tiles">
        {ADMIN_TILES.filter((s) => has.includes(s)).map((s) => <Tile key={s} to={pathOf(s, who)} icon={ICONS[s]} title={words.sections[s]} text={words.home[s]} />)}
        <Tile to="/import" icon="plus" title={import_title} text={words.home.imported} />
        {administered !== undefined && <Tile to={`/webhooks/${administered}`} icon="shield" title={words.webhooks.title} text={words.home.webhooks} />}
        <Tile to="/twins" icon="people" title={words.twins.title} text={words.home.twins} />
      </ul>
    </section>
  );
}

/** The organisations that one answers for, and what lies right below them. */
function Subtree({ who }: { readonly who: Account }) {
  const { records } = useServices();
  const read = useRead(async () => {
    const top = await records.orgs();
    const below = await Promise.all(top.slice(0, 8).map((org) => ((org.children ?? 0) > 0 ? records.orgs(org.id) : Promise.resolve([]))));
    return top.slice(0, 8).map((org, n) => ({ org, below: below[n] ?? [] }));
  }, who.account);
  return (
    <Shown read={read}>
      {(tops) => tops.map(({ org, below }) => (
        <section key={org.id} aria-label={org.name}>
          <h2 class="home-title"><Link to={`/org/${org.id}`} class="text-link">{org.name}</Link>{" "}<OrgCounts org={org} /></h2>
          {below.length > 0 && <ul class="tiles">{below.map((child) => <OrgTile key={child.id} org={child} />)}</ul>}
        </section>
      ))}
    </Shown>
  );
}

function OrgCounts({ org }: { readonly org: Org }) {
  const words = useWords().records;
  return org.children === undefined ? null : <span class="home-counts figures">{words.home.counts(org.children, org.people ?? 0)}</span>;
}

function OrgTile({ org }: { readonly org: Org }) {
  const words = useWords().records;
  const counts = org.children === undefined ? words.org_kinds[org.kind] : words.home.counts(org.children, org.people ?? 0);
  return (
    <li>
      <Link to={`/org/${org.id}`} class="card tile-link">
        <span><span class="tile-title">{org.name}</span><span class="tile-text figures">{counts}</span></span>
      </Link>
    </li>
  );
}

function Mine({ who }: { readonly who: Account }) {
  const { records: words, classes } = useWords();
  return (
    <section aria-label={words.home.mine}>
      <h2 class="home-title">{words.home.mine}</h2>
      <ul class="tiles">
        {who.person > 0 && <Tile to={`/person/${who.person}`} icon="person" title={`${who.name}`} text={who.org || words.home.mine_help} />}
        {who.person > 0 && <Tile to="/card" icon="check" title={classes.card.title} text={classes.card_help} />}
        <Tile to="/sessions" icon="device" title={words.sections.sessions} text={words.home.sessions_help} />
      </ul>
    </section>
  );
}
