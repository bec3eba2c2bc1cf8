// Who holds a post at an organisation.
import type { PersonRow } from "../protocol/records";
import { Link } from "./frame";
import { useServices, useWords } from "./hooks";
import { Nothing, Shown, useRead } from "./reading";

export function Posts({ org }: { readonly org: number }) {
  const words = useWords().records;
  const { records } = useServices();
  const read = useRead(async () => {
    const holders: PersonRow[] = [];
    let cursor: string | undefined;
    do {
      const page = await records.people({ org }, cursor);
      holders.push(...page.items.filter((p) => p.posts.length > 0));
      cursor = page.next;
    } while (cursor !== undefined);
    return holders;
  }, org);
  return (
    <Shown read={read}>
      {(holders) => (holders.length === 0 ? <Nothing icon="person" title={words.person.no_posts} /> : (
        <ul class="rows">
          {holders.map((p) => (
            <li key={p.id} class="row">
              <Link to={`/person/${p.id}`} class="text-link row-main">{p.name}</Link>
              <span class="row-more">{p.posts.join("、")}</span>
            </li>
          ))}
        </ul>
      ))}
    </Shown>
  );
}
