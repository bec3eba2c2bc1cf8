// A year's hours as a picture: a ring to the target where there is one, else a bar for each month.
import { hoursText, monthsOf, partOf } from "../model/creditcard";
import type { CreditEntry } from "../protocol/classes";
import { useWords } from "./hooks";

const RADIUS = 54;
const ROUND = 2 * Math.PI * RADIUS;

export function Ring({ milli_hours, target }: { readonly milli_hours: number; readonly target: number }) {
  const words = useWords().credit.year;
  const part = partOf(milli_hours, target);
  return (
    <figure class="year-ring" data-part="ring">
      <svg viewBox="0 0 128 128" width="168" height="168" role="img" aria-label={words.ring(hoursText(milli_hours), hoursText(target), Math.floor(part * 100))}>
        <circle class="ring-whole" cx="64" cy="64" r={RADIUS} />
        {part > 0 && <circle class={part >= 1 ? "ring-part full" : "ring-part"} cx="64" cy="64" r={RADIUS} stroke-dasharray={`${ROUND * part} ${ROUND}`} transform="rotate(-90 64 64)" />}
        <text x="64" y="66" class="ring-hours">{hoursText(milli_hours)}</text>
        <text x="64" y="86" class="ring-of">{words.of(hoursText(target))}</text>
      </svg>
      <figcaption>{part >= 1 ? words.reached : words.left(hoursText(target - milli_hours))}</figcaption>
    </figure>
  );
}

const HEIGHT = 64;
const STEP = 24;

export function Months({ entries }: { readonly entries: readonly CreditEntry[] }) {
  const words = useWords().credit.year;
  const months = monthsOf(entries);
  const most = Math.max(...months);
  if (most <= 0) return null;
  return (
    <figure class="year-months" data-part="months">
      <svg viewBox={`0 0 ${12 * STEP} ${HEIGHT + 32}`} role="img" aria-label={words.months(months.map((milli, at) => (milli > 0 ? words.month_hours(at + 1, hoursText(milli)) : "")).filter(Boolean).join(words.comma))}>
        {months.map((milli, at) => {
          const height = milli > 0 ? Math.max(2, (HEIGHT * milli) / most) : 0;
          return (
            <g key={at}>
              {milli > 0 && <text class="month-value" x={at * STEP + STEP / 2} y={HEIGHT + 10 - height}>{hoursText(milli)}</text>}
              <rect class="month-bar" x={at * STEP + 5} y={HEIGHT + 14 - height} width={STEP - 10} height={height} />
              <text class="month-name" x={at * STEP + STEP / 2} y={HEIGHT + 28}>{at + 1}</text>
            </g>
          );
        })}
      </svg>
      <figcaption class="pale">{words.by_month}</figcaption>
    </figure>
  );
}
