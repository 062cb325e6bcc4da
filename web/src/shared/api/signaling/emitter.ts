export type Listener<T> = (value: T) => void;

/** Adds a listener; returns the function that takes it off again. */
export type Subscribe<T> = (listener: Listener<T>) => () => void;

/**
 * A set of listeners for one kind of event; one that throws does not keep the others from hearing
 * it.
 */
export class Emitter<T> {
  readonly #listeners = new Set<Listener<T>>();
  /**
   * The one that is assigned, as `onclose` is to a WebSocket: another takes its place, null takes
   * it off.
   */
  handler: Listener<T> | null = null;

  readonly on: Subscribe<T> = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  off(listener: Listener<T>): void {
    this.#listeners.delete(listener);
  }

  emit(value: T): void {
    const handlers = this.handler === null ? [] : [this.handler];
    for (const listener of [...this.#listeners, ...handlers]) {
      try {
        listener(value);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
