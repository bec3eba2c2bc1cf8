// What has just been done, for the frame to show for a moment.
import { Cell } from "../base/cell";

export const said = new Cell<string | undefined>(undefined);

/** Says in one sentence, for a moment, that something has been done. */
export function say(text: string): void {
  said.set(undefined);
  said.set(text);
}
