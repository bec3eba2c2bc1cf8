// One value that others may watch. Values are read-only: a change is a new value.
import type { Undo } from "./scope";

export interface ReadCell<T> {
  readonly value: T;
  subscribe(watcher: (value: T) => void): Undo;
}

export class Cell<T> implements ReadCell<T> {
  private readonly watchers = new Set<(value: T) => void>();

  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  set(value: T): void {
    if (Object.is(value, this.current)) return;
    this.current = value;
    for (const watcher of [...this.watchers]) watcher(value);
  }

  update(change: (value: T) => T): void {
    this.set(change(this.current));
  }

  subscribe(watcher: (value: T) => void): Undo {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }
}
