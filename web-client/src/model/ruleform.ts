// A credit rule as a form has it: minutes and hours instead of seconds and thousandths.
import type { CreditRule, RuleMember, RuleNumber } from "../protocol/rules";

/** What is typed for each number, and the two choices. */
export type RuleForm = Readonly<Record<RuleMember, string>>;

const SCALES: Readonly<Record<RuleNumber, number>> = {
  hour_s: 60, presence_percent: 1, checks_needed: 1, checks_of: 1, day_hours_milli: 1_000, year_hours_milli: 1_000, year_target_milli: 1_000,
};

export function formOf(rule: CreditRule): RuleForm {
  const numbers = Object.entries(SCALES).map(([name, scale]) => [name, String(rule[name as RuleNumber] / scale)]);
  return { ...Object.fromEntries(numbers), gaps: rule.gaps, unproved: rule.unproved } as RuleForm;
}

/** The rule, or the first member that is no number. Bounds are the server's. */
export function ruleOf(form: RuleForm): CreditRule | RuleNumber {
  const rule: Partial<Record<RuleNumber, number>> = {};
  for (const [key, scale] of Object.entries(SCALES)) {
    const name = key as RuleNumber;
    if (!/^\d{1,6}(\.\d{1,3})?$/.test(form[name].trim())) return name;
    rule[name] = Math.round(Number(form[name]) * scale);
  }
  return { ...(rule as Record<RuleNumber, number>), gaps: form.gaps === "counted" ? "counted" : "excused", unproved: form.unproved === "dropped" ? "dropped" : "kept" };
}
