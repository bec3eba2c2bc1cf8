// Organisations: the tree at the left, one of them at the right.
import { useMemo, useState } from "preact/hooks";
import { dateTime } from "../i18n/words";
import { OrgTree, pathAbove } from "../model/orgtree";
import type { Org, Versioned } from "../protocol/records";
import { Devices } from "./devices";
import { Frame, Link } from "./frame";
import { GrantList } from "./grants";
import { History } from "./history";
import { PHONE, useCell, useMedia, usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { OrgActs } from "./orgacts";
import { OrgFinder } from "./orgtree";
import { PeopleTable } from "./peopletable";
import { Posts } from "./posts";
import { Nothing, Shown, useRead } from "./reading";
import { Tabs } from "./tabs";

export function OrgPage({ id }: { readonly id: number | undefined }) {
  const words = useWords().records;
  const { records, go } = useServices();
  const tree = useMemo(() => new OrgTree(records), [records]);
  const state = useCell(tree.state);
  const phone = useMedia(PHONE);
  const first = state.below.get(0)?.[0];
  const shown = id ?? (phone ? undefined : first);
  return (
    <Frame at="orgs" title={words.orgs.title} full>
      <div class={id === undefined ? "orgs at-tree" : "orgs at-one"}>
        <h1 class="sr">{words.orgs.title}</h1>
        <section class="orgs-tree" aria-label={words.orgs.tree} hidden={phone && id !== undefined}>
          <OrgFinder tree={tree} label={words.orgs.tree} {...(shown === undefined ? {} : { selected: shown })} onChoose={(chosen) => go(`/org/${chosen}`)} />
        </section>
        {shown !== undefined && <OrgSheet key={shown} id={shown} tree={tree} phone={phone} />}
      </div>
    </Frame>
  );
}

function OrgSheet({ id, tree, phone }: { readonly id: number; readonly tree: OrgTree; readonly phone: boolean }) {
  const words = useWords().records;
  const { records } = useServices();
  const read = useRead(() => records.org(id), id);
  return (
    <section class="orgs-one">
      {phone && <p><Link to="/org" class="back-link"><Icon name="left" size={18} />{words.orgs.back}</Link></p>}
      <Shown read={read}>{(org) => <OrgDetail org={org} tree={tree} onChanged={read.again} />}</Shown>
    </section>
  );
}

type Tab = "people" | "posts" | "devices" | "grants" | "history";

function tabsOf(org: Org): readonly Tab[] {
  return [
    ...(org.may.includes("org.view") ? ["people"] as const : []), ...(org.may.includes("person.view") ? ["posts"] as const : []), ...(org.may.includes("session.view") ? ["devices"] as const : []),
    ...(org.may.includes("grant.view") ? ["grants"] as const : []), ...(org.may.includes("org.view") ? ["history"] as const : []),
  ];
}

interface DetailProps {
  readonly org: Versioned<Org>;
  readonly tree: OrgTree;
  readonly onChanged: () => Promise<void>;
}

function OrgDetail({ org: versioned, tree, onChanged }: DetailProps) {
  const words = useWords().records;
  const org = versioned.value;
  const tabs = tabsOf(org);
  const [tab, setTab] = useState<Tab>(tabs[0] ?? "people");
  const [changes, setChanges] = useState(0);
  const refresh = async (): Promise<void> => {
    setChanges((n) => n + 1);
    await onChanged();
  };
  return (
    <>
      <OrgHead org={org} />
      <OrgActs org={versioned} tree={tree} onChanged={refresh} />
      {tabs.length > 0 && (
        <Tabs tabs={tabs.map((t) => [t, words.orgs.tabs[t]] as const)} value={tab} onChange={setTab}>
          {tab === "people" && (org.may.includes("person.view") ? <PeopleTable key={changes} org={org.id} addable={org.may.includes("person.create")} /> : <PeopleClosed org={org} />)}
          {tab === "posts" && <Posts key={changes} org={org.id} />}
          {tab === "devices" && <Devices org={org} />}
          {tab === "grants" && <GrantList org={org} may_give={org.may.includes("grant.give")} />}
          {tab === "history" && <History key={changes} of="orgs" id={org.id} />}
        </Tabs>
      )}
    </>
  );
}

/** Superiors see the organisation, and by its policy nobody in it. */
function PeopleClosed({ org }: { readonly org: Org }) {
  const words = useWords().records;
  return (
    <Nothing icon="shield" title={words.people.closed_title} help={words.people.closed_text(org.people ?? 0)}>
      {org.may.includes("policy.view") && <Link to={`/policy/${org.id}`} class="button plain">{words.people.closed_policy}</Link>}
    </Nothing>
  );
}

function OrgHead({ org }: { readonly org: Org }) {
  const words = useWords().records;
  const { lang } = usePrefs();
  const above = pathAbove(org.path);
  return (
    <div class="org-head">
      {above && <p class="org-path">{above}</p>}
      <h2 class="org-name">{org.name}</h2>
      <p class="org-facts figures">
        <span class="tag">{words.org_kinds[org.kind]}</span>
        {org.closed_ms !== undefined && <span class="tag warn">{words.orgs.closed(dateTime(org.closed_ms, lang))}</span>}
        {org.children !== undefined && org.children > 0 && <span>{words.orgs.children(org.children)}</span>}
        {org.people !== undefined && <span>{words.orgs.people(org.people)}</span>}
        {org.code && <span>{words.orgs.code(org.code)}</span>}
        {org.phone && <span>{words.orgs.phone(org.phone)}</span>}
        {org.may.includes("policy.view") && <Link to={`/policy/${org.id}`} class="text-link">{words.orgs.policy}</Link>}
        {org.may.includes("audit.view") && <Link to={`/audit?org=${org.id}`} class="text-link">{words.sections.audit}</Link>}
      </p>
    </div>
  );
}
