// Conveniences for writing: words are counted, a few marks are at hand, pasted documents come out clean, and a preview
// is shown in place. The form works without any of it.
import { toMarkdown } from './paste.js';

const words = document.getElementById('editor-words')?.dataset ?? {};

/** Put text where the cursor is, so that undo knows of it. */
function insert(area, text) {
  area.focus();
  if (!document.execCommand('insertText', false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

// ---------- counting ----------

function count(box) {
  const limit = document.getElementById(`${box.id}-limit`);
  if (!limit) return;
  limit.dataset.said ??= limit.textContent.trim();
  const { words: most, characters } = box.dataset;
  const number = characters ? box.value.trim().length : (box.value.match(/\S+/g) ?? []).length;
  limit.textContent = number ? `${limit.dataset.said} (${words.sofar.replace('{}', number)})` : limit.dataset.said;
  limit.toggleAttribute('data-over', number > Number(characters ?? most));
}

for (const box of document.querySelectorAll('[data-words], [data-characters]')) {
  count(box);
  box.addEventListener('input', () => count(box));
}

// ---------- marks ----------

const marks = {
  bold: (area) => wrap(area, '**'),
  italic: (area) => wrap(area, '*'),
  heading: (area) => begin(area, '## '),
  list: (area) => begin(area, '- '),
  link: (area) => {
    const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
    const address = /^https?:\S+$/.test(chosen);
    const start = area.selectionStart;
    insert(area, address ? `[](${chosen})` : `[${chosen}](https://)`);
    const at = address ? start + 1 : start + chosen.length + 3;
    area.setSelectionRange(at, address ? at : at + 'https://'.length);
  },
};

function wrap(area, sign) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const chosen = value.slice(start, end);
  const inside = value.slice(start - sign.length, start) === sign && value.slice(end, end + sign.length) === sign;
  if (inside) {
    area.setSelectionRange(start - sign.length, end + sign.length);
    insert(area, chosen);
    area.setSelectionRange(start - sign.length, end - sign.length);
  } else {
    insert(area, sign + chosen + sign);
    area.setSelectionRange(start + sign.length, end + sign.length);
  }
}

/** Put a mark before every chosen line, or take it away where all have it. */
function begin(area, sign) {
  const first = area.value.lastIndexOf('\n', area.selectionStart - 1) + 1;
  const after = area.value.indexOf('\n', area.selectionEnd);
  const last = after < 0 ? area.value.length : after;
  const lines = area.value.slice(first, last).split('\n');
  const marked = lines.every((line) => line.startsWith(sign));
  const changed = lines.map((line) => (marked ? line.slice(sign.length) : sign + line)).join('\n');
  area.setSelectionRange(first, last);
  insert(area, changed);
  if (lines.length > 1) area.setSelectionRange(first, first + changed.length);
}

const keys = { b: 'bold', i: 'italic', k: 'link' };

/** A toolbar as the ARIA practices have it: one stop for Tab, arrows within. */
function addBar(area) {
  const bar = document.createElement('div');
  bar.className = 'markdown-bar';
  bar.setAttribute('role', 'toolbar');
  bar.setAttribute('aria-label', words.bar);
  bar.setAttribute('aria-controls', area.id);
  for (const name of Object.keys(marks)) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = words[name];
    button.tabIndex = bar.children.length ? -1 : 0;
    button.dataset.mark = name;
    button.addEventListener('click', () => marks[name](area));
    bar.append(button);
  }
  bar.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const buttons = [...bar.children];
    const at = buttons.indexOf(event.target);
    const to = { Home: 0, End: buttons.length - 1 }[event.key] ?? (step ? at + step : at);
    if (to === at) return;
    event.preventDefault();
    const target = buttons.at(to % buttons.length);
    for (const button of buttons) button.tabIndex = button === target ? 0 : -1;
    target.focus();
  });
  area.before(bar);
  area.addEventListener('keydown', (event) => {
    const name = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && keys[event.key.toLowerCase()];
    if (!name) return;
    event.preventDefault();
    marks[name](area);
  });
}

// ---------- pasting and preview ----------

function onPaste(event) {
  const html = event.clipboardData?.getData('text/html');
  const markdown = html && toMarkdown(html);
  if (!markdown) return;
  event.preventDefault();
  insert(event.currentTarget, markdown);
}

async function preview(area, shown) {
  const body = new FormData();
  body.set('csrf_token', area.form.elements.csrf_token.value);
  body.set('text', area.value);
  const answer = await fetch(area.dataset.markdown, { method: 'POST', body, headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(`preview: ${answer.status}`);
  shown.innerHTML = (await answer.json()).html; // cleaned by the server, as on the page itself
}

for (const area of document.querySelectorAll('textarea[data-markdown]')) {
  addBar(area);
  area.addEventListener('paste', onPaste);
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-shows]');
  if (!button) return;
  event.preventDefault();
  const area = document.getElementById(button.dataset.shows);
  const shown = document.getElementById(`${area.id}-preview`);
  const open = shown.hidden;
  button.setAttribute('aria-expanded', String(open));
  try {
    if (open) await preview(area, shown);
    shown.hidden = !open;
  } catch {
    button.removeAttribute('data-shows'); // the button itself still asks the server for the whole page
    button.click();
  }
});

// What a link or a button led to gets the focus, so that the keyboard goes on from there.
if (document.activeElement === document.body) {
  const target = document.querySelector('.ds-error-summary') ?? document.getElementById(location.hash.slice(1));
  target?.focus({ preventScroll: target.id !== '' });
}
