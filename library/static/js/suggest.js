// Suggestions while somebody looks for a name or a term. Without them the button beside the box finds the same.

import { Combobox } from './combobox.js';

const words = document.getElementById('editor-words')?.dataset ?? {};
/**
 * Let a box of a form suggest what stands at an address.
 * @param {string} more what to offer last; nothing for no such offer
 */
function suggesting(input, address, choose, more = '') {
  const ask = async (typed, signal) => {
    const answer = await fetch(`${address}?${new URLSearchParams({ q: typed })}`, { signal });
    if (!answer.ok) throw new Error(answer.status);
    const found = (await answer.json()).map((one) => ({ ...one, details: [one.above, one.because] }));
    return more ? [...found, { label: more.replace('{}', typed), more: true }] : found;
  };
  const tell = (found) => {
    const number = found.filter((one) => !one.more).length;
    return number ? words.number.replace('{}', number) : words.none;
  };
  return new Combobox(input, { label: words.suggestions, ask, choose, tell });
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
  suggesting(input, finder.dataset.finder, choose, finder.dataset.more ?? '');
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
  const combobox = suggesting(input, tree.dataset.ticks, ({ code, label }) => {
    const box = tree.querySelector(`input[value="${CSS.escape(code)}"]`);
    if (!box) return;
    chosen.append(box.closest('.tick')); // what is chosen stands on top, as when the page is made anew
    if (!box.checked) box.click();
    input.value = '';
    combobox.status.textContent = words.chosen.replace('{}', label);
  });
}
