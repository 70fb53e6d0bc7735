// Saves a form while somebody writes (ADR 0010). Without this file its button does the same.
//
// What was typed is first put into this browser's own storage, then sent to the form's own address, one request at a
// time. The copy goes as soon as the server says that it has it. A page names itself and numbers its saves, so that the
// server knows a save again whose answer was lost.

const SOON = 300; // ms after the first keystroke
const PAUSE = 1500; // ms without a keystroke
const LONGEST = 8000; // ms of writing without any pause
const PATIENCE = 20000; // ms for an answer
const RETRY = [2000, 4000, 8000, 16000, 32000, 60000]; // ms
const MOST_AT_LEAVING = 60000; // bytes that a browser sends for a page that is gone
const MOST_OF_A_COPY = 14 * 24 * 3600 * 1000; // ms
const LAST = 2 ** 31 - 1; // number of a save after all others of its page
const NEVER_KEPT = new Set(['csrf_token', 'base', 'deed']);

const form = document.querySelector('form[data-autosave], form[data-keep]');
const words = document.getElementById('save-words')?.dataset ?? {};
const shown = document.getElementById('save-state');
const spoken = document.getElementById('save-spoken');

const account = words.account ?? '';
const place = form ? new URL(form.action).pathname.replace(/^\/[a-z]{2}\//, '/') + new URL(form.action).search : '';
const prefix = `draft:${account}:${place}:`;
const page = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');

// ---- what is in the form ----

/** Return names and values as a browser would send them, without what belongs to this page alone. */
function fields() {
  return [...new FormData(form)].filter(([name, value]) => !NEVER_KEPT.has(name) && typeof value === 'string');
}

/** Return the same for comparison: browsers and server disagree about line ends and spaces at the end. */
function told(pairs) {
  const tidy = pairs.map(([name, value]) => [name, value.replace(/\r\n?/g, '\n').trim()]).filter(([, value]) => value);
  return JSON.stringify(tidy.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : 1)));
}

// ---- the copy in this browser ----

const box = {
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false; // full, or forbidden by the browser
    }
  },
  remove(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // nothing was kept either
    }
  },
  keys() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith('draft:'));
    } catch {
      return [];
    }
  },
};

let copied = false;

function copy(more = {}) {
  copied = box.write(prefix + page, { base: form.elements.base?.value ?? '', page, at: Date.now(), fields: fields(), ...more });
  return copied;
}

function dropCopy() {
  box.remove(prefix + page);
  copied = false;
}

// ---- what is said ----

/** Show how things stand. Trouble, and its end, are also spoken; a save like any other is not. */
function say(kind, { time = '', link = '' } = {}) {
  if (!shown) return;
  const text = (words[kind] ?? '').replace('{time}', time);
  const trouble = kind !== 'saved' && kind !== 'saving' && kind !== '';
  const wasTrouble = shown.dataset.state === 'trouble';
  if (kind === 'saving' && wasTrouble) return;
  shown.dataset.state = trouble ? 'trouble' : kind;
  shown.textContent = text;
  if (link) {
    const anchor = document.createElement('a');
    anchor.href = link;
    anchor.className = 'ds-link';
    anchor.textContent = words[`${kind}Link`] ?? link;
    shown.append(' ', anchor);
  }
  if (spoken && (trouble || (wasTrouble && kind === 'saved')) && spoken.textContent !== text) spoken.textContent = text;
}

function clock(moment) {
  return new Date(moment).toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
}

// ---- saving ----

let typed = 0; // rises with every change
let stored = 0; // what of it the server has
let turn = 0;
let failures = 0;
let running = null;
let timer = 0;
let since = 0; // when the first change that is not stored yet was made
let stopped = false;

/** Return what the form is filled from, with the name of the page and the number of its save. */
function token(value = form.elements.base.value, from = page, number = (turn += 1)) {
  const parts = value.startsWith('[') ? JSON.parse(value) : [Number(value)];
  return JSON.stringify([parts[0], parts[1] ?? {}, parts[2] ?? 0, from, number]);
}

function body(pairs = fields(), base = token()) {
  const sent = new URLSearchParams(pairs);
  sent.set('csrf_token', form.elements.csrf_token.value);
  sent.set('base', base);
  return sent;
}

function later(wait) {
  clearTimeout(timer);
  if (!stopped) timer = setTimeout(save, wait);
}

/** Send what is not stored yet. Resolves when nothing is under way any more. */
function save() {
  clearTimeout(timer);
  if (running) return running;
  if (stopped || stored === typed || !form.hasAttribute('data-autosave')) return Promise.resolve();
  running = send().finally(() => {
    running = null;
  });
  return running;
}

async function send() {
  const upTo = typed;
  say('saving');
  const answer = await post(body());
  if (!answer) return failed();
  if (answer.status === 401 || answer.status === 400) return signedOut();
  if (answer.status === 409) return overtaken(answer, upTo);
  if (answer.status === 429 || answer.status >= 500) return failed();
  if (!answer.ok || !answer.json) {
    stopped = true;
    return say('refused');
  }
  failures = 0;
  stored = upTo;
  form.elements.base.value = answer.json.base;
  if (stored === typed) {
    dropCopy();
    since = 0;
  } else {
    copy();
    later(PAUSE);
  }
  if (answer.json.merged) say('merged', { time: clock(answer.json.saved_at), link: location.href.split('#')[0] });
  else say('saved', { time: clock(answer.json.saved_at) });
  return undefined;
}

async function post(sent, options = {}) {
  try {
    const answer = await fetch(form.action, {
      method: 'POST',
      body: sent,
      headers: { Accept: 'application/json' },
      credentials: 'same-origin',
      signal: AbortSignal.timeout(PATIENCE),
      ...options,
    });
    const isJson = answer.headers.get('Content-Type')?.includes('json');
    return { status: answer.status, ok: answer.ok && !answer.redirected, json: isJson ? await answer.json() : null };
  } catch {
    return null;
  }
}

function failed() {
  const wait = RETRY[Math.min(failures, RETRY.length - 1)];
  failures += 1;
  say(copied ? 'offline' : 'offlineUnkept');
  later(wait);
}

function signedOut() {
  stopped = true;
  say('signedOut', { link: words.signIn });
}

/** Somebody else changed the same field: the server keeps what is typed here, now and further on. */
function overtaken(answer, upTo) {
  failures = 0;
  stored = upTo;
  form.elements.base.value = answer.json.base;
  if (stored === typed) dropCopy();
  else later(PAUSE);
  say('conflict', { link: answer.json.conflict });
}

/** Look whether somebody has signed in again meanwhile, in another tab, and go on with a token of that session. */
async function comeBack() {
  if (!stopped || shown?.dataset.state !== 'trouble' || !form.hasAttribute('data-autosave')) return;
  try {
    const answer = await fetch(form.action, { credentials: 'same-origin', redirect: 'manual' });
    if (!answer.ok) return;
    const other = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = other.querySelector('form[data-autosave] [name="csrf_token"]');
    if (!fresh || other.getElementById('save-words')?.dataset.account !== account) return;
    form.elements.csrf_token.value = fresh.value;
    stopped = false;
    save();
  } catch {
    // no connection; there will be another occasion
  }
}

// ---- what somebody does ----

function changed() {
  typed += 1;
  copy();
  if (!form.hasAttribute('data-autosave') || stopped) return;
  const first = since === 0;
  since ||= Date.now();
  if (failures) return; // a retry is on its way
  if (first) later(SOON);
  else later(Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
}

/** Send once more while the page goes: there is no later. What a request on its way carries is not sent twice. */
function leave() {
  if (typed === stored || stopped || !form.hasAttribute('data-autosave')) return;
  copy();
  const sent = body();
  if (running || sent.toString().length > MOST_AT_LEAVING) return; // the copy is offered at the next visit
  const upTo = typed;
  running = post(sent, { keepalive: true, signal: undefined })
    .then((answer) => {
      if (answer?.status === 409) return overtaken(answer, upTo);
      if (!answer?.ok || !answer.json) return failed();
      stored = upTo;
      form.elements.base.value = answer.json.base;
      if (stored === typed) dropCopy();
      return say('saved', { time: clock(answer.json.saved_at) });
    })
    .finally(() => {
      running = null;
      if (typed !== stored) later(PAUSE);
    });
}

/** Send by a button: after what is under way, so that nobody is overtaken by themselves. */
function submitting(event) {
  clearTimeout(timer);
  if (event.defaultPrevented) return;
  if (navigator.onLine === false) {
    event.preventDefault();
    copy();
    failed();
    return;
  }
  if (running) {
    event.preventDefault();
    running.then(() => form.requestSubmit(event.submitter));
    return;
  }
  if (typed !== stored) copy({ sent: true });
  if (form.elements.base) form.elements.base.value = token();
  stopped = true; // this page is about to go
}

// ---- what an earlier page left behind ----

/** Return the copies of this form that no open page cares for, the latest first. */
async function leftBehind() {
  const open = new Set((await navigator.locks?.query?.())?.held?.map((lock) => lock.name) ?? []);
  const found = [];
  for (const key of box.keys()) {
    const kept = box.read(key);
    const isOwn = key.startsWith(`draft:${account}:`);
    const isOver = !kept || Date.now() - kept.at > MOST_OF_A_COPY;
    const wasSent = kept?.sent && !key.startsWith(prefix) && !open.has(key); // its page has led on to this one
    if (isOver || (isOwn && wasSent)) box.remove(key);
    else if (key.startsWith(prefix) && !open.has(key)) found.push([key, kept]);
  }
  return found.sort((one, other) => other[1].at - one[1].at);
}

async function offer() {
  const here = told(fields());
  for (const [key, kept] of await leftBehind()) {
    if (told(kept.fields) === here) box.remove(key);
    else return show(key, kept);
  }
  return undefined;
}

/** Show what a copy holds that the form does not. */
function show(key, kept) {
  const panel = document.getElementById('restore');
  if (!panel) return;
  const list = panel.querySelector('dl');
  list.replaceChildren();
  for (const [name, values] of differing(kept)) {
    const title = document.createElement('dt');
    title.textContent = nameOf(name);
    const said = document.createElement('dd');
    said.textContent = values.filter(Boolean).join(', ') || words.empty;
    list.append(title, said);
  }
  panel.querySelector('[data-at]').textContent = new Date(kept.at).toLocaleString(document.documentElement.lang, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  panel.hidden = false;
  panel.querySelector('[data-restore]').onclick = () => restore(key, kept, panel);
  panel.querySelector('[data-discard]').onclick = () => {
    box.remove(key);
    panel.hidden = true;
    form.querySelector('input:not([type="hidden"]), textarea, select')?.focus();
    offer();
  };
}

function grouped(pairs) {
  const groups = new Map();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value.replace(/\r\n?/g, '\n').trim()]);
  return groups;
}

function differing(kept) {
  const now = grouped(fields());
  const then = grouped(kept.fields);
  const same = (name) => JSON.stringify((then.get(name) ?? []).filter(Boolean)) === JSON.stringify((now.get(name) ?? []).filter(Boolean));
  return [...then].filter(([name]) => !same(name));
}

function nameOf(name) {
  const control = [...form.elements].find((element) => element.name === name && element.type !== 'hidden');
  const group = control?.matches('[type="checkbox"], [type="radio"]') && control.closest('fieldset')?.querySelector('legend');
  const label = group || control?.labels?.[0];
  return label?.firstChild?.textContent?.trim() || label?.textContent.trim() || words.more;
}

/** Send a copy as if its page had been left open: what others changed meanwhile is noticed by the server. */
async function restore(key, kept, panel) {
  if (form.hasAttribute('data-keep')) {
    fill(kept);
    box.remove(key);
    panel.hidden = true;
    changed();
    return;
  }
  await save();
  const answer = await post(body(kept.fields, token(kept.base, kept.page, LAST)));
  if (answer?.status === 409) {
    box.remove(key);
    location.assign(answer.json.conflict);
  } else if (answer?.ok && answer.json) {
    box.remove(key);
    location.reload();
  } else if (answer?.status === 401 || answer?.status === 400) {
    signedOut();
  } else {
    say('offline');
  }
}

/** Put a copy into a form that is not stored anywhere yet. */
function fill(kept) {
  const values = grouped(kept.fields);
  for (const control of form.elements) {
    if (!control.name || NEVER_KEPT.has(control.name) || control.type === 'hidden') continue;
    const given = values.get(control.name) ?? [];
    if (control.matches('[type="checkbox"], [type="radio"]')) control.checked = given.includes(control.value);
    else if (given.length) control.value = given.shift();
  }
}

// ---- beginning ----

if (form) {
  const hold = () => new Promise(() => {}); // for as long as the page lives
  navigator.locks?.request?.(prefix + page, hold);
  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  form.addEventListener('focusout', () => {
    if (!failures) save();
  });
  form.addEventListener('submit', submitting);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave();
    else comeBack();
  });
  window.addEventListener('pagehide', leave);
  window.addEventListener('focus', comeBack);
  window.addEventListener('online', () => {
    failures = 0;
    save();
  });
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) stopped = false; // back from where a button led
  });
  offer();
}
