// Credit rules of organisations over REST. Shapes as openapi.json has them.
import { address, Rest } from "./rest";

export const RULE_NUMBERS = ["hour_s", "presence_percent", "checks_needed", "checks_of", "day_hours_milli", "year_hours_milli", "year_target_milli"] as const;
export type RuleNumber = (typeof RULE_NUMBERS)[number];

/** Hours in thousandths; 0 of a year's: none. */
export type CreditRule = Readonly<Record<RuleNumber, number>> & { readonly gaps: "excused" | "counted"; readonly unproved: "kept" | "dropped" };
export type RuleMember = keyof CreditRule;

export interface RuleLevel {
  readonly own: boolean;
  readonly org?: number;
  readonly org_name?: string;
  readonly since_ms: number;
  readonly rule: CreditRule;
}

export interface Effect {
  readonly value: number;
  readonly why: "default" | "own" | "upper";
  readonly org_name?: string;
}

export const EFFECTS = ["presence_s", "checks", "milli_hours", "day_hours_milli", "year_hours_milli", "year_target_milli", "gaps_counted", "unproved_dropped"] as const;
export type EffectName = (typeof EFFECTS)[number];

/** Of a class of `lesson_s` with `checks_sent` checks. */
export type Effects = Readonly<Record<EffectName, Effect>> & { readonly lesson_s: number; readonly checks_sent: number };

export interface CreditRules {
  readonly org: number;
  readonly may_set: boolean;
  /** From the root down. */
  readonly rules: readonly RuleLevel[];
  readonly effects: Effects;
  /** With the rule that was asked about. */
  readonly preview?: Effects;
  readonly usual: CreditRule;
}

const V1 = "/api/v1";

export class Rules {
  constructor(private readonly rest: Rest) {}

  of(org: number): Promise<CreditRules> {
    return this.rest.get(`${V1}/orgs/${org}/rule`);
  }

  /** What would apply with this rule; undefined: without an own one. Sets nothing. */
  preview(org: number, rule: CreditRule | undefined): Promise<CreditRules> {
    return this.rest.get(address(`${V1}/orgs/${org}/rule`, { preview: rule ? JSON.stringify(rule) : "none" }));
  }

  set(org: number, rule: CreditRule | undefined, why: string): Promise<CreditRules> {
    return this.rest.post(`${V1}/orgs/${org}/rule`, { ...(rule ? { rule } : {}), why });
  }
}
