// Puts practices in order by dragging, and lets the buttons beside them act without a new page. Everything here can be
// done with those buttons alone: this only adds.

const EDGE = 70; // pixels from the edge of the window in which a drag scrolls
const SPEED = 12; // pixels a frame

const form = () => document.getElementById('order');
const says = document.getElementById('order-says');
let drag = null;

/** Give every practice a grip; the keyboard has the buttons, so nobody who hears the page is told of it. */
function addGrips() {
  for (const entry of form().querySelectorAll('[data-item]')) {
    const grip = document.createElement('span');
    grip.className = 'grip';
    grip.setAttribute('aria-hidden', 'true');
    entry.prepend(grip);
  }
}

/** Send the form, and show what the page says then in place of what it said; the whole page where that fails. */
async function send(values, button) {
  const here = form();
  const body = new URLSearchParams(new FormData(here));
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  here.classList.add('busy');
  try {
    const answer = await fetch(button?.getAttribute('formaction') ?? here.action, { method: 'POST', body });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (!answer.ok || !page.getElementById('order')) throw new Error(`answered ${answer.status}`);
    show(page, values);
  } catch {
    for (const [name, value] of Object.entries(values)) {
      const box = here.elements.namedItem(name);
      if (box instanceof HTMLInputElement) box.value = value;
      else here.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
    }
    if (button?.hasAttribute('formaction')) here.action = button.getAttribute('formaction');
    here.submit();
  }
}

function show(page, values) {
  const said = [...page.querySelectorAll('.messages p, .removal [role="status"]')].map((p) => p.textContent.trim());
  for (const selector of ['#order', '.curation-state']) {
    document.querySelector(selector).replaceWith(document.adoptNode(page.querySelector(selector)));
  }
  replaceAlert(page.querySelector('.removal'));
  document.querySelector('.messages')?.remove();
  const warned = page.querySelector('.messages p:not([data-color="success"])');
  if (warned) document.getElementById('main').prepend(document.adoptNode(warned.closest('.messages')));
  addGrips();
  says.textContent = said.join(' ');
  const next = form().querySelector('[autofocus]') ?? document.querySelector('.removal button');
  if (!('item' in values)) next?.focus();
}

function replaceAlert(alert) {
  document.querySelector('.removal')?.remove();
  if (alert) document.querySelector('.curation-columns').before(document.adoptNode(alert));
}

document.addEventListener('submit', (event) => {
  if (event.target !== form() || !event.submitter) return;
  event.preventDefault();
  const { name, value } = event.submitter;
  send(name ? { [name]: value } : {}, event.submitter);
});

// --- dragging ------------------------------------------------------------------------------------------------------

document.addEventListener('pointerdown', (event) => {
  const entry = event.target.closest?.('.grip')?.closest('[data-item]');
  if (!entry || event.button !== 0 || drag) return;
  event.preventDefault();
  drag = { entry, id: event.pointerId, y: event.clientY, x: event.clientX, from: place(entry) };
  entry.classList.add('dragged');
  document.body.classList.add('dragging');
  requestAnimationFrame(scroll);
});

document.addEventListener('pointermove', (event) => {
  if (!drag || event.pointerId !== drag.id) return;
  [drag.x, drag.y] = [event.clientX, event.clientY];
  follow();
});

document.addEventListener('pointerup', (event) => {
  if (!drag || event.pointerId !== drag.id) return;
  const { entry, from } = drag;
  const to = place(entry);
  stop();
  if (to.section === from.section && to.before === from.before) return;
  send({ item: entry.dataset.item, section: to.section, before: to.before });
});

document.addEventListener('pointercancel', (event) => {
  if (drag && event.pointerId === drag.id) putBack();
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && drag) putBack();
});

/** Where a practice stands: its section, and the practice after it. */
function place(entry) {
  return {
    section: entry.closest('[data-section]').dataset.section,
    before: entry.nextElementSibling?.dataset.item ?? '',
    list: entry.parentElement,
    next: entry.nextElementSibling,
  };
}

/** Move the practice to where the pointer is. */
function follow() {
  const list = nearest([...form().querySelectorAll('[data-section]')], (box) => distance(box, drag.y));
  const others = [...list.children].filter((entry) => entry !== drag.entry);
  const after = others.find((entry) => {
    const box = entry.getBoundingClientRect();
    return drag.y < box.top + box.height / 2;
  });
  if (drag.entry.parentElement !== list || drag.entry.nextElementSibling !== (after ?? null)) {
    list.insertBefore(drag.entry, after ?? null);
  }
}

function distance(box, y) {
  if (y < box.top) return box.top - y;
  return y > box.bottom ? y - box.bottom : 0;
}

function nearest(elements, measure) {
  const measured = elements.map((element) => [measure(element.getBoundingClientRect()), element]);
  return measured.reduce((best, one) => (one[0] < best[0] ? one : best))[1];
}

/** Scroll while a practice is held near the edge of the window. */
function scroll() {
  if (!drag) return;
  const way = drag.y < EDGE ? -1 : Number(drag.y > window.innerHeight - EDGE);
  if (way) {
    window.scrollBy(0, way * SPEED);
    follow();
  }
  requestAnimationFrame(scroll);
}

function putBack() {
  drag.from.list.insertBefore(drag.entry, drag.from.next);
  stop();
}

function stop() {
  drag.entry.classList.remove('dragged');
  document.body.classList.remove('dragging');
  drag = null;
}

if (form()) addGrips();
