// District by district who has come: for who leads, in the lobby and after.
import type { ClassCount, ClassDistrict } from "../protocol/messages";
import { useWords } from "./hooks";
import { Name } from "./parts";

/** Sites whose screen is here; where the districts are not known, those that somebody has signed in at. */
export function sitesHere(districts: readonly ClassDistrict[], count: ClassCount): number {
  return districts.length > 0 ? districts.reduce((n, d) => n + d.here, 0) : count.sites_begun;
}

type Sum = Pick<ClassDistrict, "sites" | "here" | "came" | "late" | "expected" | "arrived">;

function whole(districts: readonly ClassDistrict[]): Sum {
  const none: Sum = { sites: 0, here: 0, came: 0, late: 0, expected: 0, arrived: 0 };
  return districts.reduce((s, d) => ({ sites: s.sites + d.sites, here: s.here + d.here, came: s.came + d.came, late: s.late + d.late, expected: s.expected + d.expected, arrived: s.arrived + d.arrived }), none);
}

export function DistrictTable({ districts }: { readonly districts: readonly ClassDistrict[] }) {
  const words = useWords().invite.districts;
  if (districts.length === 0) return null;
  const all = whole(districts);
  return (
    <details class="districts" open>
      <summary>{words.title}</summary>
      <div class="districts-scroll" tabIndex={0} role="region" aria-label={words.title}>
        <table class="districts-table">
          <thead>
            <tr><th scope="col">{words.district}</th><th scope="col">{words.here}</th><th scope="col">{words.absent}</th><th scope="col">{words.late}</th><th scope="col">{words.people}</th></tr>
          </thead>
          <tbody>{districts.map((d) => <Row key={d.org} name={d.own ? words.own(d.name) : d.name} sum={d} />)}</tbody>
          {districts.length > 1 && <tfoot><Row name={words.whole} sum={all} /></tfoot>}
        </table>
      </div>
      <p class="field-hint">{words.hint}</p>
    </details>
  );
}

function Row({ name, sum }: { readonly name: string; readonly sum: Sum }) {
  const absent = sum.sites - sum.came;
  return (
    <tr class="figures">
      <th scope="row"><Name text={name} /></th>
      <td>{sum.here}/{sum.sites}</td>
      <td class={absent > 0 ? "districts-absent" : ""}>{absent}</td>
      <td>{sum.late}</td>
      <td>{sum.arrived}/{sum.expected}</td>
    </tr>
  );
}
