// The way to the reports, on a home.
import type { Account } from "../protocol/http";
import { useWords } from "./hooks";
import { Icon } from "./icons";
import { Link } from "./link";

export function ReportsTile({ who }: { readonly who: Account }) {
  const words = useWords().reports;
  return (
    <section aria-label={words.home_title}>
      <h2 class="home-title">{words.section}</h2>
      <ul class="tiles">
        <li>
          <Link to="/reports" class="card tile-link">
            <Icon name="chart" size={24} />
            <span><span class="tile-title">{words.home_title}</span><span class="tile-text">{who.home === "branch" ? words.home_branch_text : words.home_text}</span></span>
          </Link>
        </li>
      </ul>
    </section>
  );
}
