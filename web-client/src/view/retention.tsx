// What the erasing by days has removed at an organisation and below, and when it last ran.
import { dateTime } from "../i18n/words";
import type { PolicyItem, RetentionRun } from "../protocol/records";
import { usePrefs, useServices, useWords } from "./hooks";
import { Shown, useRead } from "./reading";

export function Retention({ org, items }: { readonly org: number; readonly items: readonly PolicyItem[] }) {
  const words = useWords().records.policy.retention;
  const { records } = useServices();
  const read = useRead(() => records.retention(org), org);
  return (
    <section class="card policy" aria-labelledby="retention-title" data-retention>
      <div class="policy-head"><h2 id="retention-title">{words.title}</h2></div>
      <p>{words.text}</p>
      <Shown read={read}>{(runs) => <Run run={runs[0]} items={items} />}</Shown>
    </section>
  );
}

function Run({ run, items }: { readonly run: RetentionRun | undefined; readonly items: readonly PolicyItem[] }) {
  const words = useWords().records.policy.retention;
  const { lang } = usePrefs();
  if (run === undefined) return <p class="policy-source">{words.never}</p>;
  const removed = items.filter((item) => (run.removed[item.key] ?? 0) > 0);
  return (
    <>
      <p class="policy-source figures">
        <span>{words.last(dateTime(run.started_ms, lang))}</span>
        {run.finished_ms === null ? <span>{words.under_way}</span> : removed.length === 0 && <span>{words.nothing}</span>}
      </p>
      {removed.length > 0 && (
        <ul class="retention-removed figures">
          {removed.map((item) => <li key={item.key}>{words.removed(item.title[lang === "en" ? "en" : "zh"], run.removed[item.key] ?? 0)}</li>)}
        </ul>
      )}
    </>
  );
}
