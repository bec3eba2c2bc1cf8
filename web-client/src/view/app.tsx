// Which page, and the frame around it.
import { render } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { failureOf } from "../model/failure";
import type { Failure } from "../model/failure";
import type { Account } from "../protocol/http";
import { rightsOf } from "../model/sections";
import { LOOK_TABS } from "../model/looktab";
import type { LookTab } from "../model/looktab";
import { readScanPath } from "../protocol/companion";
import type { ScanAddress } from "../protocol/companion";
import type { AuditOf } from "./auditpage";
import { ServicesContext, useCell, usePrefs, useServices, useTheme, useWords } from "./hooks";
import type { Services } from "./hooks";
import { Coming, lazily } from "./lazily";
import type { Fetched } from "./lazily";
import { Button, Problem } from "./parts";
import { SignIn } from "./signin";

/* Each page is fetched when somebody goes there: a site's PC that joins a room never loads the pages about organisations. */
const AppealsPage = lazily(async () => (await import("./appealspage")).AppealsPage);
const AuditPage = lazily(async () => (await import("./auditpage")).AuditPage);
const CardPage = lazily(async () => (await import("./cardpage")).CardPage);
const ClassPage = lazily(async () => (await import("./classpage")).ClassPage);
const ClassesPage = lazily(async () => (await import("./classespage")).ClassesPage);
const ExpertPage = lazily(async ({ parts }) => (await Promise.all([import("./expertpage"), parts.media()]))[0].ExpertPage);
const FindingsPage = lazily(async () => (await import("./findings")).FindingsPage);
const GrantsPage = lazily(async () => (await import("./grants")).GrantsPage);
const HomePage = lazily(async () => (await import("./homes")).HomePage);
const ImportPage = lazily(async () => (await import("./importpage")).ImportPage);
const LookPage = lazily(async () => (await import("./lookpage")).LookPage);
const LookRoomPage = lazily(async () => (await import("./lookroom")).LookRoomPage);
const LookWallPage = lazily(async ({ parts }) => (await Promise.all([import("./lookwall"), parts.media()]))[0].LookWallPage);
const MinutesPage = lazily(async () => (await import("./minutespage")).MinutesPage);
const NoticesPage = lazily(async () => (await import("./notices")).NoticesPage);
const OrgPage = lazily(async () => (await import("./orgpage")).OrgPage);
const PairPage = lazily(async () => (await import("./gate")).PairPage);
const PasswordPage = lazily(async () => (await import("./gate")).PasswordPage);
const PeoplePage = lazily(async () => (await import("./peoplepage")).PeoplePage);
const PersonCardPage = lazily(async () => (await import("./cardpage")).PersonCardPage);
const PersonPage = lazily(async () => (await import("./personpage")).PersonPage);
const PhonePage = lazily(async ({ parts }) => (await Promise.all([import("./phonepage"), parts.phone()]))[0].PhonePage);
const PlanPage = lazily(async () => (await import("./planpage")).PlanPage);
const PolicyPage = lazily(async () => (await import("./policypage")).PolicyPage);
const ReportsPage = lazily(async () => (await import("./reportspage")).ReportsPage);
const RoomPage = lazily(async ({ parts }) => (await Promise.all([import("./roompage"), parts.media()]))[0].RoomPage);
const RulesPage = lazily(async () => (await import("./rulespage")).RulesPage);
const SessionsPage = lazily(async () => (await import("./sessionspage")).SessionsPage);
const TwinsPage = lazily(async () => (await import("./peoplepage")).TwinsPage);
const WebhooksPage = lazily(async () => (await import("./webhookspage")).WebhooksPage);

type Route =
  | { readonly kind: "home" | "classes" | "appeals" | "people" | "twins" | "grants" | "sessions" | "pair" | "password" }
  | { readonly kind: (typeof LOOK_PLAIN)[number] }
  | { readonly kind: "audit"; readonly of: AuditOf }
  | { readonly kind: "reports"; readonly search: URLSearchParams }
  | { readonly kind: "room"; readonly room: string }
  | { readonly kind: "lookroom"; readonly room: string; readonly tab: LookTab }
  | { readonly kind: "wall"; readonly room: string; readonly org: number | undefined }
  | { readonly kind: "phone"; readonly at: ScanAddress }
  | { readonly kind: "join"; readonly room: string; readonly token: string }
  | { readonly kind: "org" | "import"; readonly id: number | undefined }
  | { readonly kind: "person" | "policy" | "rules" | "webhooks" | "class" | "minutes" | "expert"; readonly id: number }
  | { readonly kind: "card" | "plan"; readonly id: number | undefined };

const PLAIN = ["classes", "appeals", "people", "twins", "grants", "sessions", "pair", "password"] as const;
const LOOK_PLAIN = ["look", "findings", "notices"] as const;

function idOf(text: string): number | undefined {
  return /^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined;
}

function lookOf(room: string, rest: string | undefined, query: URLSearchParams): Route {
  if (rest === "wall") return { kind: "wall", room, org: idOf(query.get("org") ?? "") };
  return { kind: "lookroom", room, tab: LOOK_TABS.find((t) => t === query.get("tab")) ?? "overview" };
}

function auditOf(query: URLSearchParams): AuditOf {
  const person = idOf(query.get("person") ?? "");
  const org = idOf(query.get("org") ?? "");
  return { ...(person === undefined ? {} : { person }), ...(org === undefined ? {} : { org }) };
}

export function routeOf(path: string): Route {
  const url = new URL(path, "http://page");
  const at = readScanPath(url.pathname);
  const [, kind, part, further] = url.pathname.split("/");
  const room = part === undefined ? "" : decodeURIComponent(part);
  const id = idOf(room);
  const plain = [...PLAIN, ...LOOK_PLAIN].find((p) => p === kind);
  if (at) return { kind: "phone", at };
  if (kind === "room" && room) return { kind: "room", room };
  if (kind === "join" && room) return { kind: "join", room, token: url.searchParams.get("t") ?? "" };
  if (kind === "look" && room) return lookOf(room, further, url.searchParams);
  if (kind === "org" || kind === "import") return { kind, id };
  if (kind === "card" || kind === "plan") return { kind, id };
  if (kind === "reports") return { kind, search: url.searchParams };
  if (kind === "audit") return { kind, of: auditOf(url.searchParams) };
  if (kind === "class" && id !== undefined && further === "minutes") return { kind: "minutes", id };
  if ((kind === "person" || kind === "policy" || kind === "rules" || kind === "webhooks" || kind === "class" || kind === "expert") && id !== undefined) return { kind, id };
  return { kind: plain ?? "home" };
}

const PAGES: Readonly<Record<Route["kind"], Fetched>> = {
  home: HomePage, classes: ClassesPage, appeals: AppealsPage, people: PeoplePage, twins: TwinsPage, grants: GrantsPage, sessions: SessionsPage, pair: PairPage,
  password: PasswordPage, look: LookPage, findings: FindingsPage, notices: NoticesPage, audit: AuditPage, reports: ReportsPage, room: RoomPage, join: RoomPage,
  lookroom: LookRoomPage, wall: LookWallPage, phone: PhonePage, org: OrgPage, import: ImportPage, person: PersonPage, policy: PolicyPage, rules: RulesPage,
  webhooks: WebhooksPage, class: ClassPage, minutes: MinutesPage, expert: ExpertPage, card: CardPage, plan: PlanPage,
};

const pageAt = (path: string): Fetched => PAGES[routeOf(path).kind];

/** Begins to fetch the page that was asked for, before it can be shown; a failure is told by the page. */
export function fetchFirst(services: Services): void {
  pageAt(services.path.value).fetch(services).catch(() => undefined);
}

/** How long the last page stays while the next one is fetched. */
const STAYS_MS = 400;

/** The place to show: where one wants to go, as soon as its page is there. */
function useArrived(path: string): string {
  const services = useServices();
  const [arrived, setArrived] = useState(path);
  useEffect(() => {
    let wanted = true;
    const arrive = (): void => {
      if (wanted) setArrived(path);
    };
    pageAt(path).fetch(services).then(arrive, arrive);
    const stop = services.clock.after(STAYS_MS, arrive);
    return () => {
      wanted = false;
      stop();
    };
  }, [path]);
  return pageAt(path).here() ? path : arrived;
}

function App() {
  const { path } = useServices();
  const words = useWords();
  const { lang } = usePrefs();
  const route = routeOf(useArrived(useCell(path)));
  useLayoutEffect(() => {
    document.documentElement.lang = lang;
    document.title = words.product;
  }, [lang, words]);
  return (
    <>
      <a class="skip" href="#main">{words.skip}</a>
      <Routed route={route} />
    </>
  );
}

function Routed({ route }: { readonly route: Route }) {
  if (route.kind === "join") return <RoomPage key={route.room} room={route.room} token={route.token} />;
  if (route.kind === "phone") return <PhonePage key={`${route.at.class} ${route.at.site} ${route.at.code}`} at={route.at} />;
  if (route.kind === "pair") return <PairPage />;
  if (route.kind === "expert") return <ExpertPage key={route.id} id={route.id} />;
  return <SignedIn>{(who) => (who.must_change ? <PasswordPage first none={!who.has_password} /> : <Inside key={staysAsItIs(route) ? "" : rightsOf(who)} route={route} who={who} />)}</SignedIn>;
}

/** Other pages begin anew when a right was found to be gone: these have media, or what somebody is writing. */
function staysAsItIs({ kind }: Route): boolean {
  return kind === "room" || kind === "wall" || kind === "lookroom" || kind === "plan" || kind === "minutes";
}

function Inside({ route, who }: { readonly route: Route; readonly who: Account }) {
  switch (route.kind) {
    case "room":
      return <RoomPage key={route.room} room={route.room} account={who} />;
    case "org":
      return <OrgPage id={route.id} />;
    case "import":
      return <ImportPage id={route.id} />;
    case "person":
      return <PersonPage key={route.id} id={route.id} />;
    case "policy":
      return <PolicyPage key={route.id} org={route.id} />;
    case "rules":
      return <RulesPage key={route.id} org={route.id} />;
    case "webhooks":
      return <WebhooksPage key={route.id} org={route.id} />;
    case "classes":
      return <ClassesPage />;
    case "appeals":
      return <AppealsPage />;
    case "look":
      return <LookPage />;
    case "lookroom":
      return <LookRoomPage key={`${route.room} ${route.tab}`} room={route.room} tab={route.tab} />;
    case "wall":
      return <LookWallPage key={route.room} room={route.room} {...(route.org === undefined ? {} : { org: route.org })} />;
    case "findings":
      return <FindingsPage />;
    case "notices":
      return <NoticesPage who={who} />;
    case "class":
      return <ClassPage key={route.id} id={route.id} who={who} />;
    case "minutes":
      return <MinutesPage key={route.id} id={route.id} />;
    case "plan":
      return <PlanPage key={route.id} id={route.id} who={who} />;
    case "card":
      return route.id === undefined || route.id === who.person ? <CardPage person={who.person} /> : <PersonCardPage key={route.id} id={route.id} />;
    case "people":
      return <PeoplePage />;
    case "twins":
      return <TwinsPage />;
    case "grants":
      return <GrantsPage />;
    case "reports":
      return <ReportsPage search={route.search} who={who} />;
    case "audit":
      return <AuditPage key={`${route.of.person} ${route.of.org}`} of={route.of} />;
    case "sessions":
      return <SessionsPage />;
    case "password":
      return <PasswordPage />;
    default:
      return <HomePage who={who} />;
  }
}

/** Asks once who is signed in; nobody: the sign-in page at the same address. */
function SignedIn({ children }: { readonly children: (who: Account) => preact.ComponentChildren }) {
  const { api, account } = useServices();
  const who = useCell(account);
  const [state, setState] = useState<"asking" | "asked" | Failure>(who ? "asked" : "asking");
  const ask = async (): Promise<void> => {
    setState("asking");
    try {
      account.set(await api.whoAmI());
      setState("asked");
    } catch (error) {
      setState(failureOf(error));
    }
  };
  useEffect(() => {
    if (!who) void ask();
  }, []);
  if (who) return <>{children(who)}</>;
  if (state === "asked") return <SignIn />;
  return state === "asking" ? <Coming /> : <Unanswered failure={state} onRetry={() => void ask()} />;
}

function Unanswered({ failure, onRetry }: { readonly failure: Failure; readonly onRetry: () => void }) {
  const words = useWords();
  useTheme(false);
  return (
    <main id="main" class="page waiting">
      <Problem failure={failure}><p class="problem-act"><Button icon="refresh" onClick={onRetry}>{words.retry}</Button></p></Problem>
    </main>
  );
}

export function mount(root: HTMLElement, services: Services): void {
  root.replaceChildren();
  render(<ServicesContext.Provider value={services}><App /></ServicesContext.Provider>, root);
}
