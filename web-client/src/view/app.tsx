// Which page, and the frame around it.
import { render } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { failureOf } from "../model/failure";
import type { Failure } from "../model/failure";
import type { Account } from "../protocol/http";
import { AppealsPage } from "./appealspage";
import { RulesPage } from "./rulespage";
import { AuditPage } from "./auditpage";
import type { AuditOf } from "./auditpage";
import { CardPage, PersonCardPage } from "./cardpage";
import { ClassesPage } from "./classespage";
import { ClassPage } from "./classpage";
import { PairPage, PasswordPage } from "./gate";
import { ExpertPage } from "./expertpage";
import { MinutesPage } from "./minutespage";
import { GrantsPage } from "./grants";
import { HomePage } from "./homes";
import { ServicesContext, useCell, usePrefs, useServices, useTheme, useWords } from "./hooks";
import type { Services } from "./hooks";
import { FindingsPage } from "./findings";
import { ImportPage } from "./importpage";
import { LookPage } from "./lookpage";
import { LOOK_TABS, LookRoomPage } from "./lookroom";
import type { LookTab } from "./lookroom";
import { LookWallPage } from "./lookwall";
import { NoticesPage } from "./notices";
import { OrgPage } from "./orgpage";
import { Button, Problem } from "./parts";
import { PhonePage } from "./phonepage";
import { PeoplePage, TwinsPage } from "./peoplepage";
import { PersonPage } from "./personpage";
import { WebhooksPage } from "./webhookspage";
import { PlanPage } from "./planpage";
import { PolicyPage } from "./policypage";
import { ReportsPage } from "./reportspage";
import { RoomPage } from "./roompage";
import { readScanPath } from "../protocol/companion";
import type { ScanAddress } from "../protocol/companion";
import { SessionsPage } from "./sessionspage";
import { SignIn } from "./signin";

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

function App() {
  const { path } = useServices();
  const words = useWords();
  const { lang } = usePrefs();
  const route = routeOf(useCell(path));
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
  return <SignedIn>{(who) => (who.must_change ? <PasswordPage first none={!who.has_password} /> : <Inside route={route} who={who} />)}</SignedIn>;
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
  return <Waiting failure={state === "asking" ? undefined : state} onRetry={() => void ask()} />;
}

function Waiting({ failure, onRetry }: { readonly failure?: Failure; readonly onRetry: () => void }) {
  const words = useWords();
  useTheme(false);
  return (
    <main id="main" class="page waiting">
      {failure ? <Problem failure={failure}><p class="problem-act"><Button icon="refresh" onClick={onRetry}>{words.retry}</Button></p></Problem> : <span class="spinner" role="status" aria-label={words.rooms.loading} />}
    </main>
  );
}

export function mount(root: HTMLElement, services: Services): void {
  render(<ServicesContext.Provider value={services}><App /></ServicesContext.Provider>, root);
}
