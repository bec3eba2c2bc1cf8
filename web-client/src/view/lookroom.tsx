// One room from outside: its tree at the left, and of what is chosen there the figures, the absent and the findings.
import { useState } from "preact/hooks";
import { LOOK_TABS } from "../model/looktab";
import type { LookTab } from "../model/looktab";
import type { RoomDetail } from "../model/looking";
import { barsOf, findNode, lookTree, totalOf } from "../model/looktree";
import type { LookNode, LookOrder } from "../model/looktree";
import { FindingList } from "./findings";
import { Frame, Link } from "./frame";
import { PHONE, useMedia, useWords } from "./hooks";
import { Icon } from "./icons";
import { Absentees } from "./lookabsent";
import { AttendanceChart, NoChart, Totals } from "./lookchart";
import { CheckButton, CheckLine } from "./lookcheck";
import { lookPath, NotYet, Offline, RoomState, useLooking } from "./looking";
import { LookTreePanel } from "./looktree";
import { Button } from "./parts";
import { Tabs } from "./tabs";

export function LookRoomPage({ room, tab }: { readonly room: string; readonly tab: LookTab }) {
  const words = useWords().look;
  const looking = useLooking(room);
  const { detail } = looking;
  return (
    <Frame at="look" title={detail?.room.title ?? words.title} full>
      {detail ? <Detail detail={detail} begin={tab} /> : <div class="sheet"><Back /><NotYet looking={looking} /></div>}
    </Frame>
  );
}

function Back() {
  const words = useWords().look;
  return <p class="no-print"><Link to="/look" class="back-link"><Icon name="left" size={18} />{words.back}</Link></p>;
}

function Detail({ detail, begin }: { readonly detail: RoomDetail; readonly begin: LookTab }) {
  const words = useWords().look;
  const phone = useMedia(PHONE);
  const [chosen, setChosen] = useState<number | undefined>();
  const [order, setOrder] = useState<LookOrder>("name");
  const [tab, setTab] = useState<LookTab>(begin);
  const [tree_open, setTreeOpen] = useState(false);
  const nodes = lookTree(detail.orgs, detail.sites);
  const node = chosen === undefined ? undefined : findNode(nodes, chosen);
  const choose = (id: number | undefined): void => {
    setChosen(id);
    setTreeOpen(false);
  };
  const shown = node ? [node] : nodes;
  const wall = lookPath(detail.name, node ? `/wall?org=${node.id}` : "/wall");
  const tree = <LookTreePanel nodes={nodes} order={order} onOrder={setOrder} onChoose={choose} {...(node ? { chosen: node.id } : {})} />;
  return (
    <div class="orgs look">
      {!phone && nodes.length > 0 && <aside class="orgs-tree no-print" aria-label={words.tree}>{tree}</aside>}
      <div class={nodes.length > 0 ? "orgs-one" : "orgs-one alone"}>
        <Back />
        <div class="title-row">
          <div>
            <h1 class="page-title">{detail.room.title}</h1>
            <RoomState room={detail.room} />
          </div>
          <div class="acts no-print">
            <CheckButton detail={detail} nodes={shown} />
            <Link to={wall} class="button main"><Icon name="grid" />{words.wall}</Link>
          </div>
        </div>
        <Offline />
        <CheckLine detail={detail} />
        {phone && nodes.length > 0 && <Button icon="tree" aria-expanded={tree_open} onClick={() => setTreeOpen(!tree_open)}>{node?.name ?? words.tree}</Button>}
        {phone && tree_open && <div class="card look-tree-sheet">{tree}</div>}
        <Tabs tabs={LOOK_TABS.map((t) => [t, tabLabel(words.tabs[t], t, shown)])} value={tab} onChange={setTab}>
          {tab === "overview" && <Overview detail={detail} nodes={nodes} order={order} onChoose={choose} {...(node ? { node } : {})} />}
          {tab === "absent" && <Absentees detail={detail} nodes={shown} />}
          {tab === "findings" && detail.room.class !== undefined && <FindingList filter={{ class: detail.room.class, ...(node ? { org: node.id } : {}) }} version={detail.room.findings} />}
        </Tabs>
      </div>
    </div>
  );
}

function tabLabel(label: string, tab: LookTab, nodes: readonly LookNode[]): string {
  const { absent } = totalOf(nodes);
  return tab === "absent" && absent > 0 ? `${label} ${absent}` : label;
}

interface OverviewProps {
  readonly detail: RoomDetail;
  readonly nodes: readonly LookNode[];
  readonly node?: LookNode;
  readonly order: LookOrder;
  readonly onChoose: (id: number) => void;
}

function Overview({ detail, nodes, node, order, onChoose }: OverviewProps) {
  const words = useWords().look;
  if (detail.room.class === undefined) return <NoChart text={words.chart_plain} />;
  const sums = node?.sums ?? totalOf(nodes);
  if (sums.expected + sums.on_leave === 0 && detail.room.state === "lobby") return <NoChart text={words.chart_none} />;
  return (
    <>
      <Totals sums={sums} />
      <AttendanceChart room={detail.room.title} nodes={barsOf(nodes, node?.id)} order={order} onChoose={onChoose} {...(node ? { of: node.name } : {})} />
    </>
  );
}
