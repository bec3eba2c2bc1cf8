// All notices of the organisations that one acts for.
import { useState } from "preact/hooks";
import type { Account } from "../protocol/http";
import type { OrgNotice } from "../protocol/messages";
import { NoticeRow, ReadAll, useNewNotices } from "./bell";
import { Frame, PageTitle } from "./frame";
import { useServices, useWords } from "./hooks";
import { Button } from "./parts";
import { Nothing, Shown, useRead } from "./reading";

export function NoticesPage({ who }: { readonly who: Account }) {
  const words = useWords().look;
  const { look, desk } = useServices();
  const [pages, setPages] = useState(1);
  const read = useRead(async () => {
    const items: OrgNotice[] = [];
    let cursor: string | undefined;
    let upto = 0, unread = 0;
    for (let n = 0; n < pages; n++) {
      const page = await look.notices(cursor);
      items.push(...page.items);
      upto = Math.max(upto, page.items[0]?.id ?? 0);
      unread = page.unread;
      cursor = page.next;
      if (cursor === undefined) break;
    }
    return { items, upto, unread, more: cursor !== undefined };
  }, pages);
  useNewNotices(desk, read.again);
  return (
    <Frame at="home" title={words.notices}>
      <div class="sheet narrow">
        <PageTitle title={words.notices}>{(read.value?.unread ?? 0) > 0 && <ReadAll upto={read.value?.upto ?? 0} onDone={() => void read.again()} />}</PageTitle>
        <Shown read={read}>
          {({ items, more }) => (items.length === 0 ? <Nothing icon="bell" title={words.notices_none} help={words.notices_none_help} /> : (
            <>
              <ul class="card notice-page">{items.map((n) => <NoticeRow key={n.id} notice={n} who={who} />)}</ul>
              {more && <p><Button icon="down" onClick={() => setPages(pages + 1)}>{words.findings_more}</Button></p>}
            </>
          ))}
        </Shown>
      </div>
    </Frame>
  );
}
