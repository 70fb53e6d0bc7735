// Says, as somebody writes title and summary, what the library has already. Nothing is missing without it: the last
// step says the same.

const PAUSE = 700; // ms without a keystroke
const LEAST = 8; // letters of a title

const place = document.getElementById('duplicates');
const form = place?.closest('form') ?? document.querySelector('form');
const box = (name) => form?.querySelector(`[name^="text."][name$=".${name}"]`); // text.sv.title

let timer;
let asked = '';
let request;

function show({ heading, items }) {
  place.replaceChildren();
  if (!items.length) return;
  const title = document.createElement('p');
  title.className = 'duplicates-title';
  title.textContent = heading;
  const list = document.createElement('ul');
  for (const item of items) {
    const row = document.createElement('li');
    const link = document.createElement('a');
    link.href = item.url;
    link.target = '_blank'; // what is half written stays open
    link.textContent = item.title;
    const note = document.createElement('span');
    note.className = 'role';
    note.textContent = item.note;
    row.append(link, ' ', note);
    list.append(row);
  }
  place.append(title, list);
}

async function look() {
  const title = box('title')?.value.trim() ?? '';
  const query = new URLSearchParams({
    title,
    summary: box('summary')?.value.trim().slice(0, 1000) ?? '',
    language: box('title')?.name.split('.')[1] ?? '',
  });
  if (place.dataset.without) query.set('without', place.dataset.without);
  if (title.length < LEAST) return show({ items: [] });
  if (query.toString() === asked) return undefined;
  asked = query.toString();
  request?.abort();
  request = new AbortController();
  try {
    const answer = await fetch(`${place.dataset.url}?${asked}`, {
      signal: request.signal,
      headers: { Accept: 'application/json' },
    });
    if (answer.ok) show(await answer.json());
  } catch {
    // offline, or asked anew meanwhile
  }
  return undefined;
}

if (place && form) {
  form.addEventListener('input', (event) => {
    if (event.target !== box('title') && event.target !== box('summary')) return;
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
}
