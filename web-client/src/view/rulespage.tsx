// How classes become hours at one organisation: what applies and whose rule binds, and setting the own one with a look at what it changes.
import { useState } from "preact/hooks";
import type { Words } from "../i18n/words";
import { dateOf, duration } from "../i18n/words";
import { hoursText } from "../model/creditcard";
import { formOf, ruleOf } from "../model/ruleform";
import type { RuleForm } from "../model/ruleform";
import { EFFECTS, RULE_NUMBERS } from "../protocol/rules";
import type { CreditRule, CreditRules, EffectName, Effects, RuleMember, RuleNumber } from "../protocol/rules";
import { RequestError } from "../protocol/socket";
import { ActDialog, SelectField, TextField } from "./forms";
import { Frame, Link, PageTitle, say } from "./frame";
import { usePrefs, useServices, useWords } from "./hooks";
import { Icon } from "./icons";
import { Button } from "./parts";
import { Shown, useRead } from "./reading";
import type { Lang } from "../model/prefs";

function effectText(words: Words, lang: Lang, effects: Effects, name: EffectName): string {
  const { value } = effects[name];
  const { rules } = words.credit;
  switch (name) {
    case "presence_s":
      return duration(value * 1_000, lang);
    case "checks":
      return rules.of_checks(value, effects.checks_sent);
    case "gaps_counted":
      return value ? rules.gaps.counted : rules.gaps.excused;
    case "unproved_dropped":
      return value ? rules.unproved.dropped : rules.unproved.kept;
    default:
      return value > 0 ? words.classes.card.hours(hoursText(value)) : rules.none;
  }
}

export function RulesPage({ org }: { readonly org: number }) {
  const words = useWords();
  const { rules: said } = words.credit;
  const { records, rules } = useServices();
  const place = useRead(() => records.org(org), org);
  const read = useRead(() => rules.of(org), org);
  const [setting, setSetting] = useState(false);
  const name = place.value?.value.name;
  return (
    <Frame at="policy" title={said.title}>
      <div class="sheet">
        <p><Link to={`/policy/${org}`} class="back-link"><Icon name="left" size={18} />{words.records.sections.policy}</Link></p>
        <PageTitle title={name === undefined ? said.title : said.title_of(name)} text={said.text}>
          {read.value?.may_set && <Button icon="check" onClick={() => setSetting(true)}>{said.set}</Button>}
        </PageTitle>
        <Shown read={read}>
          {(found) => (
            <>
              <section class="card sheet-card" aria-label={said.applies}>
                <div class="card-head"><h2>{said.applies}</h2></div>
                <p class="rules-note">{said.lesson(Math.round(found.effects.lesson_s / 60))}</p>
                <EffectList effects={found.effects} />
              </section>
              <Levels found={found} />
            </>
          )}
        </Shown>
      </div>
      {setting && read.value && <SetRule found={read.value} onClose={() => setSetting(false)} onDone={read.again} />}
    </Frame>
  );
}

/** With `before`, what differs is marked. */
function EffectList({ effects, before }: { readonly effects: Effects; readonly before?: Effects }) {
  const words = useWords();
  const { lang } = usePrefs();
  const { rules } = words.credit;
  return (
    <dl class="pairs rules-effects">
      {EFFECTS.map((name) => {
        const now = effectText(words, lang, effects, name);
        const was = before && effectText(words, lang, before, name);
        return (
          <div key={name} data-effect={name}>
            <dt>{rules.effects[name]}</dt>
            <dd class="figures">
              {was !== undefined && was !== now && <><s class="pale">{was}</s>{" → "}</>}
              <strong>{now}</strong>{" "}
              <span class={effects[name].why === "own" ? "tag role" : "tag"}>{rules.whose[effects[name].why](effects[name].org_name ?? "")}</span>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function Levels({ found }: { readonly found: CreditRules }) {
  const words = useWords().credit.rules;
  const { lang } = usePrefs();
  return (
    <section class="card sheet-card" aria-label={words.levels}>
      <div class="card-head"><h2>{words.levels}</h2></div>
      {found.rules.length === 0
        ? <p class="card-none">{words.no_levels}</p>
        : (
          <ul class="rows">
            {found.rules.map(({ own, org, org_name, since_ms, rule }) => {
              const form = formOf(rule);
              return (
                <li class="row" key={org ?? since_ms}>
                  <span class="row-main">{org_name ?? words.above}{own && <span class="tag role">{words.own}</span>}</span>
                  <span class="row-more figures">{[words.since(dateOf(since_ms, lang)), words.summary(form.hour_s, form.presence_percent, form.checks_needed, form.checks_of)].join(" · ")}</span>
                </li>
              );
            })}
          </ul>
        )}
    </section>
  );
}

/** What would apply then, with the rule that is typed; the server names the member that is wrong. */
function usePreview(org: number, rule: CreditRule | undefined | RuleNumber) {
  const { members, bad_member, no_number } = useWords().credit.rules;
  const { rules } = useServices();
  const read = useRead(async () => (typeof rule === "string" ? undefined : rules.preview(org, rule)), JSON.stringify(rule ?? null));
  const field = read.error instanceof RequestError && read.error.code === "rule.member" ? read.error.field : undefined;
  const trouble = typeof rule === "string" ? no_number(members[rule]) : field === undefined ? undefined : bad_member(field in members ? members[field as RuleMember] : field);
  return { effects: read.value?.preview, trouble };
}

function SetRule({ found, onClose, onDone }: { readonly found: CreditRules; readonly onClose: () => void; readonly onDone: () => Promise<void> }) {
  const words = useWords();
  const { rules: said } = words.credit;
  const { rules } = useServices();
  const own = found.rules.find((level) => level.own);
  const [mode, setMode] = useState<"own" | "none">("own");
  const [form, setForm] = useState<RuleForm>(formOf(own?.rule ?? found.usual));
  const [why, setWhy] = useState("");
  const rule = mode === "none" ? undefined : ruleOf(form);
  const { effects, trouble } = usePreview(found.org, rule);
  const change = (name: RuleMember) => (value: string): void => setForm({ ...form, [name]: value });
  const missing = trouble ?? (why.trim() ? undefined : words.records.forms.required);
  const act = async (): Promise<void> => {
    await rules.set(found.org, typeof rule === "string" ? undefined : rule, why.trim());
    await onDone();
    say(said.saved);
  };
  return (
    <ActDialog title={said.set_title} yes={said.yes} onClose={onClose} act={act} {...(missing === undefined ? {} : { missing })}>
      {own && <SelectField label={said.own_rule} name="mode" value={mode} onChange={setMode} options={[["own", said.own_values], ["none", said.take_away]]} />}
      {mode === "own" && (
        <div class="rules-form">
          {RULE_NUMBERS.map((name) => <TextField key={name} label={said.members[name]} name={name} value={form[name]} onChange={change(name)} {...(said.hints[name] ? { hint: said.hints[name] } : {})} />)}
          <SelectField label={said.members.gaps} name="gaps" value={form.gaps} onChange={change("gaps")} options={[["excused", said.gaps.excused], ["counted", said.gaps.counted]]} />
          <SelectField label={said.members.unproved} name="unproved" value={form.unproved} onChange={change("unproved")} options={[["kept", said.unproved.kept], ["dropped", said.unproved.dropped]]} />
        </div>
      )}
      <section class="rules-preview" aria-label={said.preview} aria-live="polite">
        <h3>{said.preview}</h3>
        {trouble !== undefined ? <p class="field-trouble">{trouble}</p> : effects && <EffectList effects={effects} before={found.effects} />}
      </section>
      <TextField label={words.records.forms.why} name="why" value={why} onChange={setWhy} hint={words.records.forms.why_hint} long />
    </ActDialog>
  );
}
