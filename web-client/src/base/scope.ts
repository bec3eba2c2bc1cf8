// Owns what must be undone: subscriptions, timers, listeners. Ended once, newest first.
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
