// All classes that one sees: now, soon, later, over.
import { byWhen, WHENS } from "../model/classlist";
import { ClassCards, useClasses } from "./classcards";
import { Frame, PageTitle } from "./frame";
import { useCell, useServices, useTick, useWords } from "./hooks";
import { Button } from "./parts";
import { Nothing, Shown } from "./reading";

const PLANNERS = ["administrator", "leader"];

export function ClassesPage() {
  const words = useWords().classes;
  const { classes, account, go } = useServices();
  const plans = useCell(account)?.grants.some((grant) => PLANNERS.includes(grant.role)) ?? false;
  const now = useTick(15_000);
  const read = useClasses(() => classes.list(), "all");
  return (
    <Frame at="classes" title={words.title}>
      <div class="sheet">
        <PageTitle title={words.title} text={words.text}>
          {plans && <Button kind="main" icon="plus" onClick={() => go("/plan")}>{words.make}</Button>}
        </PageTitle>
        <Shown read={read}>
          {(rows) => {
            if (rows.length === 0) return <Nothing icon="list" title={words.none} help={words.none_help} />;
            const groups = byWhen(rows, now);
            return WHENS.filter((when) => groups.get(when)?.length).map((when) => (
              <section key={when} aria-label={words.when[when]} data-when={when}>
                <h2 class="home-title">{words.when[when]}</h2>
                <ClassCards rows={groups.get(when) ?? []} now={now} />
              </section>
            ));
          }}
        </Shown>
      </div>
    </Frame>
  );
}
