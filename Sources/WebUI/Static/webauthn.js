// Passkeys and security keys: the page's form holds what the browser is asked; its answer is sent with the form.
(() => {
  const forms = document.querySelectorAll("form[data-webauthn]");
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const listed = (list) => (list || []).map((item) => ({ ...item, id: bytes(item.id) }));

  // The options as JSON (WebAuthn, section 5.1.9) to those with bytes.
  const options = (json) => {
    const out = { ...json, challenge: bytes(json.challenge) };
    if (json.user) out.user = { ...json.user, id: bytes(json.user.id) };
    if (json.excludeCredentials) out.excludeCredentials = listed(json.excludeCredentials);
    if (json.allowCredentials) out.allowCredentials = listed(json.allowCredentials);
    return out;
  };

  // The answer as JSON.
  const answer = (credential) => {
    const given = credential.response;
    const response = { clientDataJSON: text(given.clientDataJSON) };
    if (given.attestationObject) {
      response.attestationObject = text(given.attestationObject);
      response.transports = given.getTransports ? given.getTransports() : [];
    } else {
      response.authenticatorData = text(given.authenticatorData);
      response.signature = text(given.signature);
      if (given.userHandle) response.userHandle = text(given.userHandle);
    }
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    };
  };

  const words = (error) => {
    if (error.name === "InvalidStateError") return "That key is added already.";
    if (error.name === "SecurityError") return "The browser does not allow it at this address.";
    return "Nothing was sent: the browser was not given a key, or it took too long. Try again.";
  };

  for (const form of forms) {
    const status = form.querySelector("[data-status]");
    if (!window.PublicKeyCredential) {
      status.textContent = "This browser knows no passkeys and security keys.";
      form.querySelector("button").disabled = true;
      continue;
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      status.textContent = "Waiting for your key …";
      try {
        const publicKey = options(JSON.parse(form.dataset.options));
        const credential = form.dataset.webauthn === "create"
          ? await navigator.credentials.create({ publicKey })
          : await navigator.credentials.get({ publicKey });
        form.elements.namedItem("credential").value = JSON.stringify(answer(credential));
        form.submit();
      } catch (error) {
        status.textContent = words(error);
      }
    });
  }
})();
