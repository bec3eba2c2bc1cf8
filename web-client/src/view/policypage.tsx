// Policy of one organisation: what applies, where it comes from, why; and setting an own value.
import { useState } from "preact/hooks";
import type { Words } from "../i18n/words";
import type { PolicyItem } from "../protocol/records";
import { ActDialog, SelectField, TextField } from "./forms";
import { Frame, Link, PageTitle, say } from "./frame";
import { usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button, Dialog } from "./parts";
import { OrgPicker } from "./pickers";
import { Shown, useRead } from "./reading";
import { Retention } from "./retention";

function valueText(words: Words["records"], item: PolicyItem, value: string): string {
  if (item.type === "days") return words.policy.days(Number(value));
  if (item.type === "switch") return value === "on" ? words.policy.on : words.policy.off;
  return words.policy.choices[value] ?? value;
}

export function PolicyPage({ org }: { readonly org: number }) {
  const { records: words, credit: { rules } } = useWords();
  const { records, go } = useServices();
  const place = useRead(() => records.org(org), org);
  const read = useRead(() => records.policy(org), org);
  const [choosing, setChoosing] = useState(false);
  const [setting, setSetting] = useState<PolicyItem | undefined>();
  const name = place.value?.value.name;
  return (
    <Frame at="policy" title={words.sections.policy}>
      <div class="sheet">
        <PageTitle title={name === undefined ? words.sections.policy : words.policy.title(name)} text={words.policy.text}>
          <Link to={`/rules/${org}`} class="button">{rules.link}</Link>
          <Button icon="tree" onClick={() => setChoosing(true)}>{words.policy.other}</Button>
        </PageTitle>
        <Shown read={read}>
          {({ items, may_set }) => (
            <div class="policies">
              <ul class="policies">
                {items.map((item) => <PolicyCard key={item.key} item={item} {...(may_set ? { onSet: () => setSetting(item) } : {})} />)}
              </ul>
              <Retention org={org} items={items} key={org} />
            </div>
          )}
        </Shown>
      </div>
      {choosing && (
        <Dialog title={words.policy.other} onClose={() => setChoosing(false)}>
          <OrgPicker label={words.policy.org} value={undefined} onChange={(chosen) => { setChoosing(false); if (chosen) go(`/policy/${chosen.id}`); }} />
        </Dialog>
      )}
      {setting && <SetPolicy org={org} item={setting} onClose={() => setSetting(undefined)} onDone={read.again} />}
    </Frame>
  );
}

function PolicyCard({ item, onSet }: { readonly item: PolicyItem; readonly onSet?: () => void }) {
  const words = useWords().records;
  const { lang } = usePrefs();
  const said = lang === "en" ? "en" : "zh";
  return (
    <li class="card policy" data-policy={item.key}>
      <div class="policy-head">
        <h2>{item.title[said]}</h2>
        <p class="policy-value figures"><strong>{valueText(words, item, item.value)}</strong></p>
        {onSet && <Button kind="quiet" onClick={onSet}>{words.policy.set}<span class="sr"> {item.title[said]}</span></Button>}
      </div>
      <p class="policy-source figures">
        <span class={item.why === "own" ? "tag role" : "tag"}>{words.policy.source[item.why](item.org_name ?? "")}</span>
        {item.own !== null && item.why !== "own" && <span>{words.policy.own}{" "}{valueText(words, item, item.own)}</span>}
        {item.why !== "default" && <span>{words.policy.default(valueText(words, item, item.default))}</span>}
      </p>
      {item.later !== undefined && <p class="line-says"><Icon name="info" />{item.later[said]}</p>}
      <details>
        <summary>{words.policy.reason}</summary>
        <p>{item.reason[said]}</p>
        <p class="policy-law"><strong>{words.policy.law}</strong>{" "}{item.law[said]}</p>
      </details>
    </li>
  );
}

function SetPolicy({ org, item, onClose, onDone }: { readonly org: number; readonly item: PolicyItem; readonly onClose: () => void; readonly onDone: () => Promise<void> }) {
  const words = useWords().records;
  const { records } = useServices();
  const { lang } = usePrefs();
  const [use_upper, setUseUpper] = useState<"own" | "upper">("own");
  const [value, setValue] = useState(item.own ?? item.value);
  const [why, setWhy] = useState("");
  const act = async (): Promise<void> => {
    await records.setPolicy(org, item.key, use_upper === "upper" ? null : value, why.trim());
    await onDone();
    say(words.policy.saved);
  };
  const choices = item.type === "switch" ? ["off", "on"] : item.choices ?? [];
  const range = words.policy.between(item.min ?? 0, item.max ?? 0);
  const bound = item.more_is_stricter ? words.policy.stricter_more : words.policy.stricter_less;
  return (
    <ActDialog title={words.policy.set_title(item.title[lang === "en" ? "en" : "zh"])} yes={words.forms.save} onClose={onClose} act={act} {...(why.trim() ? {} : { missing: words.forms.required })}>
      {item.own !== null && (
        <SelectField label={words.policy.own} value={use_upper} onChange={setUseUpper} options={[["own", words.policy.new_value], ["upper", words.policy.use_upper]]} />
      )}
      {use_upper === "own" && (item.type === "days"
        ? <TextField label={words.policy.days_field} name="value" type="number" value={value} onChange={setValue} hint={item.why === "upper" ? `${range} · ${bound}` : range} />
        : <SelectField label={words.policy.new_value} name="value" value={value} onChange={setValue} options={choices.map((c) => [c, valueText(words, item, c)] as const)} />)}
      <TextField label={words.forms.why} name="why" value={why} onChange={setWhy} hint={words.forms.why_hint} long />
    </ActDialog>
  );
}
