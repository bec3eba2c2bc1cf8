// A link inside the client.
import type { ComponentChildren } from "preact";
import { useServices } from "./hooks";

interface LinkProps {
  readonly to: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly current?: boolean;
  readonly tabIndex?: number;
}

/** A link inside the client: a plain click does not load the page anew. */
export function Link({ to, children, class: names, current, tabIndex }: LinkProps) {
  const { go } = useServices();
  const follow = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return <a href={to} class={names} onClick={follow} aria-current={current ? "page" : undefined} tabIndex={tabIndex}>{children}</a>;
}
