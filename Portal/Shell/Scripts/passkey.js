// Passkeys (WebAuthn): the browser asks the device, the form carries the answer. Without this the page offers its other ways.

const supported = window.PublicKeyCredential?.parseRequestOptionsFromJSON !== undefined;

const say = (form, text) => {
  const line = form.querySelector("[data-passkey-trouble]");
  line.textContent = text;
  line.hidden = false;
};

async function ask(kind, options) {
  return kind === "get"
    ? navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
    : navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!supported) continue;
  form.hidden = false;
  for (const words of document.querySelectorAll("[data-passkey-without]")) words.hidden = true;
  form.addEventListener("submit", async event => {
    if (form.elements.Answer.value) return;
    event.preventDefault();
    event.stopPropagation();
    try {
      const credential = await ask(form.dataset.passkey, JSON.parse(form.dataset.options));
      form.elements.Answer.value = JSON.stringify(credential);
      form.submit();
    } catch (trouble) {
      say(form, trouble.name === "InvalidStateError"
        ? "This device has a passkey for you already."
        : "No passkey was used: it was cancelled, took too long, or this device has none.");
    }
  });
}
