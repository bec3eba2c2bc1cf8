// While a plan is made: what else is at that time for its sites. Told as soon as it is known, and asked about before the plan is saved.
import { useEffect, useRef, useState } from "preact/hooks";
import { planBody, troubleOf } from "../model/classplan";
import type { Typed } from "../model/classplan";
import type { ClassFull } from "../protocol/classes";
import type { Overlap, OverlapQuery } from "../protocol/invites";
import { OverlapRows } from "./classinvite";
import { useServices, useWords } from "./hooks";
import { Icon } from "./icons";

const STILL_MS = 500;

function queryOf(typed: Typed, org: number | undefined, changes: ClassFull | undefined): OverlapQuery | undefined {
  if (troubleOf({ ...typed, title: "-" }) !== undefined || (org === undefined && !changes)) return undefined;
  const { start_ms, end_ms } = planBody(typed, "");
  const whom = changes ? { ...(changes.org === undefined ? {} : { org: changes.org }), ...(changes.target === undefined ? {} : { target: changes.target }), except: changes.id } : { org };
  return { ...whom, subtree: typed.subtree, start_ms, end_ms } as OverlapQuery;
}

export interface PlanOverlaps {
  readonly rows: readonly Overlap[];
  /** Whether the plan may be sent now: nothing meets, or what does has been shown before. What cannot be asked hinders nobody. */
  readonly settle: () => Promise<boolean>;
}

export function usePlanOverlaps(typed: Typed, org: number | undefined, changes: ClassFull | undefined): PlanOverlaps {
  const { invites } = useServices();
  const query = queryOf(typed, org, changes);
  const key = JSON.stringify(query);
  const latest = useRef(key);
  latest.current = key;
  const [found, setFound] = useState<{ readonly key: string; readonly rows: readonly Overlap[] }>({ key: "", rows: [] });
  const ask = async (): Promise<readonly Overlap[]> => {
    const rows = query ? await invites.overlapsOf(query).catch(() => []) : [];
    if (latest.current === key) setFound({ key, rows });
    return rows;
  };
  useEffect(() => {
    const timer = setTimeout(() => void ask(), STILL_MS);
    return () => clearTimeout(timer);
  }, [key]);
  const settle = async (): Promise<boolean> => (found.key === key ? true : (await ask()).length === 0);
  return { rows: found.key === key ? found.rows : [], settle };
}

export function PlanWarning({ rows }: { readonly rows: readonly Overlap[] }) {
  const words = useWords().invite.overlaps;
  if (rows.length === 0) return null;
  return (
    <div class="plan-warning" role="status" data-part="overlaps">
      <p class="plan-warning-title"><Icon name="alert" size={20} /> {words.plan_title}</p>
      <OverlapRows rows={rows} />
      <p class="field-hint">{words.text}</p>
    </div>
  );
}
