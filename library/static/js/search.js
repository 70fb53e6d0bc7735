// Suggestions in the search boxes: what is chosen is opened. Without them the box searches for what was typed, as it
// does when Enter is pressed and nothing is chosen.

import { Combobox } from './combobox.js';

for (const input of document.querySelectorAll('input[data-suggestions]')) {
  const words = input.dataset;
  const known = new Map(); // what was asked on this page, for those who take a letter back

  const ask = async (typed, signal) => {
    if (!known.has(typed)) {
      const answer = await fetch(`${words.suggestions}?${new URLSearchParams({ q: typed })}`, { signal });
      if (!answer.ok) throw new Error(answer.status);
      const { groups } = await answer.json();
      known.set(typed, groups.flatMap(({ heading, items }) => items.map((item) => ({ ...item, heading }))));
    }
    return known.get(typed).map((item) => ({ ...item, details: [item.detail] }));
  };

  // A box of the type "search" may not be a combobox; phones still show their key for searching.
  input.type = 'text';
  input.enterKeyHint = 'search';
  new Combobox(input, {
    label: words.list,
    ask,
    choose: ({ url }) => window.location.assign(url),
    tell: (found) => (found.length ? words.number.replace('{}', found.length) : ''),
    sends: true,
  });
}
