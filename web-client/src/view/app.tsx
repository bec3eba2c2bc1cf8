// Which page, and the frame around it.
import { render } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { failureOf } from "../model/failure";
import type { Failure } from "../model/failure";
import type { Account } from "../protocol/http";
import { ServicesContext, useCell, usePrefs, useServices, useTheme, useWords } from "./hooks";
import type { Services } from "./hooks";
import { Button, Problem } from "./parts";
import { RoomPage } from "./roompage";
import { Rooms } from "./rooms";
import { SignIn } from "./signin";

type Route = { readonly kind: "home" } | { readonly kind: "room"; readonly room: string } | { readonly kind: "join"; readonly room: string; readonly token: string };

export function routeOf(path: string): Route {
  const url = new URL(path, "http://page");
  const [, kind, id] = url.pathname.split("/");
  const room = id === undefined ? "" : decodeURIComponent(id);
  if (kind === "room" && room) return { kind: "room", room };
  if (kind === "join" && room) return { kind: "join", room, token: url.searchParams.get("t") ?? "" };
  return { kind: "home" };
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
      {route.kind === "join" ? <RoomPage key={route.room} room={route.room} token={route.token} /> : <SignedIn>{(who) => (route.kind === "room" ? <RoomPage key={route.room} room={route.room} account={who} /> : <Rooms />)}</SignedIn>}
    </>
  );
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
