// Who may switch what on: rules by role, by an organisation and those below, and by one site.
import { useEffect, useState } from "preact/hooks";
import { sameRule } from "../model/floor";
import type { Meeting } from "../model/meeting";
import type { RoomState } from "../model/room";
import { RULE_VALUES } from "../protocol/messages";
import type { Rule, Source, SourcePlace, SourceRule, SourceRuleFields } from "../protocol/messages";
import type { Words } from "../i18n/words";
import { SelectField } from "./forms";
import { useWords } from "./hooks";
import { Button, Dialog, IconButton } from "./parts";

interface RulesProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
  readonly onClose: () => void;
}

const SOURCES = ["mic", "camera", "screen"] as const satisfies readonly Source[];

/** "role:participant", "below:3", "site:4" */
type Who = string;

function whoOf(rule: SourceRule, w: Words["floor"]): string {
  if (rule.role !== undefined) return rule.role === "presenter" ? w.presenters : w.everybody;
  const name = rule.name ?? "";
  return rule.subtree ? w.scope_below(name) : name;
}

function fieldsOf(who: Who, source: Source, rule: Rule): SourceRuleFields {
  const [kind, id] = who.split(":");
  if (kind === "role") return { source, rule, role: id === "presenter" ? "presenter" : "participant" };
  return { source, rule, org: Number(id), ...(kind === "below" ? { subtree: true } : {}) };
}

function choices(places: readonly SourcePlace[], w: Words["floor"]): readonly (readonly [Who, string])[] {
  return [
    ["role:participant", w.everybody], ["role:presenter", w.presenters],
    ...places.filter((p) => p.seats > 1 || !p.site).map((p) => [`below:${p.org}`, w.below(p.name, p.seats)] as const),
    ...places.filter((p) => p.site).map((p) => [`site:${p.org}`, w.one_site(p.name)] as const),
  ];
}

export function RulesDialog({ meeting, state, onClose }: RulesProps) {
  const { floor: w } = useWords();
  const [places, setPlaces] = useState<readonly SourcePlace[]>([]);
  const [source, setSource] = useState<Source>("mic");
  const [who, setWho] = useState<Who>("role:participant");
  const [word, setWord] = useState<Rule>("deny");
  useEffect(() => {
    void meeting.floor.places().then(setPlaces);
  }, [meeting]);
  const { rules } = state.room;
  const set = (fields: SourceRuleFields): void => void meeting.floor.rule(fields, sameRule(rules, fields));
  const submit = (event: Event): void => {
    event.preventDefault();
    set(fieldsOf(who, source, word));
    onClose();
  };
  return (
    <Dialog title={w.rules_title} onClose={onClose}>
      <p class="dialog-text">{w.rules_help}</p>
      {rules.length === 0 && <p class="field-hint">{w.rules_none}</p>}
      <ul class="rule-list">{rules.map((rule) => <RuleRow key={`${rule.source} ${rule.role ?? rule.org} ${rule.subtree}`} rule={rule} onClear={() => set({ ...withoutName(rule), rule: "clear" })} />)}</ul>
      <form class="dialog-form" onSubmit={submit}>
        <SelectField label={w.rule_who} name="who" value={who} options={choices(places, w)} onChange={setWho} />
        <SelectField label={w.rule_what} name="source" value={source} options={SOURCES.map((s) => [s, w.sources[s]] as const)} onChange={setSource} />
        <SelectField label={w.rule_word} name="rule" value={word} options={RULE_VALUES.filter((r) => r !== "clear").map((r) => [r, w.words[r]] as const)} onChange={setWord} />
        <div class="dialog-acts"><Button kind="main" type="submit">{w.rule_set}</Button></div>
      </form>
    </Dialog>
  );
}

function withoutName({ name: _, ...rule }: SourceRule): SourceRuleFields {
  return rule;
}

function RuleRow({ rule, onClear }: { readonly rule: SourceRule; readonly onClear: () => void }) {
  const { floor: w } = useWords();
  const text = w.rule_line(whoOf(rule, w), w.sources[rule.source], rule.rule === "allow");
  return <li class="rule-row"><span>{text}</span><IconButton icon="close" label={w.rule_clear(text)} onClick={onClear} /></li>;
}
