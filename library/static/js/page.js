// Conveniences only: every page works without this file.

/** Show the buttons that need a script, and let them act. */
const actions = {
  print: () => window.print(),
  copy: async (button) => {
    const text = document.getElementById(button.dataset.copies).textContent.trim();
    await navigator.clipboard.writeText(text);
    button.textContent = button.dataset.done;
  },
};

for (const group of document.querySelectorAll('.page-actions')) group.hidden = false;

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-action]');
  if (button) actions[button.dataset.action](button);
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const menu = event.target.closest?.('details.menu[open]');
  if (menu) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});

// Browsers without ::details-content cannot open these by style alone on a wide screen.
if (!CSS.supports('selector(::details-content)')) {
  const wide = window.matchMedia('(min-width: 62rem)');
  const follow = () => {
    for (const details of document.querySelectorAll('details.wide-open')) details.open = wide.matches;
  };
  wide.addEventListener('change', follow);
  follow();
}

// A printed page shows everything that is folded on screen.
window.addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('main details:not([open])')) {
    details.open = true;
    details.dataset.printed = '';
  }
});
window.addEventListener('afterprint', () => {
  for (const details of document.querySelectorAll('details[data-printed]')) {
    details.open = false;
    delete details.dataset.printed;
  }
});

// Whoever signs out leaves nothing of their drafts on this machine (ADR 0010).
document.addEventListener('submit', (event) => {
  if (!event.target.matches('form[action$="/account/sign-out"]')) return;
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith('draft:')) localStorage.removeItem(key);
  } catch {
    // a browser that keeps nothing
  }
});
