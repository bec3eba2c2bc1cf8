// Account and password, or the provider where there is one, and nothing else to think about.
import { useEffect, useState } from "preact/hooks";
import { failure, failureOf, signInFailureOf } from "../model/failure";
import type { Failure } from "../model/failure";
import { RequestError } from "../protocol/socket";
import { useServices, useTheme, useWords } from "./hooks";
import { Hall, Mark } from "./icons";
import { Button, IconButton, Problem } from "./parts";
import { takeSignInLost } from "./saying";
import { SettingsMenu } from "./settings";

function signInFailure(error: unknown): Failure {
  const refused = error instanceof RequestError && (error.code === "not_signed_in" || error.code === "forbidden" || error.code === "not_found");
  return refused ? failure("wrong_password") : failureOf(error);
}

/** Said once: a page that is loaded again does not say it again. */
function takeFailure(): Failure | undefined {
  if (takeSignInLost()) return failure("not_signed_in");
  const said = signInFailureOf(location.search);
  if (said) history.replaceState(null, "", location.pathname);
  return said;
}

function useProvider(): string | undefined {
  const { api } = useServices();
  const [provider, setProvider] = useState<string | undefined>();
  useEffect(() => {
    api.provider().then(setProvider, () => undefined); // without an answer there is the password
  }, []);
  return provider;
}

export function SignIn() {
  const words = useWords();
  const { api, account } = useServices();
  const [busy, setBusy] = useState<"" | "asked" | "queue">("");
  const [trouble, setTrouble] = useState<Failure | "empty" | undefined>(takeFailure);
  const [shown, setShown] = useState(false);
  const provider = useProvider();
  useTheme(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const name = String(form.get("account") ?? "").trim();
    const password = String(form.get("password") ?? "");
    if (!name || !password) return setTrouble("empty");
    setBusy("asked");
    setTrouble(undefined);
    try {
      account.set(await api.signIn(name, password, () => setBusy("queue")));
    } catch (error) {
      setTrouble(signInFailure(error));
      setBusy("");
    }
  };
  return (
    <div class="page sign-in">
      <header class="page-corner"><SettingsMenu /></header>
      <Hall />
      <main id="main" class="sign-in-main">
        <div class="brand">
          <Mark size={56} />
          <div>
            <h1 class="brand-name">{words.product}</h1>
            <p class="brand-line">{words.tagline}</p>
          </div>
        </div>
        <form class="card sign-in-card" onSubmit={(event) => void submit(event)} noValidate>
          <h2 class="sr">{words.sign_in.title}</h2>
          <label class="field">
            <span class="field-label">{words.sign_in.account}</span>
            <input class="input" name="account" autoComplete="username" autoCapitalize="none" spellcheck={false} autofocus />
          </label>
          <label class="field">
            <span class="field-label">{words.sign_in.password}</span>
            <span class="input-with">
              <input class="input" name="password" type={shown ? "text" : "password"} autoComplete="current-password" />
              <IconButton icon={shown ? "eye_off" : "eye"} label={shown ? words.sign_in.hide_password : words.sign_in.show_password} onClick={() => setShown(!shown)} />
            </span>
          </label>
          {trouble === "empty" && <p class="field-trouble" role="alert">{words.sign_in.need_both}</p>}
          {trouble && trouble !== "empty" && <Problem failure={trouble} />}
          <Button kind="main" wide type="submit" disabled={busy !== ""}>{busy ? words.sign_in.busy : words.sign_in.go}</Button>
          {busy === "queue" && <p class="card-hint" role="status">{words.sign_in.queue}</p>}
          {provider !== undefined && (
            <a class="button wide" href={`/api/v1/session/oidc?page=${encodeURIComponent(location.pathname)}`}>{words.sign_in.by_provider(provider)}</a>
          )}
          <p class="card-hint">{words.sign_in.help}</p>
        </form>
      </main>
    </div>
  );
}
