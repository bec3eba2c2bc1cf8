// What held over time, as a time line: newest first.
import { dateOf } from "../i18n/words";
import type { Words } from "../i18n/words";
import type { Lang } from "../model/prefs";
import type { Past } from "../protocol/records";
import { usePrefs, useServices, useWords } from "./hooks";
import { inLang, ruleValueText } from "./policytext";
import { Nothing, Shown, useRead } from "./reading";

/** What a row says, in words. */
export function pastText(words: Words["records"], lang: Lang, past: Past): string {
  const of = <T extends Readonly<Record<string, string>>>(table: T, key: string): string => table[key] ?? key;
  switch (past.what) {
    case "parent":
      return past.parent_name ?? "";
    case "name":
      return past.note ? `${past.text} · ${of(words.org_kinds, past.note)}` : past.text;
    case "kind":
      return of(words.person_kinds, past.text);
    case "membership":
      return past.org_name ?? "";
    case "post":
      return [past.text, past.org_name].filter(Boolean).join(" · ");
    case "category":
      return past.text;
    case "grant":
      return [of(words.roles, past.text), past.org_name, past.note].filter(Boolean).join(" · ");
    case "policy":
      return `${past.title ? inLang(past.title, lang) : past.text} · ${ruleValueText(words, past.note)}`;
  }
}

export function History({ of, id }: { readonly of: "orgs" | "people"; readonly id: number }) {
  const words = useWords().records;
  const { records } = useServices();
  const { lang } = usePrefs();
  const read = useRead(() => records.history(of, id), `${of}/${id}`);
  return (
    <Shown read={read}>
      {(items) => {
        const rows = [...items].filter((r) => pastText(words, lang, r) !== "").sort((a, b) => b.from_ms - a.from_ms);
        if (rows.length === 0) return <Nothing icon="list" title={words.history.none} />;
        return (
          <ol class="timeline">
            {rows.map((row) => (
              <li key={`${row.what}-${row.id}`} class={row.to_ms === undefined ? "now" : ""}>
                <p class="timeline-when figures">{dateOf(row.from_ms, lang)}{" – "}{row.to_ms === undefined ? words.history.now : dateOf(row.to_ms, lang)}</p>
                <p><span class="timeline-what">{words.history.facts[row.what] ?? row.what}</span> {pastText(words, lang, row)}</p>
              </li>
            ))}
          </ol>
        );
      }}
    </Shown>
  );
}
