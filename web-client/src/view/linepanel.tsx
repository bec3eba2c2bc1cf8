// The own line in figures: the sentence, what the figures are now, the last minutes as small charts, and every slot in a table.
import { useEffect } from "preact/hooks";
import { bitrate, percent } from "../i18n/words";
import type { LineView } from "../model/linewatch";
import type { Meeting } from "../model/meeting";
import type { RoomState } from "../model/room";
import type { LineSecond, SlotLine } from "../protocol/messages";
import { useCell, useWords } from "./hooks";
import { Icon } from "./icons";
import { Dialog } from "./parts";

interface LinePanelProps {
  readonly meeting: Meeting;
  readonly state: RoomState;
  readonly onClose: () => void;
}

export function LinePanel({ meeting, state, onClose }: LinePanelProps) {
  const words = useWords();
  const view = useCell(meeting.line_watch.view);
  const { profile } = useCell(meeting.bounds);
  useEffect(() => meeting.line_watch.open(), [meeting]);
  const good = view.judgement === "good";
  return (
    <Dialog title={words.stats.title} onClose={onClose}>
      <p class={good ? "line-says good" : "line-says warn"} role="status"><Icon name={good ? "check" : "alert"} />{words.quality.sentences[view.judgement]}</p>
      {profile !== "full" && <p class="dialog-text">{words.quality.profile(words.line.profiles[profile])}</p>}
      {!view.figures && view.seconds.length === 0 ? <p class="dialog-text" role="status">{words.stats.wait}</p> : <Facts view={view} />}
      {view.seconds.length > 1 && <Charts seconds={view.seconds} />}
      {view.slots.length > 0 && <SlotTable meeting={meeting} state={state} slots={view.slots} />}
    </Dialog>
  );
}

function Facts({ view }: { readonly view: LineView }) {
  const { stats: w } = useWords();
  const { figures } = view;
  const last = view.seconds[view.seconds.length - 1];
  const rtt = last && last.rtt_ms > 0 ? last.rtt_ms : figures?.rtt_ms;
  const sending = figures?.sending;
  return (
    <dl class="facts">
      {figures && [<dt key="up">{w.up}</dt>, <dd key="up_bps">{bitrate(figures.up_bps)}</dd>, <dt key="down">{w.down}</dt>, <dd key="down_bps">{bitrate(figures.down_bps)}</dd>]}
      {last && last.estimate_bps > 0 && [<dt key="estimate">{w.estimate}</dt>, <dd key="bps">{bitrate(last.estimate_bps)}</dd>]}
      <dt>{w.loss_up}</dt><dd>{percent(last ? last.loss_up / 1_000 : figures?.loss_up ?? 0)}</dd>
      <dt>{w.loss_down}</dt><dd>{percent(last ? last.loss_down / 1_000 : figures?.loss_down ?? 0)}</dd>
      <dt>{w.rtt}</dt><dd>{rtt === undefined ? w.none : `${Math.round(rtt)} ms`}</dd>
      {figures && (
        <>
          <dt>{w.sending}</dt><dd>{sending ? `${sending.width}×${sending.height} · ${sending.fps} fps · ${sending.codec}` : w.none}</dd>
          <dt>{w.receiving}</dt><dd>{w.pictures(figures.receiving)}</dd>
          <dt>{w.transport}</dt><dd>{figures.transport || w.none}</dd>
        </>
      )}
    </dl>
  );
}

const CHART = { width: 240, height: 44 };

/** A line above zero with a point a second, the newest at the right; the greatest value is written beside. */
function Chart({ label, values, least, show }: { readonly label: string; readonly values: readonly number[]; readonly least: number; readonly show: (value: number) => string }) {
  const words = useWords();
  const top = Math.max(least, ...values);
  const last = values[values.length - 1] ?? 0;
  const step = CHART.width / Math.max(60, values.length);
  const from = CHART.width - step * values.length;
  const points = values.map((v, i) => `${(from + step * (i + 0.5)).toFixed(1)},${(CHART.height - (v / top) * (CHART.height - 2)).toFixed(1)}`);
  return (
    <figure class="chart">
      <figcaption><span>{label}</span><span class="figures">{show(last)}</span></figcaption>
      <svg viewBox={`0 0 ${CHART.width} ${CHART.height}`} role="img" aria-label={words.quality.chart(label, show(last), show(Math.max(...values)))} preserveAspectRatio="none">
        <line x1="0" y1={CHART.height - 0.5} x2={CHART.width} y2={CHART.height - 0.5} class="chart-base" />
        <polyline points={points.join(" ")} class="chart-line" />
      </svg>
      <span class="chart-top figures" aria-hidden="true">{words.quality.most(show(Math.max(...values)))}</span>
    </figure>
  );
}

function Charts({ seconds }: { readonly seconds: readonly LineSecond[] }) {
  const words = useWords();
  const { stats: w } = words;
  const share = (v: number): string => percent(v / 1_000);
  const minutes = Math.max(1, Math.round(seconds.length / 60));
  return (
    <section aria-label={words.quality.minutes(minutes)}>
      <h3 class="chart-head">{words.quality.minutes(minutes)}</h3>
      <div class="charts">
        <Chart label={w.loss_up} values={seconds.map((s) => s.loss_up)} least={20} show={share} />
        <Chart label={w.loss_down} values={seconds.map((s) => s.loss_down)} least={20} show={share} />
        <Chart label={w.rtt} values={seconds.map((s) => s.rtt_ms)} least={100} show={(v) => `${Math.round(v)} ms`} />
        <Chart label={w.estimate} values={seconds.map((s) => s.estimate_bps)} least={1_000_000} show={bitrate} />
      </div>
    </section>
  );
}

function SlotTable({ meeting, state, slots }: { readonly meeting: Meeting; readonly state: RoomState; readonly slots: readonly SlotLine[] }) {
  const words = useWords();
  const { quality: w } = words;
  const bound = useCell(meeting.player.view).slots;
  const nameOf = (slot: number): string => {
    const seat = state.seats.get(bound.get(slot)?.shown?.seat ?? bound.get(slot)?.next?.seat ?? "");
    return seat?.name ?? words.stats.none;
  };
  return (
    <details class="slot-table">
      <summary>{w.slots}</summary>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={w.slots}>
        <table>
          <thead><tr><th scope="col">{w.seat}</th><th scope="col">{w.layer}</th><th scope="col">{w.rate}</th><th scope="col">{w.loss}</th><th scope="col">{w.jitter}</th></tr></thead>
          <tbody>
            {slots.map((s) => (
              <tr key={s.slot}>
                <th scope="row">{nameOf(s.slot)}</th>
                <td>{s.suspended ? w.suspended : s.slot < 4 ? w.sound : w.layers[s.layer ?? 0]}</td>
                <td>{bitrate(s.bps)}</td><td>{percent(s.loss / 1_000)}</td><td>{s.jitter_ms} ms</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
