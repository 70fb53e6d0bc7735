// Passkeys: asks the browser and sends its answer as an ordinary form. Pages work without it, by their other ways.

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

const known = (list = []) => list.map((entry) => ({ ...entry, id: bytes(entry.id) }));

/** Return what the browser must be asked, with bytes where JSON has text. */
function question(options) {
  const asked = { ...options, challenge: bytes(options.challenge) };
  if (options.user) asked.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) asked.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) asked.allowCredentials = known(options.allowCredentials);
  return { publicKey: asked };
}

/** Return the browser's answer as JSON, with text where it has bytes. */
function answer(credential) {
  const { response } = credential;
  const parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
  const given = Object.fromEntries(parts.filter((part) => response[part]).map((part) => [part, text(response[part])]));
  if (response.getTransports) given.transports = response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: given,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function send(form) {
  const failed = form.querySelector('[data-passkey-failed]');
  const asked = question(JSON.parse(form.dataset.options));
  failed.hidden = true;
  try {
    const credential = await navigator.credentials[form.dataset.passkey](asked);
    form.elements.credential.value = answer(credential);
    form.submit();
  } catch {
    failed.hidden = false;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.querySelector('[data-passkey-ready]').hidden = false;
    form.querySelector('[data-passkey-off]').hidden = true;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      send(form);
    });
  }
}
