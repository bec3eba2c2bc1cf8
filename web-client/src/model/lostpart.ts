// A part of the program that could not be fetched: its file goes when a new version is installed, and a line may fail at any time.
export type LostPart = "offline" | "updated" | "broken";

/** `index`: the page as the server has it now, undefined when it does not answer; `entry`: the address of the script that runs here. */
export function judgeLost(index: string | undefined, entry: string): LostPart {
  if (index === undefined) return "offline";
  return index.includes(`"${entry}"`) ? "broken" : "updated";
}

interface Mark {
  get(): string | undefined;
  set(value: string | undefined): void;
}

/** Whether to load the page anew by itself: once for each version that runs, so that no page ever reloads for ever. */
export function mayReload(lost: LostPart, entry: string, mark: Mark): boolean {
  if (lost !== "updated" || mark.get() === entry) return false;
  mark.set(entry);
  return true;
}
