// Owns what must be undone: subscriptions, timers, listeners. Ended once, newest first.
import type { Clock } from "./clock";

export type Undo = () => void;

export class Scope {
  private undos: Undo[] = [];
  private over = false;

  get ended(): boolean {
    return this.over;
  }

  add(undo: Undo): void {
    if (this.over) undo();
    else this.undos.push(undo);
  }

  listen(target: EventTarget, type: string, handler: (event: Event) => void): void {
    target.addEventListener(type, handler);
    this.add(() => target.removeEventListener(type, handler));
  }

  /** A scope that ends with this one, or earlier by itself. */
  child(): Scope {
    const scope = new Scope();
    const end = (): void => scope.end();
    this.add(end);
    scope.add(() => {
      this.undos = this.undos.filter((u) => u !== end);
    });
    return scope;
  }

  end(): void {
    if (this.over) return;
    this.over = true;
    const undos = this.undos.reverse();
    this.undos = [];
    for (const undo of undos) undo();
  }
}

/** A timer that ends with the scope; once it has run or was undone, the scope has forgotten it. */
export function later(scope: Scope, clock: Clock, delay_ms: number, act: () => void): Undo {
  const own = scope.child();
  own.add(clock.after(delay_ms, () => {
    own.end();
    act();
  }));
  return () => own.end();
}
