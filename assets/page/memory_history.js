// The history of a page without an address of its own. It has what page_history.js uses of a browser's
// history.

/** A history that changes neither the address nor the Back button of the browser. */
export class MemoryHistory {
  /** @type {unknown[]} */
  #states = [null];
  #index = 0;
  #onGo;

  /** @param {(state: unknown) => void} onGo called with the state of the entry that `go` goes to */
  constructor(onGo) {
    this.#onGo = onGo;
  }

  get state() {
    return this.#states[this.#index];
  }

  /** @param {unknown} state */
  pushState(state) {
    this.#states = [...this.#states.slice(0, this.#index + 1), state];
    this.#index++;
  }

  /** @param {unknown} state */
  replaceState(state) {
    this.#states[this.#index] = state;
  }

  /** @param {number} steps negative to go back */
  go(steps) {
    this.#index = Math.max(0, Math.min(this.#index + steps, this.#states.length - 1));
    this.#onGo(this.state);
  }
}
