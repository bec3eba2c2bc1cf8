// Pages whose code is fetched when somebody first goes there, and what is said when it cannot be had.
import type { ComponentType, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LostPart } from "../model/lostpart";
import { useServices, useTheme, useWords } from "./hooks";
import type { Services } from "./hooks";
import { Icon } from "./icons";
import { Button } from "./parts";

export interface Fetched {
  /** Whether its code is here already. */
  here(): boolean;
  /** Fetches it, once; again after a failure. */
  fetch(services: Services): Promise<void>;
}

export type Lazy<P> = ((props: P) => VNode) & Fetched;

export function lazily<P extends object>(load: (services: Services) => Promise<ComponentType<P>>): Lazy<P> {
  let page: ComponentType<P> | undefined;
  let coming: Promise<void> | undefined;
  const here = (): boolean => page !== undefined;
  const fetch = (services: Services): Promise<void> => {
    coming ??= load(services).then((found) => { page = found; }, (error: unknown) => {
      coming = undefined;
      throw error;
    });
    return coming;
  };
  function Page(props: P) {
    const services = useServices();
    const [state, setState] = useState<"coming" | "here" | "lost">("coming");
    useEffect(() => {
      void fetch(services).then(() => setState("here"), () => setState("lost")); // also when it came between drawing and here
    }, []);
    const Found = page;
    if (Found) return <Found {...props} />;
    return state === "lost" ? <Lost /> : <Coming />;
  }
  return Object.assign(Page, { here, fetch });
}

export function Coming() {
  const words = useWords();
  useTheme(false);
  return <main id="main" class="page waiting"><span class="spinner" role="status" aria-label={words.rooms.loading} /></main>;
}

/** A new version is loaded by itself, once; otherwise the reason and a button. */
function Lost() {
  const { parts } = useServices();
  const words = useWords();
  const [why, setWhy] = useState<LostPart | undefined>();
  useTheme(false);
  useEffect(() => void parts.whyLost().then(setWhy), [parts]);
  if (why === undefined) return <Coming />;
  const text = words.lost_part[why];
  return (
    <main id="main" class="page waiting">
      <div class="lost-part" role="alert">
        <h1 class="page-title"><Icon name={why === "updated" ? "refresh" : "alert"} size={24} />{text.title}</h1>
        <p>{text.help}</p>
        <p><Button kind="main" icon="refresh" onClick={() => parts.reload()}>{words.reload_page}</Button></p>
      </div>
    </main>
  );
}
