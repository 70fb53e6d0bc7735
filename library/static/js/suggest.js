// Suggestions while somebody looks for a name or a term: a combobox as the ARIA practices have it (list autocomplete,
// manual selection). Without it the button beside the box finds the same.

const words = document.getElementById('editor-words')?.dataset ?? {};
const PAUSE = 180; // milliseconds without a key
let numbers = 0;

class Combobox {
  /**
   * @param {HTMLInputElement} input
   * @param {string} address of the suggestions
   * @param {(suggestion: object) => void} choose
   * @param {string} more what to offer last; nothing for no such offer
   */
  constructor(input, address, choose, more = '') {
    Object.assign(this, { input, address, choose, more, found: [], active: -1 });
    this.list = document.createElement('ul');
    this.list.className = 'suggestions';
    this.list.id = `suggestions-${(numbers += 1)}`;
    this.list.hidden = true;
    this.list.setAttribute('role', 'listbox');
    this.list.setAttribute('aria-label', words.suggestions);
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
      const item = event.target.closest('[role="option"]');
      if (item) this.take([...this.list.children].indexOf(item));
    });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const typed = this.input.value.trim();
    this.asked?.abort();
    if (!typed) return this.close();
    this.asked = new AbortController();
    try {
      const answer = await fetch(`${this.address}?${new URLSearchParams({ q: typed })}`, { signal: this.asked.signal });
      if (!answer.ok) return this.close();
      this.show(await answer.json(), typed);
    } catch {
      this.close(); // no connection, or the next letter was faster
    }
  }

  show(found, typed) {
    this.found = this.more ? [...found, { label: this.more.replace('{}', typed), more: true }] : found;
    this.list.replaceChildren(...this.found.map((suggestion, number) => this.option(suggestion, number)));
    this.status.textContent = found.length ? words.number.replace('{}', found.length) : words.none;
    this.open(this.found.length > 0 && document.activeElement === this.input);
    this.move(-1);
  }

  option(suggestion, number) {
    const item = document.createElement('li');
    item.id = `${this.list.id}-${number}`;
    item.setAttribute('role', 'option');
    item.append(suggestion.label);
    const details = [suggestion.above, suggestion.because].filter(Boolean).join(', ');
    if (details) item.append(Object.assign(document.createElement('small'), { textContent: details }));
    return item;
  }

  onKey(event) {
    const last = this.found.length - 1;
    const open = !this.list.hidden;
    if (event.key === 'Enter') {
      event.preventDefault(); // never sends the form by accident
      if (open && this.active >= 0) this.take(this.active);
      else this.ask();
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      this.close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) this.ask();
      else if (event.key === 'ArrowDown') this.move(this.active >= last ? 0 : this.active + 1);
      else this.move(this.active <= 0 ? last : this.active - 1);
    }
  }

  move(to) {
    this.active = to;
    [...this.list.children].forEach((item, number) => item.setAttribute('aria-selected', String(number === to)));
    const item = this.list.children[to];
    item?.scrollIntoView({ block: 'nearest' });
    if (item) this.input.setAttribute('aria-activedescendant', item.id);
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
    this.open(false);
    this.move(-1);
  }
}

/** Press a button of the form that is not there: the server puts the choice in, as it does without script. */
function press(form, deed) {
  const button = Object.assign(document.createElement('button'), { name: 'deed', value: deed, hidden: true });
  form.append(button);
  form.requestSubmit(button);
}

for (const finder of document.querySelectorAll('[data-finder]')) {
  const input = finder.querySelector('input');
  const { field } = finder.dataset;
  const choose = ({ code, more }) => press(input.form, more ? `find:${field}` : `pick:${field}:${code}`);
  new Combobox(input, finder.dataset.finder, choose, finder.dataset.more ?? '');
}

// ---------- lists of ticks ----------

for (const tree of document.querySelectorAll('[data-ticks]')) {
  const finder = Object.assign(document.createElement('div'), { className: 'tree-find' });
  const input = Object.assign(document.createElement('input'), { className: 'ds-input', type: 'text', autocomplete: 'off' });
  const chosen = tree.querySelector('.tree-chosen');
  input.setAttribute('aria-label', tree.dataset.label);
  input.placeholder = tree.dataset.label;
  finder.append(input);
  chosen.after(finder);
  const combobox = new Combobox(input, tree.dataset.ticks, ({ code, label }) => {
    const box = tree.querySelector(`input[value="${CSS.escape(code)}"]`);
    if (!box) return;
    chosen.append(box.closest('.tick')); // what is chosen stands on top, as when the page is made anew
    if (!box.checked) box.click();
    input.value = '';
    combobox.status.textContent = words.chosen.replace('{}', label);
  });
}
