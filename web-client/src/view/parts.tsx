// Small pieces that every page uses.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Failure } from "../model/failure";
import { useWords } from "./hooks";
import { Icon } from "./icons";
import type { IconName } from "./icons";

type ButtonKind = "main" | "danger" | "quiet" | "plain";

interface ButtonProps extends Omit<JSX.HTMLAttributes<HTMLButtonElement>, "icon"> {
  readonly kind?: ButtonKind;
  readonly large?: boolean;
  readonly wide?: boolean;
  readonly icon?: IconName;
  readonly disabled?: boolean;
  readonly type?: "button" | "submit";
}

export function Button({ kind = "plain", large, wide, icon, children, type = "button", ...rest }: ButtonProps) {
  const names = ["button", kind, large ? "large" : "", wide ? "wide" : ""].filter(Boolean).join(" ");
  return (
    <button type={type} {...rest} class={names}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<JSX.HTMLAttributes<HTMLButtonElement>, "icon"> {
  readonly icon: IconName;
  readonly label: string;
  readonly disabled?: boolean;
}

export function IconButton({ icon, label, ...rest }: IconButtonProps) {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

/** A name in one line: what does not fit is left out at its beginning, since branches and their paths differ at the end. */
export function Name({ text }: { readonly text: string }) {
  return <span class="name" title={text}><bdi>{text}</bdi></span>;
}

/** Finds sites by name or place among what is shown, at each letter. */
export function SearchBox({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const { roster } = useWords();
  return (
    <label class="roster-search">
      <Icon name="search" />
      <span class="sr">{roster.search}</span>
      <input class="input" type="search" value={value} placeholder={roster.search} onInput={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}

/** The first letter that tells one organisation from another. */
export function initialOf(name: string): string {
  const rest = name.replace(/^(中国共产党|中共)/, "");
  return [...rest][0]?.toLocaleUpperCase() ?? "·";
}

export function Avatar({ name }: { readonly name: string }) {
  return (
    <span class="avatar" aria-hidden="true">
      {initialOf(name)}
    </span>
  );
}

const BARS = Array.from({ length: 24 }, (_, i) => (i + 1) / 24);

export function Meter({ level, label }: { readonly level: number; readonly label: string }) {
  return (
    <div class="meter" role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(level * 100)}>
      {BARS.map((at) => (
        <i key={at} class={level >= at - 0.02 && level > 0.02 ? (at > 0.85 ? "lit high" : "lit") : ""} />
      ))}
    </div>
  );
}

export function Problem({ failure, children }: { readonly failure: Failure; readonly children?: ComponentChildren }) {
  const words = useWords();
  const { title, help } = words.failures[failure.kind];
  return (
    <div class="problem" role="alert">
      <Icon name="alert" />
      <div>
        <p class="problem-title">{title}</p>
        <p class="problem-help">{help}</p>
        <p class="problem-code">{words.support_code(failure.code)}</p>
        {children}
      </div>
    </div>
  );
}

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** Without it there is no close button: the dialogue asks for a choice. */
  readonly closable?: boolean;
  readonly alert?: boolean;
  /** A click beside it does not close it: what was typed would be lost. */
  readonly sticky?: boolean;
}

/** The browser's own modal dialogue: it keeps the focus inside and closes on Esc. */
export function Dialog({ title, onClose, children, closable = true, alert = false, sticky = false }: DialogProps) {
  const words = useWords();
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) {
      dialog.showModal();
      if (document.activeElement?.matches(".icon-button")) dialog.querySelector<HTMLElement>(".dialog-form :is(input, select, textarea)")?.focus(); // rather than the button that closes
    }
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref} class="dialog" aria-labelledby={id} role={alert ? "alertdialog" : undefined}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current && !sticky) onClose();
      }}
    >
      <div class="dialog-in">
        <div class="dialog-head">
          <h2 id={id}>{title}</h2>
          {closable && <IconButton icon="close" label={words.close} onClick={onClose} />}
        </div>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly onYes: () => void;
  readonly onClose: () => void;
}

export function Confirm({ title, text, yes, onYes, onClose }: ConfirmProps) {
  const words = useWords();
  return (
    <Dialog title={title} onClose={onClose} closable={false} alert>
      <p class="dialog-text">{text}</p>
      <div class="dialog-acts">
        <Button onClick={onClose} autofocus>{words.cancel}</Button>
        <Button kind="danger" onClick={() => { onClose(); onYes(); }}>{yes}</Button>
      </div>
    </Dialog>
  );
}

export type MenuRow =
  | { readonly kind: "act"; readonly label: string; readonly icon?: IconName; readonly danger?: boolean; readonly checked?: boolean; readonly act: () => void }
  /** Opens its rows in the place of the menu; `now` is what stands chosen there. */
  | { readonly kind: "group"; readonly label: string; readonly now?: string; readonly rows: () => readonly MenuRow[] }
  | { readonly kind: "line" }
  | { readonly kind: "title"; readonly label: string };

type MenuGroup = Extract<MenuRow, { readonly kind: "group" }>;

interface MenuProps {
  readonly rows: () => readonly MenuRow[];
  readonly label: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** A button with a menu. Arrow keys walk, Esc closes, and the focus returns to the button. */
export function Menu({ rows, label, class: names, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <span class="menu-host">
      <button ref={button} type="button" class={names ?? "icon-button"} aria-haspopup="menu" aria-expanded={open} aria-label={label} title={label} onClick={() => setOpen(!open)}>
        {children}
      </button>
      {open && button.current && <MenuSheet rows={rows()} anchor={button.current} label={label} onClose={close} />}
    </span>
  );
}

function place(sheet: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = sheet;
  const left = Math.min(Math.max(8, at.right - width), innerWidth - width - 8);
  const below = at.bottom + 4 + height <= innerHeight - 8;
  const top = below ? at.bottom + 4 : Math.max(8, at.top - height - 4);
  sheet.style.setProperty("left", `${left}px`); // set by script, not by markup: the security policy forbids only the latter
  sheet.style.setProperty("top", `${top}px`);
}

function MenuSheet({ rows, anchor, label, onClose }: { readonly rows: readonly MenuRow[]; readonly anchor: HTMLElement; readonly label: string; readonly onClose: () => void }) {
  const ref = useRef<HTMLDivElement>(null);
  const words = useWords();
  const [group, setGroup] = useState<MenuGroup | undefined>();
  useLayoutEffect(() => {
    const sheet = ref.current;
    if (!sheet) return;
    place(sheet, anchor);
    const items = sheet.querySelectorAll<HTMLElement>(".menu-item");
    (sheet.querySelector<HTMLElement>(".menu-item[aria-checked=true]") ?? items[group ? 1 : 0])?.focus();
  }, [anchor, group]);
  useEffect(() => {
    const outside = (event: Event): void => {
      const target = event.target as Node;
      if (!ref.current?.contains(target) && !anchor.contains(target)) onClose();
    };
    document.addEventListener("pointerdown", outside, true);
    addEventListener("resize", onClose);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      removeEventListener("resize", onClose);
    };
  }, [anchor, onClose]);
  return (
    <div ref={ref} class="menu" role="menu" aria-label={label} onKeyDown={(event) => onMenuKey(event, ref.current, onClose)}>
      {group && <button type="button" class="menu-item" role="menuitem" tabIndex={-1} onClick={() => setGroup(undefined)}><Icon name="left" />{words.back}</button>}
      {(group ? group.rows() : rows).map((row, index) => <MenuLine key={`${group?.label} ${index}`} row={row} onClose={onClose} onGroup={setGroup} />)}
    </div>
  );
}

function MenuLine({ row, onClose, onGroup }: { readonly row: MenuRow; readonly onClose: () => void; readonly onGroup: (group: MenuGroup) => void }) {
  if (row.kind === "line") return <div class="menu-line" role="separator" />;
  if (row.kind === "title") return <div class="menu-title" role="presentation">{row.label}</div>;
  if (row.kind === "group") {
    return (
      <button type="button" class="menu-item" role="menuitem" aria-haspopup="menu" tabIndex={-1} onClick={() => onGroup(row)}>
        {row.label}{" "}
        <span class="menu-now">{row.now}<Icon name="right" size={18} /></span>
      </button>
    );
  }
  const choice = row.checked === undefined ? { role: "menuitem" as const } : { role: "menuitemradio" as const, "aria-checked": row.checked };
  return (
    <button type="button" class={row.danger ? "menu-item danger" : "menu-item"} tabIndex={-1} {...choice} onClick={() => { onClose(); row.act(); }}>
      {row.icon && <Icon name={row.icon} />}
      {row.label}
      {row.checked === true && <span class="end"><Icon name="check" size={18} /></span>}
    </button>
  );
}

function onMenuKey(event: KeyboardEvent, sheet: HTMLElement | null, onClose: () => void): void {
  const items = [...(sheet?.querySelectorAll<HTMLElement>(".menu-item") ?? [])];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step !== undefined) items[(at + step + items.length) % items.length]?.focus();
  else if (event.key === "Home") items[0]?.focus();
  else if (event.key === "End") items[items.length - 1]?.focus();
  else if (event.key === "Escape" || event.key === "Tab") onClose();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
