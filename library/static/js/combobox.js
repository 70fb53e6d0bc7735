// A box that suggests while one types: a combobox as the ARIA practices have it (list autocomplete, manual selection).
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ What is suggested, and what follows, its users say.

const PAUSE = 180; // milliseconds without a key
let numbers = 0;

export class Combobox {
  /**
   * @param {HTMLInputElement} input
   * @param {object} about
   * @param {string} about.label of the list
   * @param {(typed: string, signal: AbortSignal) => Promise<Array>} about.ask for suggestions
   * @param {(suggestion: object) => void} about.choose
   * @param {(found: Array) => string} about.tell how many there are, for those who cannot see the list
   * @param {boolean} about.sends whether Enter sends the form as long as nothing is chosen
   */
  constructor(input, { label, ask, choose, tell, sends = false }) {
    Object.assign(this, { input, ask, choose, tell, sends, found: [], options: [], active: -1 });
    this.list = document.createElement('div');
    this.list.className = 'suggestions';
    this.list.id = `suggestions-${(numbers += 1)}`;
    this.list.hidden = true;
    this.list.setAttribute('role', 'listbox');
    this.list.setAttribute('aria-label', label);
    this.status = document.createElement('span');
    this.status.className = 'ds-sr-only';
    this.status.setAttribute('role', 'status');
    input.after(this.list, this.status);
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-expanded', 'false');
    input.setAttribute('aria-controls', this.list.id);
    input.addEventListener('input', () => this.later());
    input.addEventListener('keydown', (event) => this.onKey(event));
    input.addEventListener('blur', () => this.close());
    // Before the box loses the focus.
    this.list.addEventListener('pointerdown', (event) => event.preventDefault());
    this.list.addEventListener('click', (event) => {
      const option = event.target.closest('[role="option"]');
      if (option) this.take(this.options.indexOf(option));
    });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  async look() {
    const typed = this.input.value.trim();
    this.asked?.abort();
    if (!typed) return this.close();
    this.asked = new AbortController();
    try {
      this.show(await this.ask(typed, this.asked.signal));
    } catch {
      this.close(); // no connection, too many questions, or the next letter was faster
    }
  }

  /** Show suggestions; a heading stands above the first of each group that has one. */
  show(found) {
    this.found = found;
    this.options = found.map((suggestion, number) => this.option(suggestion, number));
    this.list.replaceChildren(...this.grouped());
    this.status.textContent = this.tell(found);
    this.open(found.length > 0 && document.activeElement === this.input);
    this.move(-1);
  }

  option({ label, language, details = [] }, number) {
    const option = document.createElement('div');
    option.id = `${this.list.id}-${number}`;
    option.setAttribute('role', 'option');
    const name = Object.assign(document.createElement('span'), { textContent: label });
    if (language && language !== document.documentElement.lang) name.lang = language;
    option.append(name);
    const detail = details.filter(Boolean).join(', ');
    if (detail) option.append(Object.assign(document.createElement('small'), { textContent: detail }));
    return option;
  }

  grouped() {
    const groups = new Map();
    this.found.forEach(({ heading = '' }, number) => {
      groups.set(heading, [...(groups.get(heading) ?? []), this.options[number]]);
    });
    return [...groups].flatMap(([heading, options]) => (heading ? [this.group(heading, options)] : options));
  }

  group(heading, options) {
    const group = document.createElement('div');
    const title = Object.assign(document.createElement('div'), { className: 'suggestions-title', textContent: heading });
    title.id = `${options[0].id}-title`;
    title.setAttribute('role', 'presentation');
    group.setAttribute('role', 'group');
    group.setAttribute('aria-labelledby', title.id);
    group.append(title, ...options);
    return group;
  }

  onKey(event) {
    const last = this.found.length - 1;
    const open = !this.list.hidden;
    if (event.key === 'Enter') {
      const chosen = open && this.active >= 0;
      if (this.sends && !chosen) return;
      event.preventDefault(); // a choice never sends the form by accident
      if (chosen) this.take(this.active);
      else this.look();
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      this.close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) this.look();
      else if (event.key === 'ArrowDown') this.move(this.active >= last ? 0 : this.active + 1);
      else this.move(this.active <= 0 ? last : this.active - 1);
    }
  }

  move(to) {
    this.active = to;
    this.options.forEach((option, number) => option.setAttribute('aria-selected', String(number === to)));
    const option = this.options[to];
    option?.scrollIntoView({ block: 'nearest' });
    if (option) this.input.setAttribute('aria-activedescendant', option.id);
    else this.input.removeAttribute('aria-activedescendant');
  }

  take(number) {
    const suggestion = this.found[number];
    this.close();
    this.choose(suggestion);
  }

  open(wanted) {
    this.list.hidden = !wanted;
    this.input.setAttribute('aria-expanded', String(wanted));
  }

  close() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.open(false);
    this.move(-1);
  }
}
