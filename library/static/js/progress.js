// How far a batch is, without loading the page again. Without this file, the link beneath does.

const EVERY = 1500; // milliseconds
const box = document.querySelector('[data-progress]');

async function look() {
  const answer = await fetch(box.dataset.progress, { headers: { Accept: 'application/json' } });
  if (!answer.ok) return;
  const { state, done, total, words } = await answer.json();
  const place = box.querySelector('[data-words]');
  if (state !== box.dataset.state || (total > 0 && !place)) {
    window.location.reload();
    return;
  }
  if (!place) return;
  place.textContent = words;
  const bar = box.querySelector('progress');
  bar.max = total;
  bar.value = done;
}

async function keepLooking() {
  try {
    await look();
  } finally {
    setTimeout(keepLooking, EVERY);
  }
}

if (box) setTimeout(keepLooking, EVERY);
