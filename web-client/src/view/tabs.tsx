// Tabs by the WAI-ARIA pattern: arrows walk, the panel belongs to its tab.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface TabsProps<T extends string> {
  readonly tabs: readonly (readonly [T, string])[];
  readonly value: T;
  readonly onChange: (tab: T) => void;
  readonly children: ComponentChildren;
}

export function Tabs<T extends string>({ tabs, value, onChange, children }: TabsProps<T>) {
  const id = useId();
  const onKeyDown = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void => {
    const at = tabs.findIndex(([key]) => key === value);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const index = (to + tabs.length) % tabs.length;
    const next = tabs[index];
    if (next) onChange(next[0]);
    event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")[index]?.focus();
  };
  return (
    <div class="tabs">
      <div class="tab-list" role="tablist" onKeyDown={onKeyDown}>
        {tabs.map(([key, label]) => (
          <button
            key={key} type="button" role="tab" class="tab" id={`${id}-${key}`} data-tab={key} aria-selected={key === value} aria-controls={`${id}-panel`} tabIndex={key === value ? 0 : -1}
            onClick={() => onChange(key)}
          >
            {label}
          </button>
        ))}
      </div>
      <div class="tab-panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`}>{children}</div>
    </div>
  );
}
