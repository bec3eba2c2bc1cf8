// The frame of signed-in pages: who, where one can go, and what has just been done.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { hasNotices, pathOf, sectionsOf } from "../model/sections";
import type { Section } from "../model/sections";
import type { Account } from "../protocol/http";
import { Bell } from "./bell";
import { useCell, useServices, useTheme, useWords } from "./hooks";
import { Icon, Mark } from "./icons";
import type { IconName } from "./icons";
import { Link } from "./link";
import { Button, Name } from "./parts";
import { said } from "./saying";
import { SettingsMenu } from "./settings";

const ICONS: Readonly<Record<Section, IconName>> = {
  home: "home", classes: "broadcast", look: "eye", card: "check", reports: "chart", orgs: "tree", people: "people", grants: "key", policy: "shield", audit: "list", own: "person", sessions: "device",
};

/** More than home and sign-ins is worth a navigation; a branch's page stays as bare as it is. */
const WORTH_A_NAV = 3;

export { Link } from "./link";
export { say } from "./saying";

const SAID_MS = 4_000;

export function Said() {
  const { clock } = useServices();
  const text = useCell(said);
  useEffect(() => (text === undefined ? undefined : clock.after(SAID_MS, () => said.set(undefined))), [text, clock]);
  return <div class="said" role="status">{text !== undefined && <p class="notice good"><Icon name="check" />{text}</p>}</div>;
}

interface FrameProps {
  readonly at: Section;
  readonly title: string;
  /** Takes the whole width and height: lists that scroll inside. */
  readonly full?: boolean;
  readonly children: ComponentChildren;
}

export function Frame({ at, title, full, children }: FrameProps) {
  const words = useWords();
  const { account } = useServices();
  const who = useCell(account);
  useTheme(false);
  useEffect(() => {
    document.title = `${title} · ${words.product}`;
  }, [title, words]);
  return (
    <div class={full ? "page framed full" : "page framed"}>
      <Head who={who} />
      {who && <Nav who={who} at={at} />}
      <main id="main" class="framed-main">{children}</main>
      <Said />
    </div>
  );
}

function Head({ who }: { readonly who: Account | undefined }) {
  const words = useWords();
  const { api, account, go } = useServices();
  const [leaving, setLeaving] = useState(false);
  const site = who && who.person === 0 ? who.name : undefined; // sites differ at the ends of their names, people at the beginnings
  const signOut = async (): Promise<void> => {
    setLeaving(true);
    await api.signOut().catch(() => undefined); // an unreachable server: forget at least here
    account.set(undefined);
    go("/");
  };
  return (
    <header class="page-head">
      <Link to="/" class="page-home"><Mark size={32} /><span class="page-brand">{words.product}</span></Link>
      <span class="page-who"><Link to="/sessions">{site ? <Name text={site} /> : who?.name}</Link></span>
      {who && hasNotices(who) && <Bell who={who} />}
      <SettingsMenu />
      <Button kind="quiet" icon="leave" disabled={leaving} onClick={() => void signOut()} aria-label={words.rooms.sign_out}><span class="wide-only">{words.rooms.sign_out}</span></Button>
    </header>
  );
}

function Nav({ who, at }: { readonly who: Account; readonly at: Section }) {
  const words = useWords();
  const sections = sectionsOf(who);
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }), [at]); // on a phone it may be out of view
  if (sections.length < WORTH_A_NAV) return null;
  return (
    <nav class="page-nav" aria-label={words.records.nav}>
      <ul ref={list}>
        {sections.map((section) => (
          <li key={section}>
            <Link to={pathOf(section, who)} current={section === at}><Icon name={ICONS[section]} size={18} />{words.records.sections[section]}</Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

export function PageTitle({ title, text, children }: { readonly title: string; readonly text?: string; readonly children?: ComponentChildren }) {
  return (
    <div class="title-row">
      <div>
        <h1 class="page-title">{title}</h1>
        {text && <p class="title-text">{text}</p>}
      </div>
      {children && <div class="title-acts">{children}</div>}
    </div>
  );
}
