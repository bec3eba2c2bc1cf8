// What a page reads from the server: waiting for it, showing it, saying why not.
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { RequestError } from "../protocol/socket";
import { Refusal } from "./forms";
import { useAskedAgain, useWords } from "./hooks";
import { Icon } from "./icons";
import type { IconName } from "./icons";
import { Button } from "./parts";

export interface Read<T> {
  readonly value?: T;
  readonly error?: unknown;
  /** Reads again; what was there stays until the answer comes. */
  readonly again: () => Promise<void>;
}

/** Reads when `key` changes. Who is signed in no more sees the sign-in page. */
export function useRead<T>(read: () => Promise<T>, key: unknown): Read<T> {
  const onRefused = useAskedAgain();
  const [state, setState] = useState<{ readonly key: unknown; readonly value?: T; readonly error?: unknown }>({ key });
  const latest = useRef({ read, key, onRefused });
  latest.current = { read, key, onRefused };
  const again = useCallback(async () => {
    const asked = latest.current;
    try {
      const value = await asked.read();
      if (latest.current.key === asked.key) setState({ key: asked.key, value });
    } catch (error) {
      if (latest.current.key === asked.key) setState({ key: asked.key, error });
      await asked.onRefused(error);
    }
  }, []);
  useEffect(() => void again(), [key, again]);
  const fresh = state.key === key;
  return { again, ...(fresh && state.value !== undefined ? { value: state.value } : {}), ...(fresh && state.error !== undefined ? { error: state.error } : {}) };
}

export function Loading() {
  const words = useWords();
  return <p class="waiting-line" role="status"><span class="spinner" aria-hidden="true" /> {words.records.list.loading}</p>;
}

export function Nothing({ icon, title, help, children }: { readonly icon: IconName; readonly title: string; readonly help?: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={icon} size={40} />
      <p class="empty-title">{title}</p>
      {help && <p>{help}</p>}
      {children}
    </div>
  );
}

/** What is not there, or not the user's, will not be there at the next try. */
function isFinal(error: unknown): boolean {
  return error instanceof RequestError && (error.code === "not_found" || error.code === "forbidden");
}

export function Shown<T>({ read, children }: { readonly read: Read<T>; readonly children: (value: T) => ComponentChildren }) {
  const words = useWords();
  if (read.value !== undefined) return <>{children(read.value)}</>;
  if (read.error === undefined) return <Loading />;
  return (
    <div class="read-failed">
      <Refusal error={read.error} />
      {!isFinal(read.error) && <Button icon="refresh" onClick={() => void read.again()}>{words.retry}</Button>}
    </div>
  );
}
